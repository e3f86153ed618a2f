"""How it was made: the video, the models with their checksums, the parameters of every stage."""

from typing import Any

from reportlab.platypus.flowables import Flowable

from core.library.types import Run
from core.reports import look
from core.reports.flow import Section, Words
from core.reports.pairs import pairs_stack, value_words
from core.reports.source import ReportSource
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
    parts: list[Flowable] = [
        section,
        Words("Video", look.SUBHEADING, space_after=2),
        pairs_stack(_video(source), source.check),
    ]
    for stage, run in source.runs.items():
        title, model_key = _STAGES.get(stage, (stage, ""))
        parts.append(Words(title, look.SUBHEADING, space_after=2))
        parts.append(pairs_stack([*_run(run), *_model(run, model_key, source), *_parameters(run)], source.check))
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
    return [(name, value_words(value)) for name, value in sorted(run.params.items()) if name not in _NO_PARAMETERS]
