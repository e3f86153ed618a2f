"""Whatever people do: marks stay inside the video, intervals apart, and undo and redo reach both ends."""

import contextlib
import itertools
import random
from pathlib import Path
from typing import TypeAlias

import pytest

from core.annotate.coding.types import SHORTEST_S
from core.annotate.types import Mark, OwnMark, OwnTier, Tier, TierKind
from core.errors import Conflict, InvalidRequest
from core.library.library import Library
from tests.annotate.coded import DURATION_S, add_media, open_library

State: TypeAlias = list[tuple[OwnTier, tuple[OwnMark, ...]]]
STEPS = 120


@pytest.mark.parametrize("seed", range(6))
def test_that_random_edits_keep_the_rules_and_can_all_be_taken_back(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with open_library(tmp_path) as library:
        media_id = add_media(library)
        states = [_state(library, media_id)]
        for _ in range(STEPS):
            _do_something(library, media_id, chance)
            now = _state(library, media_id)
            _assert_rules(now)
            if chance.random() < 0.1:
                _there_and_back(library, media_id, now)
            if now != states[-1]:
                states.append(now)
        end = _state(library, media_id)
        for state in reversed(states[:-1]):
            assert library.coding.undo(media_id) is not None
            assert _state(library, media_id) == state
        assert library.coding.undo(media_id) is None
        while library.coding.redo(media_id) is not None:
            _assert_rules(_state(library, media_id))
        assert _state(library, media_id) == end


def _there_and_back(library: Library, media_id: int, now: State) -> None:
    if library.coding.undo(media_id) is not None:
        assert _state(library, media_id) != now
        assert library.coding.redo(media_id) is not None
    assert _state(library, media_id) == now


def _do_something(library: Library, media_id: int, chance: random.Random) -> None:
    coding = library.coding
    tiers = coding.tiers(media_id)
    if not tiers or chance.random() < 0.05:
        kind = chance.choice([TierKind.INTERVALS, TierKind.INTERVALS, TierKind.POINTS])
        coding.add_tier(media_id, f"tier {chance.random()}", kind, coder=chance.choice(["Ann", "Bea"]))
        return
    tier = chance.choice(tiers)
    ids = [mark.mark_id for mark in coding.marks(tier.tier_id)]
    some = chance.sample(ids, min(len(ids), chance.randint(1, 3)))
    start_s = round(chance.uniform(-5, DURATION_S + 5), chance.randint(0, 4))
    end_s = start_s + chance.choice([0.0, SHORTEST_S, 0.5, 3.0, 20.0, -4.0])
    edits = {
        "add": lambda: coding.add_mark(tier.tier_id, start_s, end_s, chance.choice("abc")),
        "change": lambda: coding.change_mark(some[0], start_s=start_s, end_s=chance.choice([None, end_s])),
        "text": lambda: coding.change_mark(some[0], label=chance.choice("abc"), comment=chance.choice(["", "so"])),
        "split": lambda: coding.split_mark(some[0], start_s),
        "join": lambda: coding.join_marks(ids[:2]),
        "delete": lambda: coding.delete_marks(some),
        "label": lambda: coding.set_labels(some, chance.choice("abc")),
        "move tier": lambda: coding.move_tier(tier.tier_id, chance.randint(0, 4)),
        "rename": lambda: coding.rename_tier(tier.tier_id, chance.choice(["x", "y"])),
        "copy": lambda: coding.copy_tier(media_id, _found(chance), coder="Ann", origin="found"),
        "delete tier": lambda: coding.delete_tier(tier.tier_id),
    }
    name = chance.choices(list(edits), [12, 6, 3, 4, 2, 2, 2, 1, 1, 1, 1])[0]
    if not some and name in {"change", "text", "split", "delete", "label"}:
        name = "add"
    with contextlib.suppress(InvalidRequest, Conflict):
        edits[name]()


def _found(chance: random.Random) -> Tier:
    starts = [chance.uniform(0, DURATION_S) for _ in range(chance.randint(0, 8))]
    marks = tuple(Mark(start_s, start_s + chance.choice([0.0, 0.002, 6.0]), chance.choice("ab")) for start_s in starts)
    return Tier("found", TierKind.INTERVALS, marks=marks)


def _state(library: Library, media_id: int) -> State:
    return [(tier, library.coding.marks(tier.tier_id)) for tier in library.coding.tiers(media_id)]


def _assert_rules(state: State) -> None:
    for tier, marks in state:
        assert all(0 <= mark.start_s <= mark.end_s <= DURATION_S for mark in marks)
        if tier.kind is TierKind.POINTS:
            assert all(mark.start_s == mark.end_s for mark in marks)
            continue
        assert all(mark.end_s - mark.start_s > SHORTEST_S * 0.999 for mark in marks)
        assert all(one.end_s <= other.start_s for one, other in itertools.pairwise(marks))
