"""The document's nine metrics as a Prometheus exposition, text format 0.0.4."""

from collections.abc import Iterable, Mapping

from app.server.context import ServerContext
from app.server.sopilot.figures import KINDS, TRIGGERS
from app.server.sopilot.gpu_memory import GpuMemory, gpu_memory
from app.server.sopilot.queue_numbers import jobs_by_kind
from core.jobs.types import JobState
from core.procedures.measures import ALIGNMENT_BUCKETS_S, EMBEDDING_BUCKETS_S, JOB_BUCKETS_S, MEASURES, HistogramState
from models.catalogue import load_catalogue

Samples = Iterable[tuple[Mapping[str, str], int]]

_KINDS = tuple(KINDS.values())
_COUNTED = ("queued", "completed", "failed")
"""A job passes through the queue and ends; how many are at work is a gauge."""


def exposition(context: ServerContext) -> str:
    """All nine, each with its samples; counters and histograms begin with the jobs on the library's list."""
    tally, numbers = context.procedure_figures.read(), jobs_by_kind(context.library)
    measured = MEASURES.state()
    counts = {(one.kind, one.status, one.trigger): number for one, number in tally.jobs.items()}
    lines: list[str] = []
    for kind in ("ingest", "score"):
        samples = [({"status": status}, counts.get((kind, status, ""), 0)) for status in _COUNTED]
        lines += _family(f"sopilot_{kind}_jobs_total", "counter", f"Jobs of the kind {kind} by status.", samples)
    lines += _family(
        "sopilot_training_jobs_total",
        "counter",
        "Training jobs by status and by what asked for them.",
        [
            ({"status": status, "trigger": trigger}, counts.get(("training", status, trigger), 0))
            for status in _COUNTED
            for trigger in TRIGGERS
        ],
    )
    lines += _histogram(
        "sopilot_job_duration_seconds",
        "How long jobs were at work.",
        "job_type",
        {kind: tally.seconds.get(kind, _empty(JOB_BUCKETS_S)) for kind in _KINDS},
    )
    by_gpu = {str(gpu).lower(): measured.alignment_s.get(gpu, _empty(ALIGNMENT_BUCKETS_S)) for gpu in (False, True)}
    lines += _histogram("sopilot_dtw_execution_seconds", "How long comparisons took.", "gpu", by_gpu)
    by_encoder = {name: _empty(EMBEDDING_BUCKETS_S) for name in _usual_encoders()} | dict(measured.embedding_s)
    lines += _histogram("sopilot_embedding_generation_seconds", "How long measuring took.", "embedder", by_encoder)
    lines += _gauge("sopilot_queue_depth", "Jobs that wait.", numbers, JobState.QUEUED)
    lines += _family(
        "sopilot_gpu_memory_bytes",
        "gauge",
        "Memory of graphics cards: held by Rushes, in use by all programs, and in all.",
        _memory_samples(gpu_memory()),
    )
    lines += _gauge("sopilot_active_workers", "Workers with a job.", numbers, JobState.RUNNING)
    return "\n".join(lines) + "\n"


def _usual_encoders() -> list[str]:
    """Those of the default pack: their histograms are there before the first video."""
    return [one.id for one in load_catalogue().models.values() if one.default and one.purpose == "frame_encoder"]


def _gauge(name: str, text: str, numbers: Mapping[str, Mapping[JobState, int]], state: JobState) -> list[str]:
    return _family(name, "gauge", text, [({"queue": kind}, numbers[kind][state]) for kind in _KINDS])


def _memory_samples(cards: Iterable[GpuMemory]) -> Samples:
    for card in cards:
        yield {"gpu": card.gpu, "type": "allocated"}, card.allocated_bytes
        yield {"gpu": card.gpu, "type": "reserved"}, card.reserved_bytes
        yield {"gpu": card.gpu, "type": "total"}, card.total_bytes


def _family(name: str, kind: str, text: str, samples: Samples) -> list[str]:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
    return lines + [f"{name}{{{_labels(labels)}}} {value}" for labels, value in samples]


def _histogram(name: str, text: str, label: str, states: Mapping[str, HistogramState]) -> list[str]:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} histogram"]
    for value, state in sorted(states.items()):
        own = _labels({label: value})
        bounds = [*(f"{bound:g}" for bound in state.bounds_s), "+Inf"]
        lines += [
            f'{name}_bucket{{{own},le="{bound}"}} {count}'
            for bound, count in zip(bounds, state.cumulative(), strict=True)
        ]
        lines += [f"{name}_sum{{{own}}} {state.sum_s:.6f}", f"{name}_count{{{own}}} {state.count}"]
    return lines


def _empty(bounds_s: tuple[float, ...]) -> HistogramState:
    return HistogramState(bounds_s, (0,) * (len(bounds_s) + 1), 0.0)


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
