"""The stage cluster: tracks become identities; what people decided goes over to the identities that hold it now."""

import dataclasses
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from core.analysis.artifacts import write_json
from core.analysis.carry.constraints import Constraints, constraints_of
from core.analysis.carry.decisions import Decisions, stamp_of
from core.analysis.carry.report import carry_report
from core.analysis.carry.rows import Carried, insert_clustering
from core.analysis.carry.successors import successors
from core.analysis.carry.track_map import map_tracks
from core.analysis.publish import new_run
from core.analysis.settled import with_settled
from core.analysis.track_vectors import TrackVectors
from core.analysis.vectors_now import vectors_now
from core.analysis.workshop import Workshop
from core.errors import InvalidRequest
from core.faces.cluster import AssignedTrack, Assignments, TrackEvidence, assign_identities
from core.faces.metrics import cluster_metrics, crop_stats, track_metrics
from core.faces.parameters import ClusterParameters
from core.identities.counters import next_number
from core.jobs.types import JobContext
from core.library.types import Episode, Run
from core.review.boxes import track_boxes

STAGE = "cluster"


class _Edited(Exception):
    """Somebody edited since the decisions were read: carry them over again."""


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The runs that clustering stands on."""

    tracks: Run
    faces: Run


@dataclass(frozen=True, slots=True)
class _Result:
    """What is published: identities under their final ids, what was carried over, and the diff."""

    assignments: Assignments
    carried: Carried
    report: dict[str, Any]


def run_cluster_stage(shop: Workshop, episode: Episode, parameters: ClusterParameters, context: JobContext) -> Run:
    """Cluster and publish. Raises InvalidRequest when there are no face vectors of the present tracks."""
    inputs = _inputs(shop, episode)
    context.progress("cluster", 0, unit="tracks")
    vectors = vectors_now(shop.library, episode.ep_id) or TrackVectors.load(inputs.faces.path)
    evidence = _evidence(shop, inputs, vectors)
    together = _seen_together(shop, episode)
    while True:  # when a person edits in between, their decision is carried over too
        context.check()
        result = _cluster(shop, episode, parameters, inputs, vectors, evidence, together, context)
        context.progress("cluster", len(evidence), len(evidence), unit="tracks")
        try:
            run = _publish(shop, episode, parameters, inputs, result)
        except _Edited:
            continue
        for item in result.report["lost"]:
            context.log(item["text"], level="warning")
        return run


def _inputs(shop: Workshop, episode: Episode) -> _Inputs:
    tracks = shop.library.runs.current(episode.ep_id, "detect_track")
    faces = shop.library.runs.current(episode.ep_id, "faces_embed")
    if tracks is None:
        raise InvalidRequest(f"“{episode.title}” has no tracks yet.", action="Run detect_track first.")
    if faces is None or faces.inputs.get("detect_track") != tracks.run_id:
        raise InvalidRequest(
            f"“{episode.title}” has no face vectors of its present tracks.", action="Run faces_embed first."
        )
    return _Inputs(tracks, faces)


def _cluster(
    shop: Workshop,
    episode: Episode,
    parameters: ClusterParameters,
    inputs: _Inputs,
    vectors: TrackVectors,
    evidence: list[TrackEvidence],
    together: list[tuple[str, str]],
    context: JobContext,
) -> _Result:
    """Clusters that obey the decisions of now, under ids that go on where the people do."""
    library, ep_id = shop.library, episode.ep_id
    decisions = Decisions.read(library, ep_id)
    carried = Carried()
    if decisions is not None:
        track_map = map_tracks(library, ep_id, decisions.detect_run, inputs.tracks.run_id)
        faceless = {one.track_id for one in evidence if one.statistics is None}
        constraints = constraints_of(decisions, track_map, [one.track_id for one in evidence], faceless)
        carried = Carried(decisions, track_map, constraints)
    free = _free(evidence, carried.constraints)
    place = {one.track_id: index for index, one in enumerate(free)}
    found = assign_identities(
        free,
        vectors.calibration,
        parameters,
        seen_together=_pairs(together, place),
        must_link=_pairs(carried.constraints.together, place),
        cannot_link=_pairs(carried.constraints.apart, place),
        id_base=_base(carried.constraints.settled),
        check=context.check,
    )
    found = with_settled(found, carried.constraints.settled, evidence, vectors.calibration, parameters)
    return _renamed(shop, ep_id, evidence, found, carried)


def _base(settled: Mapping[str, object]) -> int:
    """Clusters are numbered above locked identities until they get their final ids."""
    return 1 + max((int(identity_id.rsplit("-", 1)[1]) for identity_id in settled), default=0)


def _free(evidence: list[TrackEvidence], constraints: Constraints) -> list[TrackEvidence]:
    """Tracks that clustering may place: neither settled nor deleted."""
    taken = {track_id for tracks in constraints.settled.values() for track_id in tracks} | constraints.gone.keys()
    return [one for one in evidence if one.track_id not in taken]


def _pairs(pairs: Any, place: dict[str, int]) -> list[tuple[int, int]]:
    return [(place[one], place[other]) for one, other in pairs if one in place and other in place]


def _renamed(
    shop: Workshop, ep_id: str, evidence: list[TrackEvidence], found: Assignments, carried: Carried
) -> _Result:
    """Ids that go on, and for people who are new, ids that were never given before."""
    decisions = carried.decisions
    if decisions is None:
        return _Result(found, carried, {"carried": [], "lost": [], "review": "none"})
    screen_s = {one.track_id: one.screen_s for one in evidence}
    kept = _kept(decisions, carried, found, screen_s)
    fresh = [one.identity_id for one in found.identities if one.identity_id not in kept]
    numbers = shop.library.store.write(lambda connection: [next_number(connection, ep_id, "identity") for _ in fresh])
    final = kept | {new: f"identity-{number:05d}" for new, number in zip(fresh, numbers, strict=True)}
    assignments = Assignments(
        tuple(dataclasses.replace(one, identity_id=final[one.identity_id]) for one in found.identities),
        tuple(_track_renamed(track, final) for track in found.tracks),
    )
    old_by_id = {one.identity_id: one for one in decisions.identities}
    carried = dataclasses.replace(carried, old_by_new={old: old_by_id[old] for old in kept.values()})
    spans_s = _spans_of(shop, decisions.detect_run)
    report = carry_report(decisions, carried.track_map, carried.constraints, kept.values(), spans_s)
    return _Result(assignments, carried, report)


def _kept(decisions: Decisions, carried: Carried, found: Assignments, screen_s: dict[str, float]) -> dict[str, str]:
    settled = {one.identity_id for one in found.identities if one.identity_id in carried.constraints.settled}
    free = tuple(one for one in found.identities if one.identity_id not in settled)
    rest = dataclasses.replace(
        decisions, identities=tuple(one for one in decisions.identities if one.identity_id not in settled)
    )
    return successors(rest, carried.track_map, free, screen_s) | {one: one for one in settled}


def _track_renamed(track: AssignedTrack, final: dict[str, str]) -> AssignedTrack:
    if track.identity_id is None:
        return track
    return dataclasses.replace(track, identity_id=final[track.identity_id])


def _spans_of(shop: Workshop, detect_run: int) -> dict[str, tuple[float, float]]:
    rows = shop.library.store.read().execute(
        "SELECT track_id, start_s, end_s FROM tracks WHERE run_id = ?", (detect_run,)
    )
    return {row["track_id"]: (row["start_s"], row["end_s"]) for row in rows}


def _evidence(shop: Workshop, inputs: _Inputs, vectors: TrackVectors) -> list[TrackEvidence]:
    place = {str(track_id): row for row, track_id in enumerate(vectors.track_ids)}
    statistics = vectors.statistics()
    unusable: dict[str, str] = inputs.faces.summary.get("unusable_tracks", {})
    rows = shop.library.store.read().execute(
        "SELECT track_id, start_s, end_s FROM tracks WHERE run_id = ? AND state = 'live' ORDER BY track_id",
        (inputs.tracks.run_id,),
    )
    return [
        TrackEvidence(
            track_id=track_id,
            start_s=start_s,
            screen_s=end_s - start_s,
            statistics=statistics[place[track_id]] if track_id in place else None,
            mixed=bool(vectors.mixed[place[track_id]]) if track_id in place else False,
            reason=unusable.get(track_id, "no_usable_face"),
        )
        for track_id, start_s, end_s in rows
    ]


def _seen_together(shop: Workshop, episode: Episode) -> list[tuple[str, str]]:
    """Pairs of tracks found in one and the same picture: two faces there are two people."""
    by_frame: dict[int, list[str]] = {}
    for boxes in track_boxes(shop.library, episode.ep_id):
        for frame in boxes.frames[~boxes.interpolated].tolist():
            by_frame.setdefault(frame, []).append(boxes.track_id)
    pairs = {
        (min(first, second), max(first, second))
        for tracks in by_frame.values()
        for position, first in enumerate(tracks)
        for second in tracks[position + 1 :]
    }
    return sorted(pairs)


def _publish(shop: Workshop, episode: Episode, parameters: ClusterParameters, inputs: _Inputs, result: _Result) -> Run:
    run_ids = {"detect_track": inputs.tracks.run_id, "faces_embed": inputs.faces.run_id}
    assignments, decisions = result.assignments, result.carried.decisions
    summary = {
        "stage": STAGE,
        "identities_total": len(assignments.identities),
        "tracks_assigned": sum(track.identity_id is not None for track in assignments.tracks),
        "outlier_tracks": assignments.outlier_tracks,
        "names_carried": sum(bool(old.name) for old in result.carried.old_by_new.values()),
        "carry": result.report,
    }

    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        if decisions is not None and stamp_of(connection, episode.ep_id) != decisions.stamp:
            raise _Edited
        insert_clustering(connection, episode.ep_id, run_id, inputs.tracks.run_id, assignments, result.carried)

    with new_run(shop.library, episode.ep_id, STAGE, dataclasses.asdict(parameters), run_ids) as folder:
        write_json(folder.path / "clusters.json", _document(assignments))
        write_json(folder.path / "track_metrics.json", _metrics(episode, inputs, assignments))
        return shop.library.runs.publish(folder, summary, insert)


def _document(assignments: Assignments) -> dict[str, Any]:
    return {
        "identities": [
            {
                "identity_id": one.identity_id,
                "track_ids": list(one.track_ids),
                "cohesion": round(one.cohesion, 4),
                "mixed": one.mixed,
                "low_cohesion": one.low_cohesion,
                "small": one.small,
            }
            for one in assignments.identities
        ],
        "tracks": [
            {
                "track_id": track.track_id,
                "identity_id": track.identity_id,
                "similarity": round(track.similarity, 4),
                "reason": track.reason,
            }
            for track in assignments.tracks
        ],
    }


def _metrics(episode: Episode, inputs: _Inputs, assignments: Assignments) -> dict[str, Any]:
    """All chapters. Without ``generated_at``: the same input gives the same bytes; the run's row knows when."""
    detected = orjson.loads((inputs.tracks.path / "track_metrics.json").read_bytes())
    content = track_metrics(
        episode.ep_id,
        "",
        metrics=detected["metrics"],
        cuts=detected["scene_cuts"],
        crops=crop_stats(inputs.tracks.summary["crop_attempts"], inputs.tracks.summary["crop_errors"]),
        clusters=cluster_metrics(assignments),
    )
    del content["generated_at"]
    return content
