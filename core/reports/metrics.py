"""The quality of the analysis in numbers, against the targets that the Screenalytics document sets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reportlab.platypus.flowables import Flowable

from core.faces.types import TrackFlag
from core.reports import look, palette
from core.reports.flow import Section, Stack
from core.reports.source import ReportSource
from core.reports.table import Column, Head, Row, spread, text_cell
from core.review.types import EpisodeReview


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of ``track_metrics.json``: its chapter and name there, what it says, its target, when it is met."""

    chapter: str
    name: str
    words: str
    target: str = ""
    met: Callable[[float], bool] | None = None


METRICS = (
    Metric("metrics", "total_detections", "Faces found"),
    Metric("metrics", "total_tracks", "Tracks"),
    Metric("metrics", "tracks_per_minute", "Tracks per minute", "10 to 30, lower is better", lambda value: value <= 30),
    Metric("metrics", "short_track_fraction", "Short tracks", "< 0.20", lambda value: value < 0.20),
    Metric("metrics", "id_switch_rate", "Identity switches per track", "< 0.05", lambda value: value < 0.05),
    Metric("cluster_metrics", "total_clusters", "Identities", "5 to 15 in an episode", lambda value: 5 <= value <= 15),
    Metric("cluster_metrics", "singleton_fraction", "Identities of one track", "< 0.30", lambda value: value < 0.30),
    Metric(
        "cluster_metrics", "largest_cluster_fraction", "Tracks of the largest", "< 0.40", lambda value: value < 0.40
    ),
    Metric("cluster_metrics", "outlier_tracks", "Outlier tracks"),
    Metric("cluster_metrics", "low_cohesion_identities", "Identities that look mixed"),
    Metric("scene_cuts", "count", "Cuts"),
    Metric("crop_stats", "blank_fraction", "Blank crops", "at most 0.10", lambda value: value <= 0.10),
)
"""Targets as in the API reference, version 2.1."""


def metrics_part(source: ReportSource) -> list[Flowable]:
    """A table: as the analysis left it, as it is now, the target, whether it is met."""
    if not source.metrics:
        return []
    now = metrics_now(source.review)
    columns = [
        Column(title, width, align)
        for title, width, align in zip(
            ("Measure", "Analysis", "Now", "Target", ""),
            spread([0, 62, 62, 120, 74]),
            ("left", "right", "right", "left", "left"),
            strict=True,
        )
    ]
    rows = [row for one in METRICS if (row := _row(columns, one, source.metrics, now)) is not None]
    words = "As the machine left it, and as it stands after what people corrected. Met or not is judged by the latter."
    return [Section("Quality", words, key="quality"), Stack(rows, Head(columns), check=source.check)]


def metrics_now(review: EpisodeReview) -> dict[str, dict[str, float]]:
    """The numbers that edits change, from what is live now; under the names of ``track_metrics.json``."""
    sizes = [len(one.track_ids) for one in review.identities]
    tracks = len(review.tracks)
    minutes = review.duration_s / 60
    short = sum(TrackFlag.SHORT in track.flags for track in review.tracks)
    return {
        "metrics": {
            "total_tracks": tracks,
            "tracks_per_minute": _ratio(tracks, minutes, 2),
            "short_track_fraction": _ratio(short, tracks, 3),
        },
        "cluster_metrics": {
            "total_clusters": len(sizes),
            "singleton_fraction": _ratio(sizes.count(1), len(sizes), 3),
            "largest_cluster_fraction": _ratio(max(sizes, default=0), sum(sizes), 3),
            "low_cohesion_identities": sum(one.mixed for one in review.identities),
        },
    }


def _row(
    columns: list[Column], one: Metric, metrics: Mapping[str, Any], now: Mapping[str, Mapping[str, float]]
) -> Row | None:
    value = metrics.get(one.chapter, {}).get(one.name)
    if not isinstance(value, int | float):
        return None
    present = now.get(one.chapter, {}).get(one.name)
    judged = value if present is None else present
    verdict, colour = "", palette.MUTED
    if one.met is not None:
        verdict, colour = ("✓  Met", palette.GOOD) if one.met(judged) else ("✕  Not met", palette.BAD)
    style = replace(look.BODY, weight=look.NAME.weight, colour=colour)
    return Row(
        columns,
        (
            text_cell(columns[0], one.words),
            text_cell(columns[1], _number(value), look.NUMBER),
            text_cell(columns[2], "–" if present is None else _number(present), look.NUMBER),
            text_cell(columns[3], one.target or "–", look.QUIET),
            text_cell(columns[4], verdict, style),
        ),
        padding=4,
    )


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".") or "0"


def _ratio(part: float, whole: float, digits: int) -> float:
    return round(part / whole, digits) if whole > 0 else 0.0
