"""What people decided against the machine: the history of edits, and what it amounts to."""

from collections import Counter

from reportlab.platypus.flowables import Flowable

from core.identities.edit_log import Edit
from core.reports import look, palette
from core.reports.flow import Section, Stack
from core.reports.source import MOST_EDITS, ReportSource
from core.reports.table import Column, Head, Row, spread, text_cell
from core.reports.text.layout import Style
from core.reports.words import count_words, stamp_words

_STATES = {
    "done": "in force",
    "undone": "taken back",
    "dropped": "taken back",
    "past": "earlier analysis",
}
_FAINT = Style(9, 13.2, colour=palette.FAINT)
_STAMP = Style(8.5, 13.2, colour=palette.MUTED, tabular=True)


def corrections_part(source: ReportSource) -> list[Flowable]:
    """A summary, then every edit from the first to the last."""
    if not source.edits:
        words = "Nobody has corrected this episode: everything is as the machine found it."
        return [Section("Corrected by hand", words, key="corrections")]
    columns = [
        Column(title, width)
        for title, width in zip(("What", "Who", "When (UTC)", "State"), spread([0, 66, 84, 84]), strict=True)
    ]
    rows = []
    for edit in source.edits:
        source.check()
        rows.append(_row(columns, edit))
    return [
        Section("Corrected by hand", _summary(source), key="corrections"),
        Stack(rows, Head(columns), check=source.check),
    ]


def _row(columns: list[Column], edit: Edit) -> Row:
    style = look.BODY if edit.state in {"done", "past"} else _FAINT
    return Row(
        columns,
        (
            text_cell(columns[0], edit.name, style),
            text_cell(columns[1], edit.actor, look.QUIET, most_lines=2),
            text_cell(columns[2], stamp_words(edit.created_at), _STAMP),
            text_cell(columns[3], _STATES.get(edit.state, edit.state), look.QUIET),
        ),
        padding=4,
    )


def _summary(source: ReportSource) -> str:
    states = Counter(_STATES.get(edit.state, edit.state) for edit in source.edits)
    review = source.review
    named = sum(bool(one.name) for one in review.identities)
    identities = count_words(len(review.identities), "identity", "identities")
    parts = [
        "Edits: " + ", ".join(f"{count:,} {state}" for state, count in states.items()) + ".",
        f"{named:,} of {identities} named, {sum(one.locked for one in review.identities):,} locked.",
    ]
    split = sum(track.parent is not None for track in review.tracks)
    no_faces = sum(track.delete_reason == "not_a_face" for track in review.deleted_tracks)
    if review.deleted_tracks:
        deleted = f"{count_words(len(review.deleted_tracks), 'track')} deleted"
        parts.append(f"{deleted}, {no_faces:,} of them as no face." if no_faces else f"{deleted}.")
    if split:
        parts.append(f"{count_words(split, 'track')} made by splitting others.")
    if source.links:
        parts.append(f"{count_words(source.links, 'link')} between tracks.")
    if len(source.edits) == MOST_EDITS:
        parts.append(f"Only the last {MOST_EDITS:,} edits are listed.")
    return " ".join(parts)
