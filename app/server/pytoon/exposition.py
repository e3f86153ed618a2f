"""The document's seven metrics as a Prometheus exposition, text format 0.0.4."""

from collections.abc import Iterable, Mapping

from app.server.context import ServerContext
from core.procedures.measures import HistogramState
from core.render.figures import FALLBACK_TYPES, JOB_BUCKETS_S, SEGMENT_BUCKETS_S
from core.render.types import LOCAL_ENGINE, Archetype

Samples = Iterable[tuple[Mapping[str, str], int]]

_ARCHETYPES = tuple(str(one) for one in Archetype)


def exposition(context: ServerContext) -> str:
    """All seven, counted since the library was opened; what can be named beforehand begins at 0."""
    figures = context.library.renders.read_figures()
    lines = _family(
        "pytoon_render_jobs_total",
        "counter",
        "Jobs submitted.",
        [({"archetype": archetype, "preset": preset}, n) for (archetype, preset), n in sorted(figures.jobs.items())],
    )
    lines += _family(
        "pytoon_render_success_total",
        "counter",
        "Successful renders.",
        [({"archetype": name}, n) for name, n in _from_zero(_ARCHETYPES, figures.succeeded)],
    )
    lines += _family(
        "pytoon_render_failure_total",
        "counter",
        "Failed and canceled renders.",
        [({"archetype": archetype, "reason": why}, n) for (archetype, why), n in sorted(figures.failed.items())],
    )
    lines += _family(
        "pytoon_fallback_total",
        "counter",
        "Times that another engine than the first one had to draw.",
        [({"fallback_type": name}, n) for name, n in _from_zero(FALLBACK_TYPES, figures.fallbacks)],
    )
    engines = {LOCAL_ENGINE: _empty(SEGMENT_BUCKETS_S)} | dict(figures.segment_s)
    lines += _histogram("pytoon_segment_render_seconds", "How long segments took.", "engine", engines)
    by_archetype = {name: _empty(JOB_BUCKETS_S) for name in _ARCHETYPES} | dict(figures.job_s)
    lines += _histogram("pytoon_job_total_seconds", "How long jobs were at work.", "archetype", by_archetype)
    lines += _family("pytoon_queue_depth", "gauge", "Jobs that wait.", [({}, figures.queue_depth)])
    return "\n".join(lines) + "\n"


def _from_zero(names: Iterable[str], counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted((dict.fromkeys(names, 0) | dict(counted)).items())


def _family(name: str, kind: str, text: str, samples: Samples) -> list[str]:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
    return lines + [f"{name}{_labels(labels)} {value}" for labels, value in samples]


def _histogram(name: str, text: str, label: str, states: Mapping[str, HistogramState]) -> list[str]:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} histogram"]
    for value, state in sorted(states.items()):
        bounds = [*(f"{bound:g}" for bound in state.bounds_s), "+Inf"]
        lines += [
            f"{name}_bucket{_labels({label: value, 'le': bound})} {count}"
            for bound, count in zip(bounds, state.cumulative(), strict=True)
        ]
        own = _labels({label: value})
        lines += [f"{name}_sum{own} {state.sum_s:.6f}", f"{name}_count{own} {state.count}"]
    return lines


def _empty(bounds_s: tuple[float, ...]) -> HistogramState:
    return HistogramState(bounds_s, (0,) * (len(bounds_s) + 1), 0.0)


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{told}}}" if told else ""


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
