"""``/docs``: the OpenAPI document as one page that needs no other server."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.server.docs_html import page_of

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}


def offline_docs(app: FastAPI, path: str = "/docs") -> None:
    """Add the page to an application; it is made at the first request and kept for each address of the API."""
    pages: dict[str, str] = {}

    def docs(request: Request) -> Response:
        base = request.scope.get("root_path", "").rstrip("/")
        if base not in pages:
            pages[base] = page_of(app.openapi(), base)
        return HTMLResponse(pages[base], headers=_HEADERS)

    app.add_route(path, docs, include_in_schema=False)
