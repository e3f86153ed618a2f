"""The ASGI application of one port: finds the API of a path, and starts and ends what the APIs run."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server import front
from app.server.apis import ApiSpec, Refuse
from app.server.context import ServerContext
from app.server.exchanges import Exchanges
from app.server.guard import Guard
from app.server.metrics import Metrics
from core.access.roles import Role

FRONT = "front"


class Listener:
    """``main`` adds prefixes and the pages of the server as a whole; other ports have one API at their root."""

    def __init__(self, context: ServerContext, specs: Sequence[ApiSpec], metrics: Metrics, *, main: bool) -> None:
        self._context = context
        self._specs = tuple(specs)
        self._apps = {spec.name: spec.make(context) for spec in specs}
        self._guards: dict[str, ASGIApp] = {
            spec.name: self._guarded(self._apps[spec.name], spec.refuse, spec.needs, spec.takes_upload)
            for spec in specs
        }
        self._main = main
        self._root = next(spec for spec in specs if spec.at_root or not main)
        if main:
            application = front.make_front(context, specs, metrics)
            self._guards[FRONT] = self._guarded(application, self._root.refuse, front.needs, lambda _path: False)
        self.exchanges = Exchanges(self._route, metrics, self._name_of)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self.exchanges(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})  # no API here speaks it

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, prefix = self._place(scope["path"])
        # a slash at the end names the same thing; a redirect would lose the body of a POST
        path = scope["path"].rstrip("/") or "/"
        await self._guards[name](dict(scope, path=path, root_path=prefix), receive, send)

    def _place(self, path: str) -> tuple[str, str]:
        """Which API a path belongs to, and the prefix that leads to it."""
        if self._main:
            for spec in self._specs:
                if path == spec.prefix or path.startswith(f"{spec.prefix}/"):
                    return spec.name, spec.prefix
            if (path.rstrip("/") or "/") in front.PATHS:
                return FRONT, ""
        return self._root.name, ""

    def _name_of(self, path: str) -> str:
        return self._place(path)[0]

    def _guarded(
        self,
        app: ASGIApp,
        refuse: Refuse,
        needs: Callable[[str, str], Role | None],
        takes_upload: Callable[[str], bool],
    ) -> ASGIApp:
        guard: ASGIApp = Guard(app, self._context, refuse=refuse, needs=needs, takes_upload=takes_upload)
        origins = self._context.settings.allowed_origins
        if not origins:
            return guard
        return CORSMiddleware(
            guard,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
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
