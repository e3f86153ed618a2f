"""How it was made: the video, the models with their checksums, the parameters of every stage."""

from dataclasses import replace
from typing import Any

from reportlab.platypus.flowables import Flowable

from core.library.types import Run
from core.reports import look
from core.reports.flow import Section, Stack, Words
from core.reports.source import ReportSource
from core.reports.table import Cell, Column, Row, TextCell, spread, text_cell
from core.reports.text.layout import set_text
from core.reports.words import moment_words
from core.screen_time.tables import clock_text

_STAGES = {
    "detect_track": ("Shots, faces and tracks", "detector"),
    "faces_embed": ("Face vectors", "embedder"),
    "cluster": ("Identities", ""),
}
_NO_PARAMETERS = frozenset({"sources"})


def facts_part(source: ReportSource) -> list[Flowable]:
    """The video, then each stage."""
    section = Section("How it was made", f"By {source.program} from the video and the models named here.", key="facts")
    parts: list[Flowable] = [section, Words("Video", look.SUBHEADING, space_after=2), _pairs(_video(source), source)]
    for stage, run in source.runs.items():
        title, model_key = _STAGES.get(stage, (stage, ""))
        parts.append(Words(title, look.SUBHEADING, space_after=2))
        parts.append(_pairs([*_run(run), *_model(run, model_key, source), *_parameters(run)], source))
    return parts


def _video(source: ReportSource) -> list[tuple[str, str]]:
    episode, info = source.episode, source.episode.info
    rate = f"{info.average_fps:.3f}".rstrip("0").rstrip(".")
    return [
        ("File", str(episode.media_path)),
        ("Size", f"{info.size_bytes:,} bytes"),
        ("Fingerprint", episode.fingerprint),
        ("Container", f"{info.container}, {info.codec}"),
        ("Picture", f"{info.width_px} × {info.height_px}"),
        ("Rate", f"{rate} frames a second on average{', variable' if info.variable_rate else ''}"),
        ("Time base", f"{info.time_base} s"),
        ("Length", clock_text(info.duration_s)),
        ("Frames", f"{source.review.frame_count:,}"),
        ("Episode", episode.ep_id),
    ]


def _run(run: Run) -> list[tuple[str, str]]:
    return [("Run", f"{run.run_id}"), ("Made", moment_words(run.created_at))]


def _model(run: Run, key: str, source: ReportSource) -> list[tuple[str, str]]:
    """The model with its version as the run noted it, and the checksums of its files as the catalogue has them."""
    noted: Any = run.summary.get(key)
    if not isinstance(noted, dict):
        return []
    model_id = str(noted.get("id", "unknown"))
    pairs = [("Model", model_id), ("Version", str(noted.get("version", "unknown")))]
    entry = source.models.get(model_id)
    if entry is not None:
        pairs += [("Title", entry.title), ("Licence", entry.licence)]
        pairs += [("SHA-256", f"{file.sha256}  {file.name}") for file in entry.files]
    return pairs


def _parameters(run: Run) -> list[tuple[str, str]]:
    return [(name, _value(value)) for name, value in sorted(run.params.items()) if name not in _NO_PARAMETERS]


def _value(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _pairs(pairs: list[tuple[str, str]], source: ReportSource) -> Stack:
    """Two pairs a row; a long value has a row to itself."""
    wide = [Column("", width) for width in spread([96, 0])]
    narrow = [Column("", width) for width in spread([96, 0, 96, 0])]
    rows: list[Row] = []
    waiting: list[Cell] = []

    def flush() -> None:
        if waiting:
            rows.append(Row(narrow, (*waiting, *(_EMPTY,) * (4 - len(waiting))), padding=2.6, middle=False))
            waiting.clear()

    for name, value in pairs:
        if not _is_short(value, narrow[1].width):
            flush()
            rows.append(Row(wide, _cells(wide, name, value), padding=2.6, middle=False))
            continue
        waiting.extend(_cells(narrow[:2], name, value))
        if len(waiting) == 4:
            flush()
    flush()
    return Stack(rows, check=source.check, space_after=16)


_NAME = replace(look.SMALL, size=8, leading=11.5)
_VALUE = replace(look.QUIET, size=8, leading=11.5)
_EMPTY = TextCell(())


def _cells(columns: list[Column], name: str, value: str) -> tuple[Cell, Cell]:
    return text_cell(columns[0], name, _NAME), text_cell(columns[1], value, _VALUE, most_lines=6)


def _is_short(value: str, width: float) -> bool:
    return set_text(value, _VALUE, 1e6).width <= width
