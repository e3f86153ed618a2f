"""All pipelines that look at pictures in one job, as people run them."""

from pathlib import Path

import numpy as np

from core.annotate.registry import registry
from core.annotate.types import Document
from models.store import ModelStore
from tests.annotate.look_bench import Bench
from tests.annotate.made_jobs import working

NAMES = ("scene_detection", "face_detection", "face_recognition", "face_analysis", "motion_energy", "procedure_clips")


def test_that_a_job_finds_what_the_pipelines_find_one_by_one(
    shared_testdata: Path, tmp_path: Path, default_models: ModelStore
) -> None:
    path = shared_testdata / "videos" / "bikes.mp4"
    with working(tmp_path / "library", registry(), default_models.root) as desk:
        job = desk.ended(desk.ask(desk.add(path), NAMES).job_id)
        assert desk.states(job.job_id) == dict.fromkeys(NAMES, "succeeded")
        documents = {name: desk.library.annotations.document(desk.result(job.job_id, name).result_id) for name in NAMES}
    bench = Bench.of(path, tmp_path, default_models, range_s=2.0)
    for name in NAMES:
        assert_alike(documents[name], bench, name)
        used = {one.model for one in documents[name].provenance[0].models}
        assert used == set(registry().get(name).models_needed(documents[name].provenance[0].config)), name


def assert_alike(document: Document, bench: Bench, name: str) -> None:
    tiers = bench.run(registry().get(name)).tiers
    assert [one.name for one in document.tiers] == [one.name for one in tiers]
    for kept, found in zip(document.tiers, tiers, strict=True):
        assert [(one.start_s, one.end_s, one.label) for one in kept.marks] == [
            (one.start_s, one.end_s, one.label) for one in found.marks
        ]
        if found.series is not None and kept.series is not None:
            assert np.array_equal(kept.series.times_s, found.series.times_s)
            assert np.array_equal(kept.series.values, found.series.values, equal_nan=True)
        if found.boxes is not None and kept.boxes is not None:
            assert np.array_equal(kept.boxes.bbox, found.boxes.bbox)
            assert np.array_equal(kept.boxes.track, found.boxes.track)
