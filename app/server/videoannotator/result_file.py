"""A file as answer, whole or the range that a client asks for; refusals of ranges in the document's envelope."""

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.server.ranged_file import RangedFile
from app.server.videoannotator.refusals import refusal
from core.annotate.formats.catalogue import FORMATS

MEDIA_TYPES = {one.suffix.lower(): one.media_type for one in FORMATS.values()} | {
    ".txt": "text/plain",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
}
ANY = "application/octet-stream"


def media_type_of(path: Path) -> str:
    """By the end of the name."""
    return MEDIA_TYPES.get(path.suffix.lower(), ANY)


class ResultFile(RangedFile):
    """Its refusals are in the document's envelope."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, media_type=media_type_of(path), filename=path.name)

    def refused(self, request: HTTPConnection, status: int, words: str, headers: Mapping[str, str]) -> Response:
        """See the parent."""
        if status == 404:
            return refusal(request, status, "FILE_NOT_FOUND", words, hint="Ask for it again.")
        return refusal(request, status, "INVALID_RANGE", words, hint="Ask without Range.", headers=dict(headers))
