"""The ASGI application of one port: finds the API of a path, and starts and ends what the APIs run."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server import front
from app.server.apis import ApiSpec, Refuse
from app.server.context import ServerContext
from app.server.doors import Door
from app.server.exchanges import Exchanges
from app.server.guard import Guard
from app.server.metrics import Metrics
from core.access.keys import looks_like_a_key
from core.access.roles import Role

FRONT = "front"


class Listener:
    """``main`` adds prefixes and the pages of the server as a whole; other ports have one API at their root.

    ``host`` is where this port listens, which decides whether requests need a key.
    """

    def __init__(
        self, context: ServerContext, specs: Sequence[ApiSpec], metrics: Metrics, *, main: bool, host: str
    ) -> None:
        self._context = context
        self._settings = replace(context.settings, host=host)
        self._specs = tuple(specs)
        self._apps = {spec.name: spec.make(context) for spec in specs}
        self._guards: dict[str, ASGIApp] = {
            spec.name: self._guarded(
                self._apps[spec.name],
                spec.refuse,
                spec.needs,
                spec.takes_upload,
                spec.loose_key,
                spec.door(context) if spec.door is not None else None,
            )
            for spec in specs
        }
        self._main = main
        self._root = next((spec for spec in specs if spec.at_root is None), self._specs[0])
        if main:
            application = front.make_front(context, specs, metrics)
            self._guards[FRONT] = self._guarded(application, self._root.refuse, front.needs)
        self.exchanges = Exchanges(self._route, metrics, context.recent_requests, self._name_of)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self.exchanges(self._without_key(scope), receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})  # no API here speaks it

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, prefix = self._place(scope["path"])
        # a slash at the end names the same thing; a redirect would lose the body of a POST
        path = scope["path"].rstrip("/")
        path = f"{path}/" if path == prefix else path
        await self._guards[name](dict(scope, path=path, root_path=prefix), receive, send)

    def _without_key(self, scope: Scope) -> Scope:
        """A key in front of a path goes into the state, where only the guard reads it, before anything is logged."""
        first, slash, rest = scope["path"].lstrip("/").partition("/")
        path = slash + rest
        if not looks_like_a_key(first):
            return scope
        state = dict(scope.get("state", {}), path_key=first)
        return dict(scope, path=path or "/", raw_path=(path or "/").encode(), state=state)

    def _place(self, path: str) -> tuple[str, str]:
        """Which API a path belongs to, and the prefix that leads to it."""
        if self._main:
            for spec in self._specs:
                if path == spec.prefix or path.startswith(f"{spec.prefix}/"):
                    return spec.name, spec.prefix
            plain = path.rstrip("/") or "/"
            if plain in front.PATHS:
                return FRONT, ""
            for spec in self._specs:
                if spec.at_root is not None and spec.at_root.fullmatch(plain):
                    return spec.name, ""
        return self._root.name, ""

    def _name_of(self, path: str) -> str:
        return self._place(path)[0]

    def _guarded(
        self,
        app: ASGIApp,
        refuse: Refuse,
        needs: Callable[[str, str], Role | None],
        takes_upload: Callable[[str], bool] = lambda _path: False,
        loose_key: Callable[[str], bool] = lambda _path: False,
        door: Door | None = None,
    ) -> ASGIApp:
        guard: ASGIApp = Guard(
            app,
            self._context.keys,
            self._settings,
            refuse=refuse,
            needs=needs,
            takes_upload=takes_upload,
            loose_key=loose_key,
            door=door,
        )
        origins = self._settings.allowed_origins
        if not origins:
            return guard
        return CORSMiddleware(
            guard,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "X-API-Key", "Content-Type", "X-Request-ID"],
            expose_headers=["X-Request-ID"],
        )

    async def _live(self, receive: Receive, send: Send) -> None:
        """Run the lifespans of all APIs; Starlette's own Mount would leave them out."""
        await receive()
        async with AsyncExitStack() as stack:
            try:
                for app in self._apps.values():
                    await stack.enter_async_context(app.router.lifespan_context(app))
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})
