"""The montage of five people, looked at once for all tests of a process; and what is true of it."""

import functools
import tempfile
from pathlib import Path
from typing import Any

import orjson

from core.annotate.configuring import complete
from core.annotate.pipeline import Found, Pipeline
from core.annotate.pipelines import face_analysis, face_detection, face_recognition
from core.annotate.types import Boxes, Series, Tier
from models.store import ModelStore
from tests.annotate.look_bench import Bench, same


@functools.lru_cache(maxsize=1)
def montage(testdata: Path, models_root: Path) -> Bench:
    """A bench that keeps what looks found, so that only other settings of a detector decode again.

    The defaults of all face pipelines are looked at in one pass.
    """
    work_dir = Path(tempfile.gettempdir())
    bench = Bench.of(testdata / "videos" / "montage_5people_13shots.mp4", work_dir, ModelStore(models_root), 10.0)
    pipelines = (face_detection.PIPELINE, face_recognition.PIPELINE, face_analysis.PIPELINE)
    looks = [look for one in pipelines for look in one.looks(bench.video, complete(one.spec))]
    bench.show(list(dict.fromkeys(looks)))
    return bench


def does_not_depend_on_ranges(pipeline: Pipeline, testdata: Path, models: ModelStore, **config: Any) -> bool:
    """Whether a real video gives the same in one range and in many."""
    path, work_dir = testdata / "videos" / "bikes.mp4", Path(tempfile.gettempdir())
    whole, cut = (Bench.of(path, work_dir, models, range_s).run(pipeline, config) for range_s in (1000.0, 1.5))
    assert len(boxes(whole)) > 0
    return same(whole, cut)


def truth(testdata: Path) -> list[dict[str, Any]]:
    """Shots with ``start``, ``end`` and ``faces``."""
    shots: list[dict[str, Any]] = orjson.loads((testdata / "videos" / "montage_5people_13shots.json").read_bytes())[
        "shots"
    ]
    return shots


def run(bench: Bench, pipeline: Pipeline, **config: Any) -> Found:
    return bench.run(pipeline, config)


def tier(found: Found, name: str) -> Tier:
    return next(one for one in found.tiers if one.name == name)


def boxes(found: Found) -> Boxes:
    """Of the tier ``faces``."""
    rows = tier(found, "faces").boxes
    assert rows is not None
    return rows


def series(found: Found, name: str) -> Series:
    values = tier(found, name).series
    assert values is not None
    return values
