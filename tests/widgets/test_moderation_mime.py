"""What is dragged survives the way through mime data, and the hints say direction and counts."""

import pytest
from PySide6.QtCore import QByteArray, QMimeData

from widgets.moderation_mime import (
    CROPS_MIME,
    IDENTITIES_MIME,
    TRACKS_MIME,
    DragLoad,
    assign_hint,
    cast_mime,
    crops_mime,
    identities_mime,
    load_of,
    merge_hint,
    new_person_hint,
    tracks_mime,
)


def test_that_every_kind_of_load_comes_back_as_it_was() -> None:
    people = load_of(identities_mime("ep", ["a", "b"], tracks=5, locked="Lisa"))
    assert people == DragLoad("ep", identity_ids=("a", "b"), tracks=5, locked="Lisa")
    assert load_of(tracks_mime("ep", ["t1"])) == DragLoad("ep", track_ids=("t1",))
    assert load_of(crops_mime("ep", [("t1", 7)])) == DragLoad("ep", crops=(("t1", 7),))
    assert load_of(cast_mime("c1", "Lisa")) == DragLoad(cast_id="c1", label="Lisa")
    assert load_of(QMimeData()) is None


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (IDENTITIES_MIME, b"not json"),
        (IDENTITIES_MIME, b"[]"),
        (IDENTITIES_MIME, b'{"identity_ids": "x"}'),
        (TRACKS_MIME, b'{"track_ids": [1, null, ""]}'),
        (CROPS_MIME, b'{"crops": [["t"], ["t", "x"], [1, 2], "y"]}'),
        (CROPS_MIME, b"\xff\xfe"),
    ],
)
def test_that_foreign_data_is_no_load(kind: str, data: bytes) -> None:
    mime = QMimeData()
    mime.setData(kind, QByteArray(data))
    assert load_of(mime) is None


def test_that_hints_say_direction_and_counts() -> None:
    people = DragLoad(identity_ids=("a",), tracks=3)
    assert merge_hint(people, "Lisa", 31) == "3 tracks → Lisa (31): 34 tracks"
    assert merge_hint(DragLoad(identity_ids=("a", "b"), tracks=3), "Lisa", 31).startswith("2 people, 3 tracks → ")
    assert merge_hint(DragLoad(track_ids=("t",)), "Lisa", 1) == "1 track → Lisa (1): 2 tracks"
    assert merge_hint(DragLoad(crops=(("t", 1), ("t", 2))), "Lisa", 1) == "2 faces → Lisa (1)"
    assert new_person_hint(DragLoad(track_ids=("t", "u"))) == "2 tracks → new person"
    assert assign_hint(DragLoad(identity_ids=("a",), label="Person 3"), "Lisa") == "Person 3 → is Lisa"
    assert assign_hint(DragLoad(identity_ids=("a", "b")), "Lisa") == "2 people → are Lisa"
