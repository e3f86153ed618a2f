"""The jobs of an analysis: each stage on its own, and ``analyse``, which runs what is needed one after another."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from core.analysis.cluster_stage import run_cluster_stage
from core.analysis.detect_stage import run_detect_stage
from core.analysis.embed_stage import run_embed_stage
from core.analysis.stage_share import StageShare
from core.analysis.workshop import Workshop
from core.cleanup.job import run_cleanup
from core.errors import InvalidRequest
from core.faces.parameters import resolve_cluster, resolve_detect, resolve_embed
from core.jobs.executors import UnitPool
from core.jobs.model_fetching import fetch_default_models
from core.jobs.types import Job, JobContext
from core.library.library import Library
from core.library.types import Episode, Run
from core.storage import storage_error
from models.store import ModelStore

JobFunction = Callable[[Job, JobContext], dict[str, Any]]
Stage = Callable[[Workshop, Episode, Mapping[str, object], JobContext, Path], Run]


def registry(library: Library, store: ModelStore, pool: UnitPool) -> dict[str, JobFunction]:
    """Functions by job type: analyse, detect_track, faces_embed, cluster, episode_cleanup."""
    shop = Workshop(library, store, pool)
    return {
        "analyse": lambda job, context: _run(shop, job, context, ("detect_track", "faces_embed", "cluster")),
        "detect_track": lambda job, context: _run(shop, job, context, ("detect_track",)),
        "faces_embed": lambda job, context: _run(shop, job, context, ("faces_embed",)),
        "cluster": lambda job, context: _run(shop, job, context, ("cluster",)),
        "episode_cleanup": lambda job, context: run_cleanup(shop, job, context),
    }


def check_parameters(params: Mapping[str, object]) -> None:
    """Raise InvalidRequest for values out of their bounds, before anything is queued."""
    for resolve in (resolve_detect, resolve_embed, resolve_cluster):
        resolve(params, os.environ, {})


def models_needed(
    params: Mapping[str, object], settings: Callable[[str], Mapping[str, object]] = lambda _stage: {}
) -> list[str]:
    """Ids (or paths) of the models that an analysis with these parameters uses; ``settings`` are a library's own."""
    detector = resolve_detect(params, os.environ, settings("detect_track")).detector
    return list(dict.fromkeys([detector, resolve_embed(params, os.environ, settings("faces_embed")).embedder]))


def _run(shop: Workshop, job: Job, context: JobContext, stages: tuple[str, ...]) -> dict[str, Any]:
    if job.ep_id is None:
        raise InvalidRequest(f"The job {job.job_id} names no episode.", action="Give ep_id.")
    episode = shop.library.episodes.get(job.ep_id)
    check_parameters(job.params)
    work_dir = shop.library.jobs.work_dir(job.job_id)
    result: dict[str, Any] = {"runs": {}}
    try:
        fetch_default_models(shop.models, _models_of(shop, job, stages), context, kind="face")
        done, going_on = _Done(work_dir), True
        for stage in stages:
            context.check()
            # after a stage that had to run again, its followers do too
            run = done.run_of(shop, episode.ep_id, stage) if going_on else None
            if run is None:
                going_on = False
                part = StageShare(context, stages, stage)
                run = _STAGES[stage](shop, episode, job.params, part, work_dir)
            done.note(stage, run.run_id)
            result["runs"][stage] = run.run_id
            result[stage] = run.summary
    except OSError as error:
        raise storage_error(error, Path(error.filename) if error.filename else work_dir) from error
    return result


class _Done:
    """Stages that this very job has published: after a crash they are not run again."""

    def __init__(self, work_dir: Path) -> None:
        self._path = work_dir / "stages.json"
        work_dir.mkdir(parents=True, exist_ok=True)
        self._runs: dict[str, int] = orjson.loads(self._path.read_bytes()) if self._path.exists() else {}

    def run_of(self, shop: Workshop, ep_id: str, stage: str) -> Run | None:
        """The stage's run, if it is still the one that counts: another job may have published since."""
        run = shop.library.runs.current(ep_id, stage)
        return run if run is not None and run.run_id == self._runs.get(stage) else None

    def note(self, stage: str, run_id: int) -> None:
        self._runs[stage] = run_id
        temp = self._path.with_suffix(".tmp")
        temp.write_bytes(orjson.dumps(self._runs))
        temp.replace(self._path)


def _models_of(shop: Workshop, job: Job, stages: tuple[str, ...]) -> list[str]:
    detector, *embedder = models_needed(job.params, shop.library_settings)
    return ([detector] if "detect_track" in stages else []) + (embedder if "faces_embed" in stages else [])


def _detect(shop: Workshop, episode: Episode, params: Mapping[str, object], context: JobContext, work_dir: Path) -> Run:
    parameters = resolve_detect(params, os.environ, shop.library_settings("detect_track"))
    return run_detect_stage(shop, episode, parameters, context, work_dir)


def _embed(shop: Workshop, episode: Episode, params: Mapping[str, object], context: JobContext, work_dir: Path) -> Run:
    parameters = resolve_embed(params, os.environ, shop.library_settings("faces_embed"))
    return run_embed_stage(shop, episode, parameters, context, work_dir)


def _cluster(
    shop: Workshop, episode: Episode, params: Mapping[str, object], context: JobContext, _work_dir: Path
) -> Run:
    parameters = resolve_cluster(params, os.environ, shop.library_settings("cluster"))
    return run_cluster_stage(shop, episode, parameters, context)


_STAGES: dict[str, Stage] = {"detect_track": _detect, "faces_embed": _embed, "cluster": _cluster}
