"""Steps for :meth:`core.identities.moderation.Moderation.apply_many`: one function for each kind of edit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.identities.commands import Step

Crop = tuple[str, int]
"""``(track_id, frame)``."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A suggestion that was turned down: ``kind``, the track it was about, and a track, a cast id or nothing."""

    kind: str
    first_track: str
    second: str


@dataclass(frozen=True, slots=True)
class Link:
    """A person's word that two tracks are one person (``must``) or never one (``cannot``)."""

    link_id: int
    kind: str
    first_track: str
    second_track: str


def merge(source_ids: Iterable[str], target_id: str) -> Step:
    """Merge identities into one."""
    return Step("merge", {"source_ids": list(source_ids), "target_id": target_id})


def split(identity_id: str, track_ids: Iterable[str]) -> Step:
    """Split tracks off into a new identity."""
    return Step("split", {"identity_id": identity_id, "track_ids": list(track_ids)})


def move_tracks(track_ids: Iterable[str], to_identity_id: str | None, *, from_identity_id: str | None = None) -> Step:
    """Move tracks to an identity, None = a new one."""
    return Step("move_tracks", {"track_ids": list(track_ids), "to": to_identity_id, "from": from_identity_id})


def split_track(track_id: str, at_frame: int, *, apart: bool = True) -> Step:
    """Divide a track at a frame."""
    return Step("split_track", {"track_id": track_id, "at_frame": at_frame, "apart": apart})


def move_crops(crops: Sequence[Crop], to_identity_id: str | None) -> Step:
    """Move single crops with the boxes around them."""
    return Step("move_crops", {"crops": [list(crop) for crop in crops], "to": to_identity_id})


def delete_tracks(track_ids: Iterable[str], *, reason: str = "") -> Step:
    """Soft-delete tracks."""
    return Step("delete_tracks", {"track_ids": list(track_ids), "reason": reason})


def restore_tracks(track_ids: Iterable[str]) -> Step:
    """Bring deleted tracks back."""
    return Step("restore_tracks", {"track_ids": list(track_ids)})


def exclude_faces(crops: Sequence[Crop], *, reason: str = "excluded") -> Step:
    """Take faces out."""
    return Step("exclude_faces", {"crops": [list(crop) for crop in crops], "reason": reason})


def include_faces(crops: Sequence[Crop]) -> Step:
    """Use faces again."""
    return Step("include_faces", {"crops": [list(crop) for crop in crops]})


def rename(identity_id: str, name: str) -> Step:
    """Name an identity."""
    return Step("rename", {"identity_id": identity_id, "name": name})


def update(identity_id: str, *, labels: Mapping[str, str | None] | None = None, locked: bool | None = None) -> Step:
    """Labels and lock in one."""
    return Step(
        "update",
        {"identity_id": identity_id, "labels": None if labels is None else dict(labels), "locked": locked},
    )


def set_locked(identity_ids: Iterable[str], locked: bool) -> Step:
    """Lock or unlock identities."""
    return Step("set_locked", {"identity_ids": list(identity_ids), "locked": locked})


def must_link(first_track: str, second_track: str) -> Step:
    """One person."""
    return Step("must_link", {"first_track": first_track, "second_track": second_track})


def cannot_link(first_track: str, second_track: str) -> Step:
    """Different people."""
    return Step("cannot_link", {"first_track": first_track, "second_track": second_track})


def unlink(link_id: int) -> Step:
    """Forget a link."""
    return Step("unlink", {"link_id": link_id})


def assign_person(identity_id: str, cast_id: str) -> Step:
    """Give an identity a cast member's name and id."""
    return Step("assign_person", {"identity_id": identity_id, "cast_id": cast_id})


def reject(rejections: Iterable[Rejection]) -> Step:
    """Remember that suggestions were turned down."""
    return Step("reject", {"rejections": [[one.kind, one.first_track, one.second] for one in rejections]})
