"""Tiny pipelines for tests: they need no model, and are real enough to be run by a job in worker processes."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.annotate.pipeline import Found, FrameLook, PipelineContext, SeenFrame, Video
from core.annotate.registry import Registry
from core.annotate.spec import AVAILABLE, Availability, OutputSpec, Parameter, PipelineSpec
from core.annotate.types import Mark, Series, Tier, TierKind
from core.errors import UnsupportedMedia
from core.media.types import FrameTable, MediaInfo
from models.store import ModelStore


def made_spec(
    name: str, *parameters: Parameter, aliases: tuple[str, ...] = (), version: str = "1", formats: Sequence[str] = ()
) -> PipelineSpec:
    """A spec with a name and parameters, everything else as it happens to be. It writes JSON by default."""
    return PipelineSpec(
        name=name,
        display_name=name.replace("_", " ").capitalize(),
        description=f"The pipeline {name} of the tests.",
        version=version,
        family="tests",
        variant="made",
        tasks=("testing",),
        modalities=("video",),
        capabilities=(),
        backends=("numpy",),
        stability="stable",
        outputs=tuple(OutputSpec(one, ("intervals",)) for one in ("json", *formats)),
        default_formats=("json",),
        parameters=parameters,
        aliases=aliases,
    )


@dataclass(frozen=True, slots=True)
class BrightnessLook:
    """The mean luma of every ``step``-th frame, and its difference to the one before."""

    step: int = 1
    fails: bool = False
    slow_s: float = 0.0

    def wanted(self, table: FrameTable) -> Any:
        """See FrameLook."""
        return None if self.step == 1 else table.pts[:: self.step]

    def open(self, media: MediaInfo, model_root: Path, device: str) -> "BrightnessLooker":  # noqa: ARG002  as the protocol says
        """See FrameLook."""
        return BrightnessLooker(self)


class BrightnessLooker:
    """Notes what the look wants."""

    def __init__(self, look: BrightnessLook) -> None:
        self._look = look
        self._rows: dict[str, list[float]] = {"index": [], "t_s": [], "luma": [], "next_change": []}
        self._last: float | None = None

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if self._look.fails:
            raise UnsupportedMedia("The look fails on purpose.", action="Do not choose it.")
        if self._look.slow_s:
            time.sleep(self._look.slow_s)
        luma = float(seen.maker.small_bgr(seen.frame).mean())
        if self._last is not None:
            self._rows["next_change"].append(luma - self._last)
        self._last = luma
        if not seen.beyond:
            for name, value in (("index", seen.index), ("t_s", seen.t_s), ("luma", luma)):
                self._rows[name].append(value)

    def rows(self) -> dict[str, Any]:
        """See Looker."""
        return {name: np.array(values, np.float64) for name, values in self._rows.items()}


class MadePipeline:
    """Root of the made pipelines: available, without models and looks."""

    def __init__(self, spec: PipelineSpec) -> None:
        self._spec = spec

    @property
    def spec(self) -> PipelineSpec:
        """See Pipeline."""
        return self._spec

    def availability(self, models: ModelStore) -> Availability:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        return AVAILABLE

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        return ()

    def looks(self, video: Video, config: Mapping[str, Any]) -> Sequence[FrameLook]:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        return ()

    def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:
        """See Pipeline."""
        raise NotImplementedError


class NeedsModel(MadePipeline):
    """Needs the model that is chosen, by default one that jobs fetch."""

    def __init__(self) -> None:
        super().__init__(
            made_spec("modelled", Parameter("model", "str", "blazeface-full-range", "A model."), aliases=("other",))
        )

    def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:
        """See Pipeline."""
        return (config["model"],)


@dataclass(frozen=True, slots=True)
class Shown:
    """How often a pipeline was run in this process."""

    runs: list[str] = field(default_factory=list)


class Brightness(MadePipeline):
    """A series of the brightness of the video's frames."""

    def __init__(self, name: str = "brightness", shown: Shown | None = None, *, fails: bool = False) -> None:
        super().__init__(
            made_spec(
                name,
                Parameter("step", "int", 1, "Every how many frames it looks.", 1, 100),
                Parameter("gain", "float", 1.0, "Values are multiplied by it.", 0.0, 10.0),
                Parameter("slow_s", "float", 0.0, "How long it thinks about a frame.", 0.0, 10.0, unit="s"),
                aliases=("luma",) if name == "brightness" else (),
                formats=("csv",),
            )
        )
        self._shown = shown or Shown()
        self._fails = fails

    def looks(self, video: Video, config: Mapping[str, Any]) -> Sequence[FrameLook]:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        return (self._look(config),)

    def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        self._shown.runs.append(self.spec.name)
        looked = context.looked(self._look(config))
        values = (looked.arrays["luma"] * config["gain"]).astype(np.float32)
        series = Series(looked.arrays["t_s"].astype(np.float64), values)
        return Found((Tier("brightness", TierKind.SERIES, series=series, unit="levels"),))

    def _look(self, config: Mapping[str, Any]) -> BrightnessLook:
        return BrightnessLook(config["step"], self._fails, config["slow_s"])


class Ticks(MadePipeline):
    """An interval for every so many seconds; reads no pictures."""

    def __init__(self, name: str = "ticks", shown: Shown | None = None) -> None:
        every = Parameter("every_s", "float", 1.0, "How long an interval is.", 0.1, 60.0, unit="s")
        word = Parameter("word", "str", "tick", "What is written on it.", choices=("tick", "tock"))
        super().__init__(made_spec(name, every, word, formats=("csv", "webvtt")))
        self._shown = shown or Shown()

    def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:
        """See Pipeline."""
        self._shown.runs.append(self.spec.name)
        every_s, end_s = float(config["every_s"]), video.facts.duration_s
        marks = []
        while len(marks) * every_s < end_s:
            begin_s = len(marks) * every_s
            marks.append(Mark(begin_s, min(end_s, begin_s + every_s), config["word"]))
            context.progress("ticking", begin_s, end_s, unit="s")
            context.check()
        return Found((Tier("ticks", TierKind.INTERVALS, tuple(marks)),), {"notes.txt": b"ticked\n"})


class Failing(MadePipeline):
    """Raises what it is told to."""

    def __init__(self, name: str = "failing", error: Exception | None = None) -> None:
        super().__init__(made_spec(name))
        self._error = error or UnsupportedMedia("This pipeline never works.", action="Do not choose it.")

    def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        raise self._error


class Waiting(MadePipeline):
    """Works until it is canceled or let go; ``polite`` ones ask whether they are canceled."""

    def __init__(self, name: str = "waiting", *, polite: bool = True) -> None:
        super().__init__(made_spec(name))
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self._polite = polite

    def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        self.begun.set()
        (context.work_dir / "half-done.bin").write_bytes(b"\0" * 100_000)
        while not self.let_go.wait(0.05):
            if self._polite:
                context.check()
        return Found((Tier("waited", TierKind.INTERVALS, (Mark(0.0, 1.0, "waited"),)),))


class Missing(MadePipeline):
    """Needs a model that nobody has."""

    def __init__(self, name: str = "missing") -> None:
        super().__init__(made_spec(name))

    def availability(self, models: ModelStore) -> Availability:  # noqa: ARG002  as the protocol says
        """See Pipeline."""
        return Availability(False, "Its model is not installed.", "rushes models fetch made")


def made_registry(*pipelines: MadePipeline) -> Registry:
    """A registry of these, by default brightness, ticks, failing and missing."""
    return Registry(pipelines or (Brightness(), Ticks(), Failing(), Missing()))
