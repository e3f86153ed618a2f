"""Measuring a video: its frame table is cut into units at key frames, workers measure them, the rows are put together.

The units, and what is done with each, follow from the video and the settings alone: one worker and twenty write the
same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import orjson

from core.analysis.unit_files import keep_results_of
from core.jobs.executors import UnitPool
from core.jobs.types import JobContext
from core.media.frames import scan_frames
from core.media.types import MediaInfo
from core.procedures.face_masks import FaceBoxes, FaceUnit, run_face_unit
from core.procedures.joining import JoinedRows
from core.procedures.masking import Box, check_masks
from core.procedures.measure_unit import MeasureUnit, read_rows, run_measure_unit, unit_path
from core.procedures.sampling import SampledRange, Samples, plan_samples, plan_units
from core.procedures.types import EncoderId, Floats, Masks, Moments
from models.frame_encoder import encoder_identity
from models.store import ModelStore

FEATURES_VERSION = 1
"""Goes up whenever the same picture gives another vector: old vectors are then not compared with new ones."""

_Unit = TypeVar("_Unit", MeasureUnit, FaceUnit)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class MeasuredVideo:
    """``faces``: None when they were not to be hidden. ``source_fps``: frames a second by their times."""

    moments: Moments
    faces: FaceBoxes | None
    source_fps: float
    warnings: tuple[str, ...] = ()


def encoder_id(models: ModelStore, encoder: str = "") -> EncoderId:
    """What vectors made now by this encoder ("" = the default one) are marked with. Raises as ``encoder_identity``."""
    name, version = encoder_identity(models, encoder)
    return EncoderId(name, f"{version}.{FEATURES_VERSION}")


def measure(
    path: Path,
    info: MediaInfo,
    encoder: str,
    *,
    models: ModelStore,
    masks: Masks,
    mirrored: bool,
    pool: UnitPool,
    context: JobContext,
    work_dir: Path,
    device: str = "cpu",
) -> Moments:
    """As :func:`measure_video`, the moments alone."""
    asked = Asked(path, info, masks, encoder=encoder, mirrored=mirrored, device=device)
    return measure_video(asked, models=models, pool=pool, context=context, work_dir=work_dir).moments


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured. ``encoder``: an id of the catalogue, the path of an ONNX file, "" for the default one;
    ``mirrored``: the picture turned left to right too; ``device`` as for every model.
    """

    path: Path
    info: MediaInfo
    masks: Masks
    encoder: str = ""
    mirrored: bool = False
    device: str = "cpu"


def measure_video(
    asked: Asked, *, models: ModelStore, pool: UnitPool, context: JobContext, work_dir: Path
) -> MeasuredVideo:
    """Moments of a whole video, and the faces that were hidden in it. Resumes at the unit after an interruption.

    Raises MediaMissing, UnsupportedMedia, InvalidRequest (masks), ModelMissing and the other errors of models,
    Canceled, Conflict (the model changed meanwhile).
    """
    check_masks(asked.masks)
    made_by = encoder_id(models, asked.encoder)
    warnings: list[str] = []
    context.progress("scan", 0, unit="frames")
    table = scan_frames(asked.path, on_warning=warnings.append, check=context.check)
    samples = plan_samples(table)
    plan = _Plan(
        asked, samples, plan_units(table, samples), encoder_identity(models, asked.encoder)[1], models, work_dir
    )
    keep_results_of(unit_path(work_dir, 0).parent, plan.signature(made_by))
    crew = _Crew(pool, context, work_dir, len(samples))
    faces = _find_faces(plan, crew) if asked.masks.faces else None
    joined = JoinedRows(asked.path, samples)
    units = plan.units(_hidden(asked.masks, faces, samples))
    for unit, _ in crew.results("measure", run_measure_unit, units):
        context.check()
        joined.add(unit, read_rows(unit_path(work_dir, unit.index)))
    moments = joined.moments(table.seconds(table.end_pts), made_by)
    source_fps = len(table) / max(1e-3, moments.duration_s - table.seconds(int(table.pts[0])))
    return MeasuredVideo(moments, faces, source_fps, (*warnings, *joined.warnings))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a video is cut into units; follows from it and from what is asked alone."""

    asked: Asked
    samples: Samples
    ranges: tuple[SampledRange, ...]
    encoder_version: str
    models: ModelStore
    work_dir: Path

    def signature(self, made_by: EncoderId) -> bytes:
        """Everything that the units' results depend on."""
        asked = self.asked
        words = [str(asked.path), asked.info.size_bytes, made_by.model, made_by.version, asked.device]
        masks = [asked.masks.mode, asked.masks.faces, asked.masks.regions]
        starts = [one.start_pts for one in self.ranges]
        return orjson.dumps([words, asked.mirrored, masks, starts]) + self.samples.pts.tobytes()

    def units(self, hidden: Sequence[tuple[Box, ...]]) -> list[MeasureUnit]:
        """``hidden``: the boxes to hide at each moment, one entry when they never change."""
        return [
            MeasureUnit(
                index=index,
                media=self.asked.info,
                start_pts=part.start_pts,
                pts=self.samples.pts[part.first : part.last],
                encoder=self.asked.encoder,
                encoder_version=self.encoder_version,
                device=self.asked.device,
                mirrored=self.asked.mirrored,
                hidden=tuple(hidden) if len(hidden) == 1 else tuple(hidden[part.first : part.last]),
                mode=self.asked.masks.mode,
                model_root=str(self.models.root),
                work_dir=str(self.work_dir),
            )
            for index, part in enumerate(self.ranges)
        ]

    def face_units(self) -> list[FaceUnit]:
        """The same ranges, to be looked through for faces."""
        return [
            FaceUnit(
                index=index,
                media=self.asked.info,
                start_pts=part.start_pts,
                pts=self.samples.pts[part.first : part.last],
                device=self.asked.device,
                model_root=str(self.models.root),
                work_dir=str(self.work_dir),
            )
            for index, part in enumerate(self.ranges)
        ]


@dataclass(frozen=True, slots=True)
class _Crew:
    pool: UnitPool
    context: JobContext
    work_dir: Path
    moments: int

    def results(
        self, stage: str, function: Callable[[_Unit], _Result], units: Sequence[_Unit]
    ) -> Iterator[tuple[_Unit, _Result]]:
        """Units with their results in order; says how far they are."""
        finished: set[int] = set()

        def show(running: dict[int, int]) -> None:
            done = sum(len(units[index].pts) for index in finished)
            done += sum(min(count, len(units[index].pts)) for index, count in running.items())
            self.context.progress(stage, min(done, self.moments), self.moments, unit="moments")

        for index, result in self.pool.run(
            function, units, work_dir=self.work_dir, context=self.context, on_progress=show
        ):
            finished.add(index)
            show({})
            yield units[index], result


def _find_faces(plan: _Plan, crew: _Crew) -> FaceBoxes:
    """A pass of its own: a face hides its place before it was found too, also over the bounds of units."""
    found: list[Floats] = []
    for _, rows in crew.results("faces", run_face_unit, plan.face_units()):
        found += rows
    return FaceBoxes(plan.samples.times_s, np.array([len(one) for one in found], np.int64), np.concatenate(found))


def _hidden(masks: Masks, faces: FaceBoxes | None, samples: Samples) -> tuple[tuple[Box, ...], ...]:
    """What is hidden at each moment; one entry when it never changes."""
    if faces is None:
        return (masks.regions,)
    return tuple((*masks.regions, *faces.at(float(t_s))) for t_s in samples.times_s)
