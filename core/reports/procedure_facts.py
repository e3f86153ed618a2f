"""What people sign, and which versions of everything made the score."""

from typing import Any

from reportlab.platypus.flowables import Flowable

from core.procedures.types import Masks
from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.flow import Section, Words
from core.reports.pairs import pairs_stack, value_words
from core.reports.procedure_source import ProcedureReport, Side
from core.reports.words import count_words, moment_words
from core.screen_time.tables import clock_text

_SIGNERS = ("Trainer", "Trainee")
_LINE_HEIGHT = 58.0


class SignatureLines(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A line for the name and the signature of each, and one for the date."""

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """reportlab asks for the size."""
        self.width, self.height = available_width, _LINE_HEIGHT * len(_SIGNERS) + 18
        return self.width, self.height

    def draw(self) -> None:
        """Lines with what belongs on them below."""
        canvas: ReportCanvas = self.canv
        widths = (self.width * 0.36, self.width * 0.38, self.width * 0.2)
        gap = (self.width - sum(widths)) / 2
        for index, signer in enumerate(_SIGNERS):
            bottom, left = self.height - (index + 1) * _LINE_HEIGHT + 14, 0.0
            for width, words in zip(widths, (f"{signer}, name", f"{signer}, signature", "Date"), strict=True):
                canvas.draw_rule(left, bottom, width, colour=palette.INK, weight=0.7)
                canvas.draw_text(words, look.SMALL, left, bottom - 3, width)
                left += width + gap


def signatures_part(_source: ProcedureReport) -> list[Flowable]:
    """For the trainer and the trainee."""
    words = "The undersigned have read this report."
    return [Section("Signatures", words, key="signatures"), SignatureLines()]


def versions_part(source: ProcedureReport) -> list[Flowable]:
    """What made the score."""
    section = Section("How it was made", "By these versions the score can be told apart, and made again.", key="facts")
    return [section, *_group("Score", _score(source), source)]


def settings_part(source: ProcedureReport) -> list[Flowable]:
    """The task's settings as they were then."""
    return _group("Settings", _settings(source), source)


def measures_part(source: ProcedureReport) -> list[Flowable]:
    """The figures that the interface for programs gives, under its names."""
    metrics = source.score.comparison.metrics
    return _group("Measures", [(name, f"{value:.6g}") for name, value in metrics.items()], source) if metrics else []


def gold_part(source: ProcedureReport) -> list[Flowable]:
    """The gold recording's file."""
    return _group("Gold recording", _video(source.gold), source)


def trainee_part(source: ProcedureReport) -> list[Flowable]:
    """The trainee recording's file."""
    return _group("Trainee recording", _video(source.trainee), source)


def _group(title: str, pairs: list[tuple[str, str]], source: ProcedureReport) -> list[Flowable]:
    return [Words(title, look.SUBHEADING, space_after=2), pairs_stack(pairs, source.check)]


def _score(source: ProcedureReport) -> list[tuple[str, str]]:
    score, versions = source.score, source.score.versions
    adapter = "none" if versions.adapter_version is None else f"version {versions.adapter_version}"
    return [
        ("Score", f"{score.score_id}, version {score.version} of this pair"),
        ("Job", score.job_id),
        ("Made", moment_words(score.created_at)),
        ("Task", score.task_id),
        ("Model", versions.model),
        ("Model version", versions.model_version),
        ("Adapter", adapter),
        ("Steps", f"version {versions.steps_version}"),
        ("Algorithm", versions.algorithm),
        ("Vectors", f"{versions.gold_embedding_id} (gold), {versions.trainee_embedding_id} (trainee)"),
        ("By machine", f"{score.machine_score:.2f}"),
        ("After verdicts", f"{score.score:.2f}"),
        ("Program", source.program),
        ("Library", source.library),
    ]


def _settings(source: ProcedureReport) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _setting(value)) for name, value in sorted(source.score.versions.settings.items())]


def _setting(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_setting(inner)}" for name, inner in sorted(value.items())) or "–"
    if isinstance(value, (list, tuple)):
        return "; ".join(_setting(inner) for inner in value) or "none"
    return "–" if value == "" else value_words(value)


def _video(side: Side) -> list[tuple[str, str]]:
    video, info = side.video, side.video.info
    named = (("Site", video.site_id), ("Camera", video.camera_id), ("Operator", video.operator_id_hash))
    pairs = [
        ("Video", f"{video.video_id}{', deleted since' if side.deleted else ''}"),
        ("Title", side.title),
        ("File", video.media_path.name if video.owned else str(video.media_path)),
        ("SHA-256", video.sha256 or "–"),
        ("Length", clock_text(info.duration_s)),
        ("Size", f"{info.size_bytes:,} bytes"),
        ("Picture", f"{info.width_px} × {info.height_px}"),
        ("Container", f"{info.container}, {info.codec}"),
        ("Added", moment_words(video.created_at)),
        ("Hidden", _masks(video.masks)),
    ]
    return pairs + [(name, value) for name, value in named if value]


def _masks(masks: Masks) -> str:
    parts = [count_words(len(masks.regions), "region")] if masks.regions else []
    parts += ["all faces"] if masks.faces else []
    return f"{' and '.join(parts)} ({masks.mode})" if parts else "nothing"
