"""Own tiers: what people draw, how neighbours give way, and what undo brings back."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.annotate.types import Boxes, Mark, OwnMark, Series, Tier, TierKind
from core.errors import Conflict, InvalidRequest, NotFound
from core.library.library import Library
from tests.annotate.coded import DURATION_S, add_media, heard, open_library, spans

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path) as opened:
        yield opened


@pytest.fixture
def media_id(library: Library) -> int:
    return add_media(library)


@pytest.fixture
def tier_id(library: Library, media_id: int) -> int:
    return library.coding.add_tier(media_id, "gaze", TierKind.INTERVALS, coder="Ann").tier_id


def test_that_a_drawn_mark_is_cut_at_the_edges_of_the_video(library: Library, tier_id: int) -> None:
    library.coding.add_mark(tier_id, -3.0, 2.0, "early")
    library.coding.add_mark(tier_id, 58.0, 99.0, "late")
    assert spans(library, tier_id) == [(0.0, 2.0, "early"), (58.0, DURATION_S, "late")]


def test_that_a_mark_may_be_drawn_backwards(library: Library, tier_id: int) -> None:
    mark = library.coding.add_mark(tier_id, 5.0, 3.0, " there ")
    assert (mark.start_s, mark.end_s, mark.label) == (3.0, 5.0, "there")


@pytest.mark.parametrize(
    ("drawn", "left"),
    [
        ((3.0, 5.0), [(2.0, 3.0, "old"), (3.0, 5.0, "new")]),
        ((1.0, 3.0), [(1.0, 3.0, "new"), (3.0, 4.0, "old")]),
        ((1.0, 5.0), [(1.0, 5.0, "new")]),
        ((2.5, 3.5), [(2.0, 2.5, "old"), (2.5, 3.5, "new"), (3.5, 4.0, "old")]),
        ((4.0, 5.0), [(2.0, 4.0, "old"), (4.0, 5.0, "new")]),
    ],
)
def test_that_neighbours_give_way_and_undo_brings_them_back(
    library: Library, tier_id: int, drawn: tuple[float, float], left: list[tuple[float, float, str]]
) -> None:
    media_id = library.coding.tier(tier_id).media_id
    library.coding.add_mark(tier_id, 2.0, 4.0, "old")
    before = library.coding.marks(tier_id)
    library.coding.add_mark(tier_id, *drawn, "new")
    assert spans(library, tier_id) == left
    assert library.coding.undo(media_id) == "Mark “new”"
    assert library.coding.marks(tier_id) == before


def test_that_a_moved_mark_makes_room_for_itself_but_not_of_itself(library: Library, tier_id: int) -> None:
    first = library.coding.add_mark(tier_id, 0.0, 4.0, "a")
    library.coding.add_mark(tier_id, 5.0, 8.0, "b")
    moved = library.coding.change_mark(first.mark_id, start_s=2.0, end_s=6.0)
    assert moved.mark_id == first.mark_id
    assert spans(library, tier_id) == [(2.0, 6.0, "a"), (6.0, 8.0, "b")]


def test_that_points_may_share_a_moment_and_have_no_length(library: Library, media_id: int) -> None:
    tier = library.coding.add_tier(media_id, "bites", "points", coder="Ann")
    library.coding.add_mark(tier.tier_id, 4.0, 9.0, "one")
    second = library.coding.add_mark(tier.tier_id, 4.0, 4.0, "two")
    library.coding.change_mark(second.mark_id, end_s=100.0 - 45.0)
    assert spans(library, tier.tier_id) == [(4.0, 4.0, "one"), (55.0, 55.0, "two")]


@pytest.mark.parametrize(
    ("start_s", "end_s"), [(float("nan"), 3.0), (2.0, float("inf")), (70.0, 80.0), (-5.0, -1.0), (3.0, 3.0)]
)
def test_that_times_that_cannot_be_are_refused_and_nothing_changes(
    library: Library, tier_id: int, start_s: float, end_s: float
) -> None:
    media_id = library.coding.tier(tier_id).media_id
    library.coding.add_mark(tier_id, 1.0, 9.0, "there")
    names = library.coding.undo_names(media_id)
    with pytest.raises(InvalidRequest) as refused:
        library.coding.add_mark(tier_id, start_s, end_s, "no")
    assert refused.value.action
    assert spans(library, tier_id) == [(1.0, 9.0, "there")]
    assert library.coding.undo_names(media_id) == names


def test_that_a_mark_cannot_end_before_it_starts(library: Library, tier_id: int) -> None:
    mark = library.coding.add_mark(tier_id, 2.0, 4.0, "x")
    with pytest.raises(InvalidRequest, match="before it starts"):
        library.coding.change_mark(mark.mark_id, end_s=1.0)


def test_that_a_mark_is_split_and_joined_again(library: Library, tier_id: int) -> None:
    mark = library.coding.add_mark(tier_id, 2.0, 6.0, "x")
    library.coding.change_mark(mark.mark_id, comment="nods")
    first, second = library.coding.split_mark(mark.mark_id, 3.0)
    assert [(one.start_s, one.end_s, one.label, one.comment) for one in (first, second)] == [
        (2.0, 3.0, "x", "nods"),
        (3.0, 6.0, "x", ""),
    ]
    joined = library.coding.join_marks([second.mark_id, first.mark_id])
    assert joined == OwnMark(mark.mark_id, tier_id, 2.0, 6.0, "x", "nods")
    with pytest.raises(InvalidRequest, match="does not lie inside"):
        library.coding.split_mark(mark.mark_id, 6.0)


def test_that_only_neighbours_of_one_tier_are_joined(library: Library, media_id: int, tier_id: int) -> None:
    ids = [library.coding.add_mark(tier_id, at, at + 1, "x").mark_id for at in (0, 2, 4)]
    other = library.coding.add_tier(media_id, "hands", "intervals", coder="Ann")
    far = library.coding.add_mark(other.tier_id, 8.0, 9.0, "x").mark_id
    for wrong, words in (([ids[0], ids[2]], "between"), ([ids[0], far], "different tiers"), ([ids[0]], "alone")):
        with pytest.raises(InvalidRequest, match=words):
            library.coding.join_marks(wrong)
    library.coding.join_marks(ids)
    assert spans(library, tier_id) == [(0.0, 5.0, "x")]


def test_that_many_marks_are_labelled_and_deleted_as_one_step(library: Library, media_id: int, tier_id: int) -> None:
    ids = [library.coding.add_mark(tier_id, at, at + 1, "x").mark_id for at in (0, 2, 4)]
    library.coding.set_labels(ids, "y")
    library.coding.delete_marks(ids[:2])
    assert spans(library, tier_id) == [(4.0, 5.0, "y")]
    assert library.coding.undo_names(media_id) == ("Delete 2 marks", None)
    assert library.coding.undo(media_id) == "Delete 2 marks"
    assert library.coding.undo(media_id) == "Label 3 marks “y”"
    assert [label for *_, label in spans(library, tier_id)] == ["x"] * 3
    assert [mark.mark_id for mark in library.coding.marks(tier_id)] == ids


def test_that_what_changes_nothing_is_no_step(library: Library, media_id: int, tier_id: int) -> None:
    mark = library.coding.add_mark(tier_id, 1.0, 2.0, "x")
    library.coding.undo(media_id)
    library.coding.redo(media_id)
    told = heard(library)
    library.coding.set_labels([mark.mark_id], "x")
    library.coding.move_tier(tier_id, 5)
    assert told == []
    assert len(library.coding.history(media_id)) == 2


def test_that_a_new_edit_takes_the_place_of_what_was_undone(library: Library, media_id: int, tier_id: int) -> None:
    library.coding.add_mark(tier_id, 1.0, 2.0, "x")
    library.coding.undo(media_id)
    library.coding.add_mark(tier_id, 3.0, 4.0, "y")
    assert library.coding.redo(media_id) is None
    assert [edit.state for edit in library.coding.history(media_id)] == ["done", "dropped", "done"]
    assert spans(library, tier_id) == [(3.0, 4.0, "y")]


def test_that_ids_of_marks_are_never_given_twice(library: Library, media_id: int, tier_id: int) -> None:
    gone = library.coding.add_mark(tier_id, 1.0, 2.0, "x").mark_id
    library.coding.undo(media_id)
    assert library.coding.add_mark(tier_id, 3.0, 4.0, "y").mark_id > gone


def test_that_threads_that_edit_at_once_lose_nothing(library: Library, media_id: int, tier_id: int) -> None:
    told = heard(library)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda at: library.coding.add_mark(tier_id, at, at + 0.4, str(at)), range(50)))
    assert sorted(float(label) for *_, label in spans(library, tier_id)) == list(range(50))
    assert told == [(str(tier_id), False)] * 50
    for _ in range(50):
        library.coding.undo(media_id)
    assert spans(library, tier_id) == []


def test_that_each_video_has_its_own_line_of_edits(library: Library, tier_id: int) -> None:
    other = add_media(library, name="other.mp4")
    assert library.coding.undo_names(other) == (None, None)
    assert library.coding.undo(other) is None
    assert library.coding.tiers(other) == []


def test_that_edits_survive_a_restart(tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        media_id = add_media(library)
        tier_id = library.coding.add_tier(media_id, "gaze", "intervals", coder="Ann").tier_id
        library.coding.add_mark(tier_id, 1.0, 2.0, "x")
        library.coding.add_mark(tier_id, 3.0, 4.0, "y")
        library.coding.undo(media_id)
    with open_library(tmp_path) as library:
        assert library.coding.undo_names(media_id) == ("Mark “x”", "Mark “y”")
        assert library.coding.redo(media_id) == "Mark “y”"
        assert spans(library, tier_id) == [(1.0, 2.0, "x"), (3.0, 4.0, "y")]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_that_every_edit_that_returned_is_there_after_a_kill(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.annotate.coded import add_media, open_library\n"
        "library = open_library(Path(sys.argv[1])); media = add_media(library)\n"
        "tier = library.coding.add_tier(media, 'gaze', 'intervals', coder='Ann').tier_id\n"
        "at = 0\n"
        "while True:\n"
        "    library.coding.add_mark(tier, at % 59, at % 59 + 1.5, str(at)); at += 1; print(at, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    done = 0
    with process.stdout as lines:
        for line in lines:
            done = int(line)
            if done == 80:
                process.send_signal(signal.SIGKILL)
    process.wait()
    assert done >= 80
    with open_library(tmp_path) as library:
        (tier,) = library.coding.tiers(1)
        edits = library.coding.history(1)
        assert len(edits) - 1 in {done, done + 1}
        _assert_whole(library, tier.tier_id)
        while library.coding.undo(1) is not None:
            pass
        assert library.coding.tiers(1) == []


def test_that_tiers_are_renamed_moved_deleted_and_come_back_with_their_marks(library: Library, media_id: int) -> None:
    coding = library.coding
    first, second, third = (
        coding.add_tier(media_id, name, "intervals", coder="Ann", vocabulary=("a", "b", "a", " ")) for name in "xyz"
    )
    assert first.vocabulary == ("a", "b")
    coding.add_mark(second.tier_id, 1.0, 2.0, "a")
    coding.rename_tier(first.tier_id, "gaze")
    coding.set_vocabulary(first.tier_id, ["left", "right"])
    coding.set_coder(first.tier_id, "Bea")
    coding.move_tier(third.tier_id, 0)
    coding.delete_tier(second.tier_id)
    assert [(tier.name, tier.coder, tier.vocabulary) for tier in coding.tiers(media_id)] == [
        ("z", "Ann", ("a", "b")),
        ("gaze", "Bea", ("left", "right")),
    ]
    with pytest.raises(NotFound):
        coding.marks(second.tier_id)
    told = heard(library)
    assert coding.undo(media_id) == "Delete the tier “y”"
    assert told == [(str(second.tier_id), False)]
    assert spans(library, second.tier_id) == [(1.0, 2.0, "a")]
    coding.redo(media_id)
    assert told[-1] == (str(second.tier_id), True)


def test_that_a_coder_has_each_name_once_but_two_coders_share_it(library: Library, media_id: int) -> None:
    coding = library.coding
    coding.add_tier(media_id, "gaze", "intervals", coder="Ann")
    with pytest.raises(Conflict, match="Ann has a tier"):
        coding.add_tier(media_id, "gaze", "points", coder="Ann")
    coding.add_tier(media_id, "gaze", "intervals", coder="Bea")
    coding.add_tier(media_id, "hands", "intervals", coder="Bea")
    document = coding.document(media_id)
    assert [tier.name for tier in document.tiers] == ["gaze (Ann)", "gaze (Bea)", "hands"]
    assert [tier.coder for tier in document.tiers] == ["Ann", "Bea", "Bea"]
    assert document.media.duration_s == DURATION_S


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b", "\ud800"])
def test_that_names_that_cannot_be_are_refused(library: Library, media_id: int, name: str) -> None:
    with pytest.raises(InvalidRequest):
        library.coding.add_tier(media_id, name, "intervals", coder="Ann")
    with pytest.raises(InvalidRequest):
        library.coding.add_tier(media_id, "gaze", "intervals", coder=name)
    assert library.coding.tiers(media_id) == []


def test_that_own_tiers_hold_intervals_and_points_alone(library: Library, media_id: int) -> None:
    for kind in (TierKind.BOXES, "series", "anything"):
        with pytest.raises(InvalidRequest, match="cannot hold"):
            library.coding.add_tier(media_id, "x", kind, coder="Ann")


def test_that_ids_that_name_nothing_are_not_found(library: Library, media_id: int) -> None:
    coding = library.coding
    for call in (
        lambda: coding.add_tier(99, "x", "intervals", coder="Ann"),
        lambda: coding.marks(99),
        lambda: coding.add_mark(99, 0, 1, ""),
        lambda: coding.change_mark(99, label="x"),
        lambda: coding.delete_marks([99]),
        lambda: coding.undo(99),
        lambda: coding.document(99),
        lambda: coding.document(media_id, [99]),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(InvalidRequest):
        coding.delete_marks([])


def test_that_a_pipelines_tier_is_copied_with_what_it_says_of_its_marks(library: Library, media_id: int) -> None:
    tier = Tier(
        "utterances",
        TierKind.INTERVALS,
        marks=(
            Mark(1.0, 2.5, "hello", 0.9, {"speaker": "Ann", "comment": "softly"}),
            Mark(2.4995, 3.5, "there"),
            Mark(4.0, 4.0, "oh"),
        ),
        vocabulary=("hello",),
    )
    copy = library.coding.copy_tier(media_id, tier, coder="Cora", origin="speech_recognition")
    assert (copy.name, copy.coder, copy.origin, copy.vocabulary) == (
        "utterances",
        "Cora",
        "speech_recognition",
        ("hello",),
    )
    marks = library.coding.marks(copy.tier_id)
    assert [(mark.start_s, mark.end_s) for mark in marks] == [(1.0, 2.5), (2.5, 3.5), (4.0, 4.001)]
    assert [mark.comment for mark in marks] == ["softly; speaker: Ann", "", ""]
    again = library.coding.copy_tier(media_id, tier, coder="Cora", origin="speech_recognition")
    assert again.name == "utterances 2"


def test_that_speakers_who_overlap_become_a_tier_each(library: Library, media_id: int) -> None:
    tier = Tier(
        "speakers",
        TierKind.INTERVALS,
        marks=(Mark(0.0, 5.0, "Ann"), Mark(4.0, 8.0, "Bea"), Mark(9.0, 10.0, "Ann"), Mark(9.5, 11.0, "Ann")),
    )
    library.coding.copy_tier(media_id, tier, coder="Cora", origin="speaker_diarization")
    tiers = library.coding.tiers(media_id)
    assert [one.name for one in tiers] == ["speakers: Ann", "speakers: Ann 2", "speakers: Bea"]
    assert spans(library, tiers[0].tier_id) == [(0.0, 5.0, "Ann"), (9.0, 10.0, "Ann")]
    assert spans(library, tiers[1].tier_id) == [(9.5, 11.0, "Ann")]
    library.coding.undo(media_id)
    assert library.coding.tiers(media_id) == []


def test_that_many_overlapping_texts_become_few_tiers(library: Library, media_id: int) -> None:
    marks = tuple(Mark(float(at), at + 1.5, f"text {at}") for at in range(20))
    library.coding.import_tiers(media_id, [Tier("talk", TierKind.INTERVALS, marks=marks)], coder="Ann", origin="a.eaf")
    assert [tier.name for tier in library.coding.tiers(media_id)] == ["talk", "talk 2"]
    assert sum(len(library.coding.marks(tier.tier_id)) for tier in library.coding.tiers(media_id)) == 20


def test_that_boxes_are_copied_as_the_time_of_each_person_in_the_picture(library: Library, media_id: int) -> None:
    t_s = np.repeat(np.arange(10) * 0.2, 2)
    boxes = Boxes(
        frame=np.repeat(np.arange(10), 2),
        t_s=t_s,
        bbox=np.zeros((20, 4), np.float32),
        score=np.ones(20, np.float32),
        track=np.tile(np.array([3, 4]), 10),
        category=np.zeros(20, np.int64),
        categories=("face",),
        track_names={3: "Ann"},
    )
    library.coding.copy_tier(media_id, Tier("faces", TierKind.BOXES, boxes=boxes), coder="Cora", origin="faces")
    tiers = library.coding.tiers(media_id)
    assert [tier.name for tier in tiers] == ["faces: Ann", "faces: track 4"]
    assert spans(library, tiers[0].tier_id) == [(0.0, pytest.approx(2.0), "Ann")]


def test_that_what_cannot_be_brought_in_is_refused_whole(library: Library, media_id: int) -> None:
    good = Tier("good", TierKind.POINTS, marks=(Mark(1.0, 1.0, "x"),))
    series = Tier("motion", TierKind.SERIES, series=Series(np.zeros(2), np.zeros(2, np.float32)))
    late = Tier("late", TierKind.INTERVALS, marks=(Mark(700.0, 701.0, "x"), Mark(800.0, 801.0, "y")))
    for tiers, words in (
        ([good, series], "series of values"),
        ([good, late], "2 marks of “late” lie"),
        ([], "no tier"),
    ):
        with pytest.raises(InvalidRequest, match=words):
            library.coding.import_tiers(media_id, tiers, coder="Ann", origin="a.csv")
    with pytest.raises(InvalidRequest, match="coder has no name"):
        library.coding.import_tiers(media_id, [good], origin="a.csv")
    assert library.coding.tiers(media_id) == []
    assert library.coding.history(media_id) == []


def test_that_tiers_made_brought_in_and_deleted_are_in_the_audit_trail(library: Library, media_id: int) -> None:
    tier = library.coding.add_tier(media_id, "gaze", "intervals", coder="Ann", actor="command line")
    library.coding.import_tiers(media_id, [Tier("x", TierKind.POINTS)], coder="Ann", origin="x.eaf", actor="desktop")
    library.coding.add_mark(tier.tier_id, 1.0, 2.0, "x")
    library.coding.delete_tier(tier.tier_id, actor="desktop")
    library.coding.undo(media_id)
    rows = library.store.read().execute(
        "SELECT kind, actor, json_extract(details, '$.what') AS what FROM audit_log ORDER BY entry_id"
    )
    assert [tuple(row) for row in rows] == [
        ("edit", "command line", "tier made"),
        ("edit", "desktop", "tier imported"),
        ("deletion", "desktop", "tier deleted"),
        ("edit", "desktop", "tier made"),
    ]


def test_that_ten_thousand_marks_are_one_step(library: Library, media_id: int) -> None:
    marks = tuple(Mark(at * 0.005, at * 0.005 + 0.004, "x") for at in range(10_000))
    tier = library.coding.copy_tier(media_id, Tier("x", TierKind.INTERVALS, marks=marks), coder="Ann", origin="x")
    ids = [mark.mark_id for mark in library.coding.marks(tier.tier_id)]
    library.coding.set_labels(ids, "y")
    library.coding.delete_marks(ids)
    assert library.coding.marks(tier.tier_id) == ()
    library.coding.undo(media_id)
    assert {mark.label for mark in library.coding.marks(tier.tier_id)} == {"y"}
    assert [mark.mark_id for mark in library.coding.marks(tier.tier_id)] == ids


def _assert_whole(library: Library, tier_id: int) -> None:
    marks = library.coding.marks(tier_id)
    assert all(0 <= mark.start_s < mark.end_s <= DURATION_S for mark in marks)
    assert all(one.end_s <= other.start_s for one, other in itertools.pairwise(marks))
