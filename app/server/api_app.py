"""What the applications of all APIs have in common."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from app.server.context import ServerContext
from app.version import rushes_version

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def new_app(context: ServerContext, title: str, description: str, *, lifespan: Lifespan | None = None) -> FastAPI:
    """An application without routes; its pages of documentation are ours, which load nothing from elsewhere."""
    app = FastAPI(
        title=title,
        version=rushes_version(),
        description=description,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.context = context
    return app
