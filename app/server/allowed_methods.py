"""What a 405 says in its ``Allow`` header."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.routing import BaseRoute, Match

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def methods_at(request: Request) -> list[str]:
    """The methods of all routes at this path (RFC 9110, 10.2.1); the framework names those of the first alone."""
    routes: Sequence[BaseRoute] = request.app.routes
    return [
        method
        for method in _METHODS
        if any(one.matches({**request.scope, "method": method})[0] == Match.FULL for one in routes)
    ]
