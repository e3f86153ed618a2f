"""What belongs to the main server as a whole: what there is, health, metrics, and the library's events."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.server.apis import ApiSpec
from app.server.context import ServerContext
from app.server.metrics import CONTENT_TYPE, Metrics
from app.server.sse import HEARTBEAT, SseResponse, sse_frame
from app.version import rushes_version
from core.access.roles import Role
from core.jobs.events import (
    AnnotationChanged,
    CastChanged,
    EditApplied,
    EpisodeChanged,
    Event,
    JobChanged,
    JobLogged,
    ProcedureChanged,
    RenderChanged,
)

HEARTBEAT_S = 15.0
PATHS = frozenset({"/", "/health", "/metrics", "/events"})

_NAMES: dict[type[Event], str] = {
    JobChanged: "job.changed",
    JobLogged: "job.logged",
    EpisodeChanged: "episode.changed",
    EditApplied: "edit.applied",
    CastChanged: "cast.changed",
    ProcedureChanged: "procedure.changed",
    AnnotationChanged: "annotation.changed",
    RenderChanged: "render.changed",
}


def needs(_method: str, _path: str) -> Role:
    """Everything here only reads."""
    return Role.VIEWER


def make_front(context: ServerContext, specs: Sequence[ApiSpec], metrics: Metrics) -> Starlette:
    """The application for PATHS."""
    front = _Front(context, specs, metrics)
    return Starlette(
        routes=[
            Route("/", front.what_there_is),
            Route("/health", front.health),
            Route("/metrics", front.exposition),
            Route("/events", front.events),
        ]
    )


class _Front:
    def __init__(self, context: ServerContext, specs: Sequence[ApiSpec], metrics: Metrics) -> None:
        self._context = context
        self._specs = specs
        self._metrics = metrics

    async def what_there_is(self, _request: Request) -> Response:
        """The APIs of this server with the paths of their documents."""
        apis = [
            {
                "name": spec.name,
                "title": spec.title,
                "base": spec.prefix,
                "docs": f"{spec.prefix}/docs",
                "openapi": f"{spec.prefix}/openapi.json",
            }
            for spec in self._specs
        ]
        own = sorted(PATHS - {"/"})
        told = {"name": "rushes", "version": rushes_version(), "status": "running"}
        return _json(told | {"message": "Each API has its documentation at its docs.", "apis": apis, "paths": own})

    async def health(self, _request: Request) -> Response:
        """The fields of every API's health together; one that is not well makes it a 503."""
        return await run_in_threadpool(self._health)

    async def exposition(self, _request: Request) -> Response:
        """Prometheus."""
        text = await run_in_threadpool(self._exposition)
        return Response(text, media_type=CONTENT_TYPE)

    def _exposition(self) -> str:
        own = self._metrics.exposition(self._context.library, rushes_version())
        return own + "".join(spec.series(self._context) for spec in self._specs)

    async def events(self, request: Request) -> Response:
        """What happens in the library from now on; ``?ep_id=`` narrows it to one episode."""
        wanted = request.query_params.get("ep_id")
        return SseResponse(self._frames(lambda event: _concerns(event, wanted)))

    async def _frames(self, accepts: Callable[[Event], bool]) -> AsyncIterator[bytes]:
        async with self._context.event_stream.listen(accepts) as events:
            yield sse_frame({"version": rushes_version()}, event="connected")
            while not events.ended:
                event = await events.next(HEARTBEAT_S)
                if event is not None:
                    yield sse_frame(_document(event), event=_NAMES[type(event)])
                elif not events.ended:
                    yield HEARTBEAT

    def _health(self) -> Response:
        answers = [spec.health(self._context) for spec in self._specs]
        fields: dict[str, Any] = {}
        details: dict[str, Any] = {}
        for answer in answers:
            told = orjson.loads(answer.body)
            details |= told.get("details") or {}
            fields |= told
        well = all(answer.status_code == 200 for answer in answers)
        fields |= {"status": "ok" if well else "error", "version": rushes_version(), "details": details}
        return _json(fields, 200 if well else 503)


def _concerns(event: Event, ep_id: str | None) -> bool:
    return type(event) in _NAMES and (ep_id is None or getattr(event, "ep_id", None) == ep_id)


def _document(event: Event) -> dict[str, Any]:
    return {"type": _NAMES[type(event)], **asdict(event)}


def _json(data: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(data), status, media_type="application/json")
