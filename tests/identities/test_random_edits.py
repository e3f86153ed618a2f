"""Ten thousand edits by chance: nobody is lost, nothing contradicts itself, all of it can be taken back."""

from pathlib import Path

import pytest

from core.errors import InvalidRequest
from core.identities.invariants import check_invariants
from core.library.library import Library
from tests.identities.made_episode import EP_ID, make_episode, state_of
from tests.identities.random_edits import RandomEditor

EDITS = 10_000


@pytest.mark.slow
def test_that_ten_thousand_edits_keep_everything_true_and_can_be_taken_back_and_done_again(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", holder="test") as library:
        make_episode(library, tracks=60, people=12)
        start = state_of(library)
        counted = counts(library)
        editor = RandomEditor(library, EP_ID, seed=7)
        for number in range(EDITS):
            locked_before = locked_tracks(library)
            editor.edit()
            assert still_locked(library, locked_before)
            if number % 50 == 0:
                assert check_invariants(library.store.read(), EP_ID) == []
                assert counts(library) == counted
        assert editor.done > EDITS / 3
        assert check_invariants(library.store.read(), EP_ID) == []
        end = state_of(library)
        assert end != start
        assert undo_all(library) == editor.done
        assert state_of(library) == start
        assert check_invariants(library.store.read(), EP_ID) == []
        for _ in range(editor.done):
            library.moderation.redo(EP_ID)
        assert state_of(library) == end


def undo_all(library: Library) -> int:
    count = 0
    while library.moderation.undo_name(EP_ID) is not None:
        library.moderation.undo(EP_ID)
        count += 1
    with pytest.raises(InvalidRequest):
        library.moderation.undo(EP_ID)
    return count


def counts(library: Library) -> tuple[int, ...]:
    """Boxes, faces and crops of live and deleted tracks: dividing them makes no more and no fewer."""
    row = library.store.read().execute(
        "SELECT sum((length(boxes) - 4) / 32), sum(frames), (SELECT count(*) FROM crops) FROM tracks "
        "WHERE state IN ('live', 'deleted')"
    )
    return tuple(row.fetchone())


def locked_tracks(library: Library) -> dict[str, list[str]]:
    rows = library.store.read().execute(
        "SELECT i.identity_id, a.track_id FROM identities i JOIN assignments a ON a.run_id = i.run_id "
        "AND a.identity_id = i.identity_id WHERE i.locked = 1 AND i.deleted = 0 ORDER BY 1, 2"
    )
    found: dict[str, list[str]] = {}
    for identity_id, track_id in rows:
        found.setdefault(identity_id, []).append(track_id)
    return found


def still_locked(library: Library, before: dict[str, list[str]]) -> bool:
    """Whether the identities that were locked before an edit have the same tracks after it."""
    now = {
        identity_id: [
            row[0]
            for row in library.store.read().execute(
                "SELECT track_id FROM assignments WHERE identity_id = ? ORDER BY 1", (identity_id,)
            )
        ]
        for identity_id in before
    }
    return now == before
