"""The transcript of an episode as a file: subtitles, text, table, JSON, and who speaks when."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.audit.notes import note_export
from core.errors import Conflict, InvalidRequest, NotFound
from core.library.durable import write_atomically
from core.speech.rttm import write_rttm
from core.speech.subtitles import FORMATS as SUBTITLE_FORMATS
from core.speech.subtitles import write
from core.speech.types import Turn
from core.transcript.cuts import cuts_of
from core.transcript.reading import load_transcript
from core.transcript.types import LineRow, TranscriptView

if TYPE_CHECKING:
    from core.library.library import Library

FORMATS = (*SUBTITLE_FORMATS, "rttm")


def export_transcript(
    library: "Library",
    ep_id: str,
    path: Path,
    format: str,  # noqa: A002  as it is called everywhere
    *,
    show_speakers: bool = False,
    overwrite: bool = False,
) -> None:
    """Write the lines as they are now, as one of FORMATS; ``show_speakers`` puts “Lisa: ” before what Lisa begins.

    Subtitles change with the cuts of the current analysis. Raises NotFound (episode, or it has no transcript),
    InvalidRequest (format), Conflict (a file is there, and not ``overwrite``), StorageFull, StorageUnwritable.
    """
    wanted = format.lower()
    if wanted not in FORMATS:
        raise InvalidRequest(f"There is no transcript format “{format}”.", action=f"Use one of: {', '.join(FORMATS)}.")
    view = load_transcript(library, ep_id)
    if not view.run_id:
        raise NotFound(f"“{ep_id}” has no transcript yet.", action="Transcribe it first.")
    if path.exists() and not overwrite:
        raise Conflict(f"The file {path} is already there.", action="Choose another name, or let it be overwritten.")
    content = transcript_text(view, wanted, cuts_of(library.store.read(), ep_id), show_speakers=show_speakers)
    write_atomically(path, content.encode())
    note_export(library.store, f"transcript as {wanted}", ep_id, path)


def transcript_text(view: TranscriptView, format: str, cuts_s: list[float], *, show_speakers: bool = False) -> str:  # noqa: A002
    """A transcript as one of FORMATS. ``cuts_s`` in seconds."""
    labels = {speaker.speaker_id: speaker.label for speaker in view.speakers}
    names = [labels.get(line.speaker_id or "", "") for line in view.lines]
    if format == "rttm":
        return _rttm(view)
    if format == "txt" and show_speakers:
        return _named_text(view.lines, names)
    return write(view.lines, format, language=view.language, cuts_s=cuts_s, speakers=names, show_speakers=show_speakers)


def _named_text(lines: tuple[LineRow, ...], names: list[str]) -> str:
    return "".join(
        f"{name}: {line.text}\n" if name else f"{line.text}\n" for line, name in zip(lines, names, strict=True)
    )


def _rttm(view: TranscriptView) -> str:
    """Lines of a known speaker as turns."""
    order = {speaker.speaker_id: number for number, speaker in enumerate(view.speakers)}
    turns = [
        Turn(line.start_s, line.end_s, order[line.speaker_id])
        for line in view.lines
        if line.speaker_id is not None and line.speaker_id in order
    ]
    return write_rttm(turns, view.ep_id, None, [speaker.label for speaker in view.speakers])
