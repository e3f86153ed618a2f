"""Several clients edit one episode at once; the long trial is tests/benchmarks/bench_server_edits.py."""

from pathlib import Path

from core.identities.invariants import check_invariants
from core.library.library import Library
from models.store import ModelStore
from tests.server.screenalytics.client import Client
from tests.server.screenalytics.editing import edit_together, lost_edits
from tests.server.screenalytics.made_episode import make_episode
from tests.server.screenalytics.serving import served


def test_that_nothing_is_lost_when_many_clients_edit_one_episode(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", holder="test") as library:
        make_episode(library, tmp_path, tracks=600, identities=120)
        with served(library, ModelStore()) as base_url:
            client = Client(base_url)
            people = client.get("/episodes/film/identities").data["identities"]
            before = {one["identity_id"]: one["track_ids"] for one in people}
            editors = edit_together(base_url, "film", before, clients=12, seconds=2.0, pause_s=0.0)
            now = {one["identity_id"]: one for one in client.get("/episodes/film/identities").data["identities"]}
            history = {one["edit_id"] for one in client.get("/episodes/film/history?limit=5000").data["edits"]}
        assert lost_edits(editors, now, history) == []
        assert sum(len(editor.tally.edit_ids) for editor in editors) > 50
        assert check_invariants(library.store.read(), "film") == []


def test_that_lists_of_thousands_of_tracks_come_whole(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", holder="test") as library:
        make_episode(library, tmp_path, tracks=5000, identities=900)
        with served(library, ModelStore()) as base_url:
            client = Client(base_url)
            tracks = client.get("/episodes/film/tracks").data
            people = client.get("/episodes/film/identities").data["identities"]
        assert (len(tracks["tracks"]), tracks["total"]) == (5000, 5000)
        assert sum(len(one["track_ids"]) for one in people) == 5000
