"""Which formats there are and what each can hold; data alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.annotate.types import TierKind

_MARKS = (TierKind.INTERVALS, TierKind.POINTS)
_ALL = (TierKind.INTERVALS, TierKind.POINTS, TierKind.SERIES, TierKind.BOXES)

_TABLES_LOSE = (
    "vocabularies, skeletons, provenance; attributes that look like numbers become numbers; times to the microsecond"
)


@dataclass(frozen=True, slots=True)
class Format:
    """A format. ``exports``: the kinds of tiers that it holds; ``loses``: what does not come back from it, for people.

    ``suffix`` with its dot; ``suffixes``: more endings that such files come with.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    exports: tuple[TierKind, ...]
    imports: bool
    loses: str
    multiple_files: bool = False
    suffixes: tuple[str, ...] = ()


_FORMATS = (
    Format("json", "JSON", ".json", "application/json", _ALL, True, "nothing"),
    Format("coco", "COCO", ".json", "application/json", (TierKind.BOXES,), True,
           "intervals, points and series; boxes are rounded to a thousandth of a pixel", suffixes=(".coco.json",)),
    Format("rttm", "RTTM", ".rttm", "text/plain", (TierKind.INTERVALS,), True,
           "everything but turns: name, start and duration to the millisecond; spaces in names"),
    Format("webvtt", "WebVTT", ".vtt", "text/vtt", (TierKind.INTERVALS,), True,
           "points, series, boxes, scores and attributes but the speaker; times to the millisecond"),
    Format("srt", "SubRip", ".srt", "application/x-subrip", (TierKind.INTERVALS,), True,
           "all but the text and its times, to the millisecond; speakers and names of tiers too"),
    Format("csv", "CSV", ".csv", "text/csv", _ALL, True,
           _TABLES_LOSE),
    Format("tsv", "TSV", ".tsv", "text/tab-separated-values", _ALL, True,
           _TABLES_LOSE, suffixes=(".tab",)),
    Format("eaf", "ELAN", ".eaf", "application/xml", _MARKS, True,
           "series, scores and attributes; boxes become an interval for each track; times to the millisecond"),
    Format("textgrid", "Praat TextGrid", ".TextGrid", "text/plain", _MARKS, True,
           "series, scores, attributes, coders and vocabularies; marks without a label; boxes become intervals"),
    Format("boris", "BORIS project", ".boris", "application/json", _MARKS, True,
           "series, scores and attributes but the comment; boxes become intervals; times to the millisecond"),
    Format("datavyu_csv", "Datavyu CSV", ".datavyu.csv", "text/csv", _MARKS, True,
           "series and scores; boxes become intervals; times to the millisecond"),
    Format("parquet", "Parquet", ".parquet", "application/vnd.apache.parquet", _ALL, False,
           "nothing but skeletons; it is not imported"),
)  # fmt: skip

FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _FORMATS})
