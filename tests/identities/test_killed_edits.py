"""A kill in the middle of editing: what was answered is kept, and the file catches up."""

import json
import subprocess
import sys
from pathlib import Path

from core.identities.invariants import check_invariants
from core.library.library import Library
from tests.identities.looking import identities
from tests.identities.made_episode import EP_ID, make_episode

ROOT = Path(__file__).parents[2]


def test_that_no_answered_edit_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, holder="test") as library:
        make_episode(library, tracks=12, people=4)
    for edits in (3, 40, 150):
        answered = edit_until_killed(folder, edits)
        with Library.open(folder, holder="test") as library:
            assert check_invariants(library.store.read(), EP_ID) == []
            done = {edit.edit_id: edit for edit in library.moderation.history(EP_ID, limit=10_000)}
            assert set(answered) <= set(done)
            assert all(done[edit_id].change["new_id"] == new_id for edit_id, (_, new_id) in answered.items())
            assert library.moderation.undo(EP_ID).edit_id == max(done)
            library.moderation.redo(EP_ID)
            document = json.loads((library.paths.episode(EP_ID) / "identities.json").read_text(encoding="utf-8"))
            told = {one["identity_id"]: tuple(one["track_ids"]) for one in document["identities"]}
            assert told == {one.identity_id: one.track_ids for one in identities(library).values()}


def edit_until_killed(folder: Path, edits: int) -> dict[int, tuple[str, str]]:
    """Track and new identity of the edits that were answered, by their ids."""
    answered = {}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.identities.dying_editor", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as editor:
        assert editor.stdout is not None
        for line in editor.stdout:
            edit_id, track_id, new_id = line.split()
            answered[int(edit_id)] = (track_id, new_id)
            if len(answered) == edits:
                editor.kill()
                break
    return answered
