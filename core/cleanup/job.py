"""The job episode_cleanup: its outcome is worked out in up to four phases, then applied as one edit, or reported."""

import dataclasses
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.analysis.more_faces import STAGE as MORE_FACES
from core.analysis.publish import new_run
from core.analysis.stage_share import StageShare
from core.analysis.workshop import Workshop
from core.cleanup.command import COMMAND, EditedMeanwhile, require_stamp
from core.cleanup.cuts import cuts_of
from core.cleanup.outcome import Outcome, difference, metrics_after, metrics_before, touched
from core.cleanup.parameters import CleanupParameters, resolve_cleanup
from core.cleanup.pieces import places_of
from core.cleanup.present import Present, read_present
from core.cleanup.reembedding import reembed
from core.cleanup.regrouping import group_clusters, merged_places, recluster, rules_of, still_outliers
from core.cleanup.splitting import split_tracks
from core.errors import InvalidRequest
from core.identities.commands import Step
from core.jobs.model_fetching import fetch_default_models
from core.jobs.types import Job, JobContext
from core.library.types import Episode
from core.storage import storage_error

STAGE = "episode_cleanup"
ACTOR = "cleanup"


def run_cleanup(shop: Workshop, job: Job, context: JobContext) -> dict[str, Any]:
    """The result of the job: ``{"stage", "actions", "write_back", "phases", "before", "after", "diff", "edit_id"}``.

    ``edit_id`` is 0 when nothing was changed. Raises InvalidRequest for parameters out of their bounds and for an
    episode that was not clustered yet.
    """
    if job.ep_id is None:
        raise InvalidRequest(f"The job {job.job_id} names no episode.", action="Give ep_id.")
    episode = shop.library.episodes.get(job.ep_id)
    parameters = resolve_cleanup(job.params, os.environ, shop.library_settings)
    work_dir = shop.library.jobs.work_dir(job.job_id)
    try:
        work_dir.mkdir(parents=True, exist_ok=True)
        return _Cleanup(shop, episode, parameters, context, work_dir).run()
    except OSError as error:
        raise storage_error(error, Path(error.filename) if error.filename else work_dir) from error


class _Cleanup:
    """One run of the job."""

    def __init__(
        self, shop: Workshop, episode: Episode, parameters: CleanupParameters, context: JobContext, work_dir: Path
    ) -> None:
        self._shop = shop
        self._episode = episode
        self._parameters = parameters
        self._context = context
        self._work_dir = work_dir

    def run(self) -> dict[str, Any]:
        while True:
            present = read_present(self._shop.library, self._episode)
            outcome = self._outcome(present)
            result = self._result(outcome)
            self._context.check()
            if not self._parameters.write_back:
                return result | {"edit_id": 0}
            try:
                return result | {"edit_id": self._apply(outcome)}
            except EditedMeanwhile:
                self._context.log("Somebody edited meanwhile: the outcome is worked out again.")

    def _outcome(self, present: Present) -> Outcome:
        outcome = Outcome(present, present.pieces, places_of(present.pieces), outliers=present.outliers)
        steps = {
            "split_tracks": self._split_tracks,
            "reembed": self._reembed,
            "recluster": self._recluster,
            "group_clusters": self._group_clusters,
        }
        for action in self._parameters.actions:
            self._context.check()
            with _timed() as seconds:
                part = StageShare(self._context, self._parameters.actions, action)
                part.progress(action, 0)
                outcome, counts = steps[action](outcome, part)
            outcome.phases[action] = counts | {"seconds": round(seconds(), 3)}
        return outcome

    def _split_tracks(self, outcome: Outcome, context: JobContext) -> tuple[Outcome, dict[str, Any]]:
        present, detect = outcome.present, self._parameters.detect
        cuts = cuts_of(self._shop, self._episode, present.runs.detect, detect, context, self._work_dir)
        splits = split_tracks(outcome.pieces, cuts, present.locked, present.calibration, context)
        before = {piece.track_id: piece for piece in outcome.pieces}
        places = {piece.key: before[piece.track_id].identity_id for piece in splits.pieces}
        counts = {
            "cuts": len(cuts),
            "tracks_split": len(splits.edges),
            "tracks_made": len(splits.pieces) - len(outcome.pieces) + len(splits.edges),
            "two_people": sum(any(edge.people for edge in edges) for edges in splits.edges.values()),
        }
        changed = replace(
            outcome,
            pieces=splits.pieces,
            places=places,
            edges=splits.edges,
            cuts=len(cuts),
            scene_detector=detect.scene_detector,
        )
        return changed, counts

    def _reembed(self, outcome: Outcome, context: JobContext) -> tuple[Outcome, dict[str, Any]]:
        faces = outcome.present.runs.faces
        embedder = str(faces.params["embedder"])
        fetch_default_models(self._shop.models, [self._parameters.detect.detector, embedder], context, kind="face")
        if faces.summary["embedder"]["version"] != self._shop.model_version(embedder):
            raise InvalidRequest(
                f"The model {embedder} is not the one any more that “{self._episode.title}” was embedded with.",
                action="Run faces_embed first.",
            )
        done = reembed(
            self._shop,
            self._episode,
            outcome.present,
            outcome.pieces,
            self._parameters.detect,
            self._parameters.embed,
            self._parameters.cluster,
            context,
            self._work_dir,
        )
        counts = {
            "tracks_looked_at": done.weak,
            "frames_looked_at": done.looked_at,
            "faces_found": len(done.faces),
            "tracks_reembedded": len(set(done.faces.track_ids.tolist())),
        }
        return replace(outcome, pieces=done.pieces, more=done.faces), counts

    def _recluster(self, outcome: Outcome, context: JobContext) -> tuple[Outcome, dict[str, Any]]:
        rules = rules_of(outcome.present.decisions, outcome.pieces)
        found = recluster(rules, outcome.places, outcome.present.calibration, self._parameters.cluster, context.check)
        context.progress("recluster", len(outcome.pieces), len(outcome.pieces), unit="tracks")
        outliers = frozenset(still_outliers(found.reasons))
        changed = replace(outcome, places=found.places, reasons=found.reasons, outliers=outliers)
        counts = {
            "tracks_clustered": len(rules.free),
            "tracks_moved": len(changed.moved),
            "identities": len({place for place in changed.places.values() if place is not None}),
            "outliers": len(outliers),
        }
        return changed, counts

    def _group_clusters(self, outcome: Outcome, context: JobContext) -> tuple[Outcome, dict[str, Any]]:
        rules = rules_of(outcome.present.decisions, outcome.pieces)
        merges = group_clusters(
            rules, outcome.places, outcome.present.calibration, self._parameters.cluster, context.check
        )
        context.progress("group_clusters", len(outcome.pieces), len(outcome.pieces), unit="tracks")
        changed = replace(outcome, places=merged_places(outcome.places, merges))
        identities = {place for place in changed.places.values() if place is not None}
        return changed, {"identities_merged": len(merges), "identities": len(identities)}

    def _result(self, outcome: Outcome) -> dict[str, Any]:
        cluster = self._parameters.cluster
        return {
            "stage": STAGE,
            "actions": list(self._parameters.actions),
            "write_back": self._parameters.write_back,
            "phases": outcome.phases,
            "before": metrics_before(self._episode, outcome.present, cluster),
            "after": metrics_after(self._episode, outcome, cluster),
            "diff": difference(outcome),
        }

    def _apply(self, outcome: Outcome) -> int:
        """The id of the edit, 0 when there is nothing to change."""
        if not (outcome.moved or outcome.edges or len(outcome.more)):
            return 0
        stamp = outcome.present.decisions.stamp
        # before a run is published for nothing: the edit itself asks again
        require_stamp(self._shop.library.store.read(), self._episode.ep_id, stamp)
        wanted = touched(outcome)
        more_run, old_more_run = self._publish_faces(outcome) if len(outcome.more) else (None, None)
        payload = {
            "stamp": list(stamp),
            "edges": {track: [[edge.frame, edge.t_s] for edge in edges] for track, edges in outcome.edges.items()},
            "places": outcome.moved,
            "reasons": {key: outcome.reasons[key] for key in outcome.moved if outcome.reasons.get(key)},
            "measures": {
                one.identity_id: [one.cohesion, one.mixed]
                for one in outcome.described(self._parameters.cluster).identities
                if one.identity_id in wanted
            },
            "more_run": more_run,
            "old_more_run": old_more_run,
        }
        edit = self._shop.library.moderation.apply_many(
            self._episode.ep_id, [Step(COMMAND, payload)], name=_name(outcome), actor=ACTOR
        )
        return edit.edit_id

    def _publish_faces(self, outcome: Outcome) -> tuple[int, int | None]:
        """A run that the edit makes the current one, so that undo takes that back, and the run that it replaces."""
        runs = outcome.present.runs
        params = {
            "actions": list(self._parameters.actions),
            "detect": dataclasses.asdict(self._parameters.detect),
            "embed": dataclasses.asdict(self._parameters.embed),
        }
        inputs = {"detect_track": runs.detect.run_id, "faces_embed": runs.faces.run_id}
        summary = {"stage": MORE_FACES, "faces_embedded": len(outcome.more)}

        def wait(connection: sqlite3.Connection, run_id: int) -> None:
            connection.execute("UPDATE runs SET current = 0 WHERE run_id = ?", (run_id,))
            if replaced is not None:
                connection.execute("UPDATE runs SET current = 1 WHERE run_id = ?", (replaced.run_id,))

        replaced = self._shop.library.runs.current(self._episode.ep_id, MORE_FACES)
        with new_run(self._shop.library, self._episode.ep_id, MORE_FACES, params, inputs) as folder:
            outcome.present.more.joined(outcome.more).save(folder.path)
            run_id = self._shop.library.runs.publish(folder, summary, wait).run_id
        return run_id, replaced.run_id if replaced is not None else None


def _name(outcome: Outcome) -> str:
    """What people read behind "Undo"."""
    tracks = len({*outcome.edges, *outcome.more.track_ids.tolist(), *(key.split("/")[0] for key in outcome.moved)})
    return f"Clean up {tracks} {'track' if tracks == 1 else 'tracks'}"


@contextmanager
def _timed() -> "Iterator[Any]":
    started_s = time.monotonic()
    yield lambda: time.monotonic() - started_s
