"""A transcript of a file, written as a subtitle."""

from pathlib import Path

from core.errors import Conflict, InvalidRequest
from core.library.durable import write_atomically
from core.speech.subtitles import FORMATS, write
from core.speech.types import Transcript


def write_transcript(
    transcript: Transcript,
    path: Path,
    format: str | None = None,  # noqa: A002  as it is called everywhere
    *,
    overwrite: bool = False,
) -> Path:
    """Write it as srt, vtt, ass, txt, tsv or json (None: as the file's name says); returns the absolute path.

    Raises InvalidRequest (format), Conflict (a file is there, and not ``overwrite``), StorageFull, StorageUnwritable.
    """
    target = path.absolute()
    wanted = (format or target.suffix.lstrip(".")).lower()
    if wanted not in FORMATS:
        raise InvalidRequest(f"There is no subtitle format “{wanted}”.", action=f"Use one of: {', '.join(FORMATS)}.")
    if target.exists() and not overwrite:
        raise Conflict(f"The file {target} is already there.", action="Choose another name, or let it be overwritten.")
    write_atomically(target, write(transcript.segments, wanted, language=transcript.language.code).encode())
    return target
