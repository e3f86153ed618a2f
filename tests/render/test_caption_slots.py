"""When each text is shown."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.render.caption_slots import SHORTEST_SLOT_FRAMES, caption_slots, clean_text
from core.render.types import FPS, CaptionRole, Captions

WORDS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=120)


@given(WORDS | st.just(""), st.lists(WORDS, max_size=60), WORDS | st.just(""), st.integers(1, 60))
def test_that_slots_cover_every_frame_without_gap_or_overlap(
    hook: str, beats: list[str], cta: str, duration_s: int
) -> None:
    frame_count = duration_s * FPS
    slots, notes = caption_slots(Captions(hook, tuple(beats), cta), frame_count, range(90, frame_count, 90))
    wanted = len([text for text in (hook, *beats, cta) if clean_text(text)])
    if not wanted:
        assert (slots, notes) == ((), ())
        return
    assert slots[0].start_frame == 0
    assert slots[-1].end_frame == frame_count
    assert all(before.end_frame == after.start_frame for before, after in pairwise(slots))
    shortest = min(slot.end_frame - slot.start_frame for slot in slots)
    if len(slots) * SHORTEST_SLOT_FRAMES <= frame_count:
        assert shortest >= SHORTEST_SLOT_FRAMES
    else:
        assert len(slots) == 2  # a hook and a call to act in one second
        assert shortest >= frame_count // 2 - 1
    assert bool(notes) is (len(slots) < wanted)


def test_that_roles_keep_their_order_and_empty_texts_are_left_out() -> None:
    slots, _ = caption_slots(Captions(" Hook ", ("", "One\ntwo", "  ", "Three"), "Go"), 450)
    assert [(slot.role, slot.text) for slot in slots] == [
        (CaptionRole.HOOK, "Hook"), (CaptionRole.BEAT, "One two"), (CaptionRole.BEAT, "Three"), (CaptionRole.CTA, "Go"),
    ]  # fmt: skip


def test_that_longer_texts_have_more_time() -> None:
    slots, _ = caption_slots(Captions("Short", ("This one is quite a bit longer to read than the others",), "Go"), 600)
    lengths = [slot.end_frame - slot.start_frame for slot in slots]
    assert lengths[1] > 3 * lengths[0] > 0
    assert lengths[0] >= lengths[2]


def test_that_a_japanese_sign_counts_as_two() -> None:
    slots, _ = caption_slots(Captions("漢字漢字漢字漢字漢字", ("abcdefghijklmnopqrst",)), 600)
    assert slots[0].end_frame == 300


def test_that_one_text_stays_for_the_whole_cut() -> None:
    slots, notes = caption_slots(Captions(cta="Go"), 1800)
    assert [(slot.start_frame, slot.end_frame, slot.role) for slot in slots] == [(0, 1800, CaptionRole.CTA)]
    assert notes == ()


def test_that_hook_and_call_stay_when_beats_find_no_time() -> None:
    slots, notes = caption_slots(Captions("Hook", tuple(f"Beat {n}" for n in range(9)), "Go"), 60)
    assert [slot.text for slot in slots] == ["Hook", "Go"]
    assert notes[0].startswith("9 of 9 beats found no time in 2 s")
    assert "Beat 4" in notes[0]
    assert notes[0].endswith("and 4 more.")


def test_that_the_last_beats_are_left_out_first_and_long_ones_are_named_short() -> None:
    slots, notes = caption_slots(Captions("", ("One", "Two", "x" * 300)), 48)
    assert [slot.text for slot in slots] == ["One", "Two"]
    assert len(notes[0]) < 160


def test_that_a_text_changes_with_the_picture_nearby() -> None:
    free, _ = caption_slots(Captions("Hook one", ("Beat two",)), 180)
    assert free[0].end_frame == 90
    near, _ = caption_slots(Captions("Hook one", ("Beat two",)), 180, [96])
    assert near[0].end_frame == 96
    far, _ = caption_slots(Captions("Hook one", ("Beat two",)), 180, [120])
    assert far[0].end_frame == 90


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a \n\t b\u2028c\u00a0d ", "a b c d"),
        ("e\u0301", "é"),
        ("a\x00b\x1bc", "abc"),
        ("\ud800x\udfff", "x"),
        ("\u200b\ufeff", ""),
        ("50% off: C:\\new 'it’s' 😀", "50% off: C:\\new 'it’s' 😀"),
        ("👩‍🚀🏴󠁧󠁢󠁥󠁮󠁧󠁿🇩🇪❤️", "👩‍🚀🏴󠁧󠁢󠁥󠁮󠁧󠁿🇩🇪❤️"),
        ("می‌خواهم", "می‌خواهم"),
        ("x\u202egnp", "xgnp"),
    ],
)
def test_that_texts_are_tidied_but_shaped_letters_stay(text: str, cleaned: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", cleaned)


@given(st.text())
def test_that_tidying_twice_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    once.encode("utf-8")
