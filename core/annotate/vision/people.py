"""Who is who: tracks put together to identities by the vectors of their faces."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.annotate.looks.face_look import FaceLook
from core.annotate.looks.face_vector_look import FaceVectorLook
from core.annotate.pipeline import Found, PipelineContext, Video
from core.annotate.types import Attribute, Floats, Mark, Tier, TierKind
from core.annotate.vision.face_rows import FaceRows, boxes_of, face_look_of, faces_of
from core.annotate.vision.face_tracks import FaceTracks, follow
from core.faces.cluster import AssignedTrack, Assignments, AssignReason, TrackEvidence, assign_identities
from core.faces.compare import summarise
from core.faces.parameters import SMALLEST_FACE_PX, ClusterParameters, EmbedParameters
from core.faces.quality import reject_reason
from models.faces import TrackCalibration

UNIDENTIFIED = "unidentified"


def vector_look_of(faces: FaceLook, config: Mapping[str, Any]) -> FaceVectorLook:
    """What recognition wants of the frames besides the faces."""
    return FaceVectorLook(faces, str(config["embedder"]), float(config["vectors_per_second"]))


def recognise(video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:
    """Tiers ``faces`` (tracks, named by identity) and ``identities``. Raises ModelMissing, Canceled."""
    look = face_look_of(video, config)
    found, _ = faces_of(look, float(config["min_face_px"]), context)
    followed = follow(found, config, context)
    calibration = context.models.calibration(str(config["embedder"]))
    evidence = _evidence(followed, vector_look_of(look, config), calibration, config, context)
    parameters = ClusterParameters(
        cluster_thresh=float(config["similarity"]), min_identity_sim=float(config["min_identity_similarity"])
    )
    together = [(int(one), int(other)) for one, other in followed.together]
    assigned = assign_identities(evidence, calibration, parameters, seen_together=together, check=context.check)
    boxes = boxes_of(
        followed.rows,
        landmarks=bool(config["enable_landmarks"]),
        track=followed.track,
        track_names={number: _label(one) for number, one in enumerate(assigned.tracks, start=1)},
        values={"size_px": followed.rows.column("size_px"), "quality": followed.rows.column("overall")},
    )
    return Found((Tier("faces", TierKind.BOXES, boxes=boxes), _identity_tier(followed, assigned)))


def _evidence(
    followed: FaceTracks,
    look: FaceVectorLook,
    calibration: TrackCalibration,
    config: Mapping[str, Any],
    context: PipelineContext,
) -> list[TrackEvidence]:
    looked = context.looked(look)
    context.used(look.embedder)
    context.check()
    places = zip(looked.arrays["pts"].tolist(), looked.arrays["place"].tolist(), strict=True)
    vectors = dict(zip(places, looked.arrays["vectors"], strict=True))
    gates = EmbedParameters(max_yaw_deg=float(config["max_yaw_deg"]))
    evidence = []
    for number, track in enumerate(followed.tracks, start=1):
        context.check()
        rows = np.flatnonzero(followed.track == number)
        usable, reasons = _usable_vectors(followed.rows, rows.tolist(), vectors, gates)
        prototype = summarise(np.stack(usable), calibration) if usable else None
        spans = followed.spans[number]
        evidence.append(
            TrackEvidence(
                track_id=track.track_id,
                start_s=spans[0].start_s,
                screen_s=sum(one.length_s for one in spans),
                statistics=None if prototype is None else prototype.statistics,
                mixed=prototype is not None and prototype.mixed,
                reason=max(sorted(set(reasons)), key=reasons.count) if reasons else AssignReason.NO_USABLE_FACE,
            )
        )
    return evidence


def _usable_vectors(
    rows: FaceRows, places: list[int], vectors: Mapping[tuple[int, int], Floats], gates: EmbedParameters
) -> tuple[list[Floats], list[str]]:
    """Vectors of the faces that may speak for their track, and why the others may not."""
    usable, reasons = [], []
    for row in places:
        reason = reject_reason(rows.quality_of(row), gates, gate_px=SMALLEST_FACE_PX)
        vector = vectors.get((int(rows.pts[row]), int(rows.place[row])))
        if reason is not None:
            reasons.append(str(reason))
        elif vector is not None:
            usable.append(vector)
    return usable, reasons


def _label(track: AssignedTrack) -> str:
    return track.identity_id or UNIDENTIFIED


def _identity_tier(followed: FaceTracks, assigned: Assignments) -> Tier:
    """When each identity is on screen, track by track."""
    marks = [
        Mark(span.start_s, span.end_s, _label(track), attributes=_attributes(number, track))
        for number, track in enumerate(assigned.tracks, start=1)
        for span in followed.spans[number]
    ]
    marks.sort(key=lambda one: (one.start_s, one.end_s, one.label, one.attributes["track"]))
    return Tier(
        "identities",
        TierKind.INTERVALS,
        marks=tuple(marks),
        vocabulary=tuple(one.identity_id for one in assigned.identities),
    )


def _attributes(number: int, track: AssignedTrack) -> dict[str, Attribute]:
    attributes: dict[str, Attribute] = {"track": number}
    if track.identity_id is not None:
        attributes["similarity"] = round(float(track.similarity), 4)
    if track.reason:
        attributes["reason"] = str(track.reason)
    return attributes
