"""The cut that is being made as plain data: edits, undo, what survives a restart, what is asked of the renderer."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app.desktop.render_page.draft import (
    MOST_STILLS,
    Draft,
    DraftStill,
    draft_of,
    in_order,
    request_of,
    with_duration,
    with_focus,
    with_stills,
    without_file,
    without_stills,
)
from app.desktop.render_page.draft_desk import MOST_STEPS, DraftDesk
from app.desktop.render_page.draft_json import draft_from_json, draft_to_json
from app.desktop.render_page.preview_clock import PreviewClock
from app.desktop.render_page.readiness import readiness_of
from core.render.presets import load_presets
from core.render.types import Archetype, Captions, EnginePolicy

pytestmark = pytest.mark.gui
FULL = Draft(
    preset_id="overlay_classic",
    stills=(DraftStill("/a.png", (0.25, 0.75)), DraftStill("/b.png")),
    mask="/m.png",
    music="/m.wav",
    voice="/v.wav",
    duration_s=7,
    brand_safe=True,
    archetype=Archetype.MEME_TEXT,
    engine_policy=EnginePolicy.API_PREFERRED,
    remote_allowed=True,
    captions=Captions("Ünïcödé 你好", ("one", "two"), "go"),
    prompt="why",
    title="Spring",
)


def test_that_a_draft_survives_being_kept() -> None:
    assert draft_from_json(draft_to_json(FULL)) == FULL
    assert draft_from_json(draft_to_json(Draft())) == Draft()


@given(
    st.dictionaries(
        st.sampled_from(list(draft_to_json(FULL))),
        st.recursive(
            st.none() | st.booleans() | st.integers(-10, 99) | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
    )
)
def test_that_a_damaged_draft_is_read_as_far_as_it_goes(kept: dict[str, Any]) -> None:
    draft = draft_from_json(kept)
    assert 1 <= draft.duration_s <= 60
    assert draft_from_json(draft_to_json(draft)) == draft


def test_that_the_request_says_what_the_draft_says_and_gives_it_back() -> None:
    request = request_of(FULL)
    assert (request.images, request.focus) == (("/a.png", "/b.png"), ((0.25, 0.75), None))
    assert (request.mask, request.music, request.voice) == ("/m.png", "/m.wav", "/v.wav")
    assert request.captions == Captions("Ünïcödé 你好", ("one", "two"), "go")
    assert request.remote_allowed
    assert draft_of(request) == replace(FULL, title="")
    assert request_of(replace(FULL, captions=None)).captions is None


def test_that_nothing_may_leave_the_machine_where_only_the_machine_draws() -> None:
    assert not request_of(replace(FULL, engine_policy=EnginePolicy.LOCAL_ONLY)).remote_allowed


def test_that_stills_are_ordered_aimed_and_taken_away_with_the_mask_of_the_first() -> None:
    assert [one.path for one in in_order(FULL, (1, 0)).stills] == ["/b.png", "/a.png"]
    with pytest.raises(ValueError, match="no order"):
        in_order(FULL, (0, 0))
    assert with_focus(FULL, 1, (2.0, -1.0)).stills[1].focus == (1.0, 0.0)
    assert with_focus(FULL, 0, None).stills[0].focus is None
    assert without_stills(FULL, (1,)).mask == "/m.png"
    assert without_stills(FULL, (0,)).mask == ""
    assert without_file(FULL, "/v.wav").voice == ""
    assert [one.path for one in without_file(FULL, "/b.png").stills] == ["/a.png"]
    assert len(with_stills(FULL, ["/c.png"] * 100).stills) == MOST_STILLS
    assert with_duration(FULL, 999).duration_s == 60
    assert with_duration(FULL, 0).duration_s == 1


def test_that_typing_is_one_step_and_undo_gives_the_draft_before_it(qtbot: QtBot) -> None:
    kept: list[dict[str, Any]] = []
    desk = DraftDesk({}, kept.append)
    desk.apply("length", with_duration(desk.draft, 20), merge="duration")
    desk.apply("length", with_duration(desk.draft, 21), merge="duration")
    desk.apply("look", replace(desk.draft, preset_id="meme_fast"))
    assert not desk.apply("look", desk.draft)
    assert desk.undo_name() == "look"
    desk.undo()
    desk.undo()
    assert (desk.draft, desk.undo_name(), desk.redo_name()) == (Draft(), None, "length")
    desk.redo()
    assert desk.draft.duration_s == 21
    desk.redo()
    assert desk.draft.preset_id == "meme_fast"
    desk.save_now()
    assert draft_from_json(kept[-1]) == desk.draft


def test_that_a_pause_between_edits_of_a_kind_makes_two_steps(qtbot: QtBot) -> None:
    desk = DraftDesk({}, lambda _kept: None)
    desk.apply("captions", replace(desk.draft, captions=Captions("a")), merge="captions")
    desk.end_merging()
    desk.apply("captions", replace(desk.draft, captions=Captions("ab")), merge="captions")
    desk.undo()
    assert desk.draft.captions == Captions("a")
    desk.settle(replace(desk.draft, preset_id="meme_fast"))
    assert desk.undo_name() == "captions"
    for number in range(MOST_STEPS + 5):
        desk.apply("title", replace(desk.draft, title=str(number)))
    steps = 0
    while desk.undo_name() is not None:
        desk.undo()
        steps += 1
    assert steps == MOST_STEPS


def test_that_the_preview_follows_the_time_and_stands_still_at_the_end(qtbot: QtBot) -> None:
    now_s = [10.0]
    clock = PreviewClock(now_s=lambda: now_s[0])
    seen: list[int] = []
    clock.moved.connect(seen.append)
    clock.play()
    assert not clock.playing, "there is no cut yet"
    clock.set_frame_count(90)
    clock.play()
    now_s[0] += 1.0
    clock.tick()
    assert seen == [30]
    clock.go_to_fraction(0.5)
    now_s[0] += 0.5
    clock.tick()
    assert clock.frame == 44 + 15
    now_s[0] += 60
    clock.tick()
    assert (clock.frame, clock.playing) == (89, False)
    clock.toggle()
    assert (clock.frame, clock.playing) == (0, True)
    clock.pause()
    clock.go(80)
    clock.set_frame_count(30)
    assert clock.frame == 29


def test_that_render_says_what_is_missing() -> None:
    preset = load_presets().get("overlay_classic")
    assert not readiness_of(Draft(), None, "", asking=False, at_work=False).ready
    empty = readiness_of(Draft(), preset, "", asking=False, at_work=False)
    assert (empty.ready, empty.why_not) == (False, "Add a still, a text or a sound first.")
    assert readiness_of(Draft(captions=Captions()), preset, "", asking=False, at_work=False) == empty
    remote = replace(FULL, engine_policy=EnginePolicy.API_ONLY, remote_allowed=False)
    assert "leave this machine" in readiness_of(remote, preset, "", asking=False, at_work=False).why_not
    assert readiness_of(FULL, preset, "a.png is gone.", asking=False, at_work=False).why_not == "a.png is gone."
    assert not readiness_of(FULL, preset, "", asking=True, at_work=False).ready
    assert not readiness_of(FULL, preset, "", asking=False, at_work=True).ready
    assert readiness_of(FULL, preset, "", asking=False, at_work=False).ready
