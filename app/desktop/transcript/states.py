"""What the panel says in place of lines: why there are none, and what to do."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.desktop.transcript.book import Book
from core.jobs.types import Job
from core.subtitling.types import TRANSCRIPTION
from models.errors import RushesError
from widgets.time_text import format_span


def _tr(text: str) -> str:
    return QCoreApplication.translate("transcript_states", text)


@dataclass(frozen=True, slots=True)
class Saying:
    """Words, and the one button: ``press`` is transcribe, again, retry, reload, relink, library or "" = none."""

    icon: str
    title: str
    text: str
    button: str = ""
    press: str = ""


def nothing_open() -> Saying:
    """No episode is in hand."""
    return Saying(
        "transcript",
        _tr("No episode is open"),
        _tr("Open one from the library to read what is said in it, and by whom; or search what was said anywhere."),
        _tr("Go to the library"),
        "library",
    )


def reading() -> Saying:
    """It is on its way."""
    return Saying("transcript", _tr("Reading the transcript"), "")


def unreadable(error: Exception) -> Saying:
    """It could not be read."""
    text = _tr("Reading it failed. The log file has the details.")
    if isinstance(error, RushesError):
        text = f"{error.message}\n\n{error.action}".strip()
    return Saying("warning", _tr("The transcript could not be read"), text, _tr("Try again"), "reload")


def without_lines(book: Book, job: Job | None, failure: Job | None) -> Saying:
    """An episode with no line to show."""
    if job is not None and job.type == TRANSCRIPTION:
        return Saying(
            "waveform",
            _tr("The transcript is being made"),
            _tr("It appears here as soon as it is done. You can go on working meanwhile."),
        )
    if book.exists:
        return _nobody_speaks(book)
    if failure is not None:
        text = "\n\n".join(part for part in (failure.error, failure.error_action) if part)
        return Saying("warning", _tr("The transcription failed"), text, _tr("Try again"), "retry")
    if not book.facts.has_sound:
        return Saying("no-audio", _tr("This video has no sound"), _tr("There is nothing to transcribe."))
    if book.facts.media_missing:
        return Saying(
            "missing",
            _tr("The video is not where it was"),
            _tr("{path}\nShow where it is now, then it can be transcribed.").format(path=book.facts.media_path),
            _tr("Relink…"),
            "relink",
        )
    return Saying(
        "transcript",
        _tr("No transcript yet"),
        _tr("Rushes writes down what is said, word by word, and who says it. It all happens on this machine."),
        _tr("Transcribe…"),
        "transcribe",
    )


def _nobody_speaks(book: Book) -> Saying:
    text = _tr("All {span} of sound were listened to, and no speech was found in it.").format(
        span=format_span(book.facts.info.duration_s)
    )
    if book.view.dropped:
        text += " " + _tr("What the model made up over other sounds was left out.")
    return Saying("transcript", _tr("Nobody speaks here"), text, _tr("Transcribe again…"), "transcribe")
