"""What every route works with: the library, and the one automation that makes its subtitles."""

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.server.context import ServerContext
from app.server.speech_errors import Unavailable

if TYPE_CHECKING:
    from core.subtitling.automation import Automation


async def context_of(connection: HTTPConnection) -> ServerContext:
    """The server's one context. A coroutine, as is the next one: plain functions would each cost a change of thread."""
    context: ServerContext = connection.app.state.context
    return context


async def automation_of(connection: HTTPConnection) -> "Automation":
    """The library's one automation. Raises Unavailable where this program runs none."""
    return running_automation(connection.app.state.context)


def running_automation(context: ServerContext) -> "Automation":
    """The library's one automation. Raises Unavailable where this program runs none."""
    if context.automation is None:
        raise Unavailable("No speech workers belong to this server.", action="Start it with rushes serve.")
    return context.automation


Context = Annotated[ServerContext, Depends(context_of)]
Automated = Annotated["Automation", Depends(automation_of)]
