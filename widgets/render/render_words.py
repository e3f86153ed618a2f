"""States of a render in words, with their tones."""

from PySide6.QtWidgets import QApplication

from core.render.types import LOCAL_ENGINE, Phase, RenderedSegment, SegmentState
from widgets.flow.labels import Tone
from widgets.time_text import format_span

translate = QApplication.translate


def phase_words(phase: Phase, *, canceled: bool = False) -> str:
    """What a render does."""
    words = {
        Phase.QUEUED: translate("RenderWords", "Waiting"),
        Phase.PLANNING: translate("RenderWords", "Planning"),
        Phase.RENDERING_SEGMENTS: translate("RenderWords", "Drawing segments"),
        Phase.ASSEMBLING: translate("RenderWords", "Putting together"),
        Phase.DONE: translate("RenderWords", "Done"),
        Phase.FAILED: translate("RenderWords", "Failed"),
    }
    return translate("RenderWords", "Canceled") if canceled and phase is Phase.FAILED else words[phase]


def phase_tone(phase: Phase, *, canceled: bool = False) -> Tone:
    """The tone of its badge."""
    if phase is Phase.DONE:
        return "success"
    if phase is Phase.FAILED:
        return "plain" if canceled else "error"
    return "plain" if phase is Phase.QUEUED else "info"


def segment_words(segment: RenderedSegment, *, fell_back: bool = False) -> str:
    """A segment in a line: which, its state, its engine, how long it took."""
    states = {
        SegmentState.QUEUED: translate("RenderWords", "waiting"),
        SegmentState.RENDERING: translate("RenderWords", "{percent} drawn").format(percent=f"{segment.progress:.0%}"),
        SegmentState.DONE: translate("RenderWords", "done"),
        SegmentState.FAILED: translate("RenderWords", "failed"),
    }
    number = translate("RenderWords", "Segment {number}, {length}")
    took = translate("RenderWords", "took {span}")
    parts = (
        number.format(number=segment.index + 1, length=format_span(segment.duration_s)),
        states[segment.state],
        engine_words(segment.engine),
        translate("RenderWords", "another engine than asked for") if fell_back else "",
        took.format(span=format_span(segment.took_s)) if segment.took_s is not None else "",
        segment.error,
    )
    return ", ".join(part for part in parts if part)


def engine_words(engine: str) -> str:
    """An engine as people call it, "" = not known yet."""
    if not engine:
        return ""
    if engine == LOCAL_ENGINE:
        return translate("RenderWords", "on this machine")
    return translate("RenderWords", "by {engine}").format(engine=engine)
