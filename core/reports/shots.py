"""The list of shots, with a picture of each where there are not too many, and who is in it."""

from collections.abc import Iterable

from reportlab.platypus.flowables import Flowable

from core.faces.types import Shot
from core.reports import look
from core.reports.flow import Section, Stack
from core.reports.source import ReportSource
from core.reports.table import Cell, Column, Head, PictureCell, Row, spread, text_cell
from core.reports.text.layout import Style
from core.reports.words import count_words
from core.screen_time.tables import clock_text

MOST_PICTURES = 240
PICTURE_WIDTH, PICTURE_HEIGHT = 56.0, 31.5
_MOST_NAMES = 8
_PEOPLE = Style(8.5, 12.0)


def shots_part(source: ReportSource) -> list[Flowable]:
    """All shots in order."""
    shots = source.review.shots
    if not shots:
        return [Section("Shots", "No shots were found.", key="shots")]
    pictures = source.thumbs is not None and len(shots) <= MOST_PICTURES
    widths = spread([PICTURE_WIDTH, 26, 66, 66, 62, 0] if pictures else [30, 70, 70, 66, 0])
    titles = (*(("",) if pictures else ()), "Shot", "Begins", "Ends", "Length", "People")
    aligns = (*(("left",) if pictures else ()), "right", "right", "right", "right", "left")
    columns = [Column(*row) for row in zip(titles, widths, aligns, strict=True)]
    people = _people_by_shot(source)
    rows = []
    for shot in shots:
        source.check()
        cells = _cells(columns[-5:], shot, people.get(shot.index, []))
        picture = (_picture(source, shot),) if pictures else ()
        rows.append(Row(columns, (*picture, *cells), padding=4 if pictures else 2.5))
    words = f"{count_words(len(shots), 'shot')}. People are those whose tracks lie in the shot."
    return [Section("Shots", words, key="shots"), Stack(rows, Head(columns), check=source.check)]


def _cells(columns: list[Column], shot: Shot, people: list[str]) -> tuple[Cell, ...]:
    return (
        text_cell(columns[0], f"{shot.index + 1}", look.NUMBER),
        text_cell(columns[1], clock_text(shot.start_s), look.NUMBER),
        text_cell(columns[2], clock_text(shot.end_s), look.NUMBER),
        text_cell(columns[3], f"{shot.end_s - shot.start_s:.3f} s", look.NUMBER),
        text_cell(columns[4], _names(people), _PEOPLE, most_lines=5),
    )


def _picture(source: ReportSource, shot: Shot) -> PictureCell:
    strip = source.thumbs
    jpeg = None
    if strip is not None and len(strip):
        jpeg = strip.jpeg(strip.index_at((shot.start_s + shot.end_s) / 2))
    return PictureCell(jpeg, PICTURE_WIDTH, PICTURE_HEIGHT, radius=2.5)


def _people_by_shot(source: ReportSource) -> dict[int, list[str]]:
    """Names by shot, those with the most time in the episode first."""
    label_of = {identity: one.label for one in source.account.people for identity in one.identity_ids}
    order = {one.label: place for place, one in enumerate(source.account.people)}
    found: dict[int, set[str]] = {}
    for track in source.review.tracks:
        if track.identity_id in label_of:
            found.setdefault(track.shot_index, set()).add(label_of[track.identity_id])
    return {shot: sorted(names, key=lambda name: order[name]) for shot, names in found.items()}


def _names(people: Iterable[str]) -> str:
    names = list(people)
    if len(names) > _MOST_NAMES:
        return ", ".join(names[:_MOST_NAMES]) + f" and {len(names) - _MOST_NAMES} more"
    return ", ".join(names) or "–"
