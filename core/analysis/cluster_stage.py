"""The stage cluster: tracks become identities; names that people gave go over to the identities that hold them now."""

import dataclasses
import sqlite3
from dataclasses import dataclass
from typing import Any

import orjson

from core.analysis.artifacts import write_json
from core.analysis.carry_names import (
    NamedBefore,
    NamesChanged,
    carried_names,
    named_before,
    require_unchanged,
)
from core.analysis.publish import new_run
from core.analysis.track_vectors import TrackVectors
from core.analysis.workshop import Workshop
from core.errors import InvalidRequest
from core.faces.cluster import Assignments, TrackEvidence, assign_identities
from core.faces.metrics import cluster_metrics, crop_stats, track_metrics
from core.faces.parameters import ClusterParameters
from core.jobs.types import JobContext
from core.library.types import Episode, Run
from core.review.boxes import track_boxes

STAGE = "cluster"


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The runs that clustering stands on."""

    tracks: Run
    faces: Run


def run_cluster_stage(shop: Workshop, episode: Episode, parameters: ClusterParameters, context: JobContext) -> Run:
    """Cluster and publish. Raises InvalidRequest when there are no face vectors of the present tracks."""
    inputs = _inputs(shop, episode)
    context.progress("cluster", 0, unit="tracks")
    vectors = TrackVectors.load(inputs.faces.path)
    evidence = _evidence(shop, inputs, vectors)
    assignments = assign_identities(
        evidence,
        vectors.calibration,
        parameters,
        seen_together=_seen_together(shop, episode, [one.track_id for one in evidence]),
        check=context.check,
    )
    context.check()
    context.progress("cluster", len(evidence), len(evidence), unit="tracks")
    return _publish_with_names(shop, episode, parameters, inputs, assignments, context)


def _publish_with_names(
    shop: Workshop,
    episode: Episode,
    parameters: ClusterParameters,
    inputs: _Inputs,
    assignments: Assignments,
    context: JobContext,
) -> Run:
    """Publish with the names of now: when a person names somebody in between, the names are carried over again."""
    identity_of = {track.track_id: track.identity_id for track in assignments.tracks}
    while True:
        context.check()
        before = named_before(shop.library, episode.ep_id)
        names = carried_names(shop.library, episode.ep_id, before, identity_of)
        try:
            run = _publish(shop, episode, parameters, inputs, assignments, before, names.given)
        except NamesChanged:
            continue
        for lost in names.lost:
            context.log(f"The name “{lost}” could not be carried over: its face was not found again.", level="warning")
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


def _evidence(shop: Workshop, inputs: _Inputs, vectors: TrackVectors) -> list[TrackEvidence]:
    place = {str(track_id): row for row, track_id in enumerate(vectors.track_ids)}
    statistics = vectors.statistics()
    unusable: dict[str, str] = inputs.faces.summary.get("unusable_tracks", {})
    rows = shop.library.store.read().execute(
        "SELECT track_id, start_s, end_s FROM tracks WHERE run_id = ? ORDER BY track_id", (inputs.tracks.run_id,)
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


def _seen_together(shop: Workshop, episode: Episode, track_ids: list[str]) -> list[tuple[int, int]]:
    """Pairs of tracks found in one and the same picture: two faces there are two people."""
    place = {track_id: index for index, track_id in enumerate(track_ids)}
    by_frame: dict[int, list[int]] = {}
    for boxes in track_boxes(shop.library, episode.ep_id):
        for frame in boxes.frames[~boxes.interpolated].tolist():
            by_frame.setdefault(frame, []).append(place[boxes.track_id])
    pairs = {
        (min(first, second), max(first, second))
        for tracks in by_frame.values()
        for position, first in enumerate(tracks)
        for second in tracks[position + 1 :]
    }
    return sorted(pairs)


def _publish(
    shop: Workshop,
    episode: Episode,
    parameters: ClusterParameters,
    inputs: _Inputs,
    assignments: Assignments,
    before: list[NamedBefore],
    names: dict[str, NamedBefore],
) -> Run:
    run_ids = {"detect_track": inputs.tracks.run_id, "faces_embed": inputs.faces.run_id}
    summary = {
        "stage": STAGE,
        "identities_total": len(assignments.identities),
        "tracks_assigned": sum(track.identity_id is not None for track in assignments.tracks),
        "outlier_tracks": assignments.outlier_tracks,
        "names_carried": len(names),
    }

    def insert(connection: sqlite3.Connection, run_id: int) -> None:
        require_unchanged(connection, episode.ep_id, before)
        _insert(connection, run_id, episode.ep_id, assignments, names)

    with new_run(shop.library, episode.ep_id, STAGE, dataclasses.asdict(parameters), run_ids) as folder:
        write_json(folder.path / "clusters.json", _document(assignments))
        write_json(folder.path / "track_metrics.json", _metrics(episode, inputs, assignments))
        return shop.library.runs.publish(folder, summary, insert)


def _insert(
    connection: sqlite3.Connection,
    run_id: int,
    ep_id: str,
    assignments: Assignments,
    names: dict[str, NamedBefore],
) -> None:
    for one in assignments.identities:
        before = names.get(one.identity_id)
        connection.execute(
            "INSERT INTO identities (ep_id, identity_id, run_id, name, locked, labels, cohesion, mixed, deleted) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (
                ep_id,
                one.identity_id,
                run_id,
                before.name if before else "",
                int(before.locked) if before else 0,
                before.labels if before else "{}",
                one.cohesion,
                int(one.mixed),
            ),
        )
    connection.executemany(
        "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) VALUES (?, ?, ?, ?, ?)",
        [
            (ep_id, run_id, track.track_id, track.identity_id, track.reason if track.identity_id is None else "")
            for track in assignments.tracks
        ],
    )


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
