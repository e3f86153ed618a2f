"""What is dragged when people are put right: people, tracks, faces and cast members as mime data, and the words of the
hint that tells what a drop would do.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QByteArray, QCoreApplication, QMimeData

IDENTITIES_MIME = "application/x-rushes-identities"
TRACKS_MIME = "application/x-rushes-tracks"
CROPS_MIME = "application/x-rushes-crops"
CAST_MIME = "application/x-rushes-cast"
MOST_BYTES = 8_000_000
"""Data above this is not read: it was not made here."""

ARROW = "→"


@dataclass(frozen=True, slots=True)
class DragLoad:
    """What is being dragged. Only one of the four kinds is filled.

    ``ep_id`` is empty where the source did not know its episode. ``label`` names a single person or cast member;
    ``tracks`` counts the tracks of the dragged people; ``locked`` names a locked person among them.
    """

    ep_id: str = ""
    identity_ids: tuple[str, ...] = ()
    track_ids: tuple[str, ...] = ()
    crops: tuple[tuple[str, int], ...] = ()
    cast_id: str = ""
    label: str = ""
    tracks: int = 0
    locked: str = ""

    @property
    def count(self) -> int:
        """How many things are dragged."""
        return len(self.identity_ids) + len(self.track_ids) + len(self.crops) + bool(self.cast_id)


def identities_mime(
    ep_id: str, identity_ids: Sequence[str], *, tracks: int = 0, label: str = "", locked: str = ""
) -> QMimeData:
    """People; ``tracks`` of them together, ``label`` of a single one, ``locked`` names one that must not change."""
    fields = {"ep_id": ep_id, "identity_ids": list(identity_ids), "tracks": tracks, "label": label, "locked": locked}
    return _mime(IDENTITIES_MIME, fields)


def tracks_mime(ep_id: str, track_ids: Sequence[str]) -> QMimeData:
    """Whole tracks."""
    return _mime(TRACKS_MIME, {"ep_id": ep_id, "track_ids": list(track_ids)})


def crops_mime(ep_id: str, crops: Sequence[tuple[str, int]]) -> QMimeData:
    """Single faces as (track, decoded-frame index)."""
    return _mime(CROPS_MIME, {"ep_id": ep_id, "crops": [list(crop) for crop in crops]})


def cast_mime(cast_id: str, name: str) -> QMimeData:
    """A cast member, to be dropped on a person."""
    return _mime(CAST_MIME, {"cast_id": cast_id, "label": name})


def load_of(mime: QMimeData) -> DragLoad | None:
    """What a drag carries; None = nothing of this, or not understood."""
    for kind in (IDENTITIES_MIME, TRACKS_MIME, CROPS_MIME, CAST_MIME):
        if mime.hasFormat(kind):
            return _decoded(mime.data(kind))
    return None


def merge_hint(load: DragLoad, target_label: str, target_tracks: int) -> str:
    """Direction and counts of a drop on a person: ``3 tracks → Lisa (31): 34 tracks``."""
    if load.cast_id:
        return _tr("{person} {arrow} is {member}").format(person=target_label, arrow=ARROW, member=load.label)
    target = f"{target_label} ({target_tracks:,})"
    if load.crops:
        return f"{faces_words(len(load.crops))} {ARROW} {target}"
    moved = load.tracks if load.identity_ids else len(load.track_ids)
    words = tracks_words(moved)
    if len(load.identity_ids) > 1:
        words = f"{people_words(len(load.identity_ids))}, {words}"
    return _tr("{moved} {arrow} {target}: {total}").format(
        moved=words, arrow=ARROW, target=target, total=tracks_words(target_tracks + moved)
    )


def new_person_hint(load: DragLoad) -> str:
    """What a drop on empty space does: ``2 tracks → new person``."""
    words = faces_words(len(load.crops)) if load.crops else tracks_words(len(load.track_ids))
    return _tr("{moved} {arrow} new person").format(moved=words, arrow=ARROW)


def assign_hint(load: DragLoad, member_name: str) -> str:
    """What a drop of people on a cast member does: ``Person 3 → is Lisa Vander``."""
    who = load.label if len(load.identity_ids) == 1 and load.label else people_words(len(load.identity_ids))
    verb = _tr("is") if len(load.identity_ids) == 1 else _tr("are")
    return f"{who} {ARROW} {verb} {member_name}"


def locked_words(label: str) -> str:
    """Why a locked person takes and gives nothing."""
    return _tr("{name} is locked: unlock first (L)").format(name=label)


def tracks_words(count: int) -> str:
    """``1 track``, ``3 tracks``."""
    return _tr("1 track") if count == 1 else _tr("{count} tracks").format(count=f"{count:,}")


def faces_words(count: int) -> str:
    """``1 face``, ``3 faces``."""
    return _tr("1 face") if count == 1 else _tr("{count} faces").format(count=f"{count:,}")


def people_words(count: int) -> str:
    """``1 person``, ``3 people``."""
    return _tr("1 person") if count == 1 else _tr("{count} people").format(count=f"{count:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("moderation_mime", text)


def _mime(kind: str, fields: dict[str, object]) -> QMimeData:
    """No text beside it: ids do not belong into a field that happens to lie on the way."""
    mime = QMimeData()
    mime.setData(kind, QByteArray(json.dumps(fields).encode()))
    return mime


def _decoded(data: QByteArray) -> DragLoad | None:
    """Another program may have made the data, so nothing in it is taken for granted."""
    if data.size() > MOST_BYTES:
        return None
    try:
        fields = json.loads(bytes(data.data()))
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    tracks = fields.get("tracks", 0)
    load = DragLoad(
        ep_id=_text(fields, "ep_id"),
        identity_ids=_texts(fields.get("identity_ids")),
        track_ids=_texts(fields.get("track_ids")),
        crops=_crops(fields.get("crops")),
        cast_id=_text(fields, "cast_id"),
        label=_text(fields, "label"),
        tracks=tracks if isinstance(tracks, int) else 0,
        locked=_text(fields, "locked"),
    )
    return load if load.count else None


def _text(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key, "")
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    found: Iterable[object] = value if isinstance(value, list) else ()
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one))


def _crops(value: object) -> tuple[tuple[str, int], ...]:
    found: Iterable[object] = value if isinstance(value, list) else ()
    pairs = [one for one in found if isinstance(one, list) and len(one) == 2]
    return tuple((track, frame) for track, frame in pairs if isinstance(track, str) and isinstance(frame, int))
