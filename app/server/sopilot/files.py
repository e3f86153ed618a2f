"""Files as answers of this document."""

from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.server.ranged_file import RangedFile
from app.server.sopilot.refusals import refusal


class FileAnswer(RangedFile):
    """Its refusals are in the document's form."""

    def refused(self, _request: HTTPConnection, status: int, words: str, headers: Mapping[str, str]) -> Response:
        """See the parent."""
        action = " Ask for it again." if status == 404 else ""
        return refusal(status, words + action, headers=dict(headers))
