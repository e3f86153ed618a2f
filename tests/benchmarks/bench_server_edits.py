"""50 clients edit one episode of 5,000 tracks over HTTP: is anything lost, and how long does an edit take?

Prints figures, asserts nothing about time: ``python -m tests.benchmarks.bench_server_edits [seconds] [clients]``.
Each client pauses a second between its edits, as people and scripts do; then all hurry without a pause.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from core.identities.invariants import check_invariants
from core.library.library import Library
from tests.server.screenalytics.client import Client
from tests.server.screenalytics.editing import Editor, edit_together, lost_edits
from tests.server.screenalytics.made_episode import make_episode
from tests.server.screenalytics.serving import serve_process

TRACKS, IDENTITIES = 5_000, 1_000
PAUSE_S = 1.0
HURRY_S = 5.0


def main(seconds: float, clients: int) -> int:
    """Print the figures; returns how many edits were lost or went wrong."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "library"
        with Library.open(folder, holder="benchmark") as library:
            make_episode(library, Path(scratch), tracks=TRACKS, identities=IDENTITIES)
        wrong: list[str] = []
        with serve_process(folder) as server:
            client = Client(f"{server.base_url}/screenalytics")
            for label, length_s, pause_s in (("with pauses", seconds, PAUSE_S), ("in a hurry", HURRY_S, 0.0)):
                editors = edit_together(
                    client.base_url, "film", tracks_of(client), clients=clients, seconds=length_s, pause_s=pause_s
                )
                show(label, editors, length_s)
                wrong += lost_edits(editors, identities_of(client), edit_ids_of(client))
        with Library.open(folder, holder="benchmark") as library:
            wrong += check_invariants(library.store.read(), "film")
    print(f"lost or wrong              {len(wrong)}", *wrong[:10], sep="\n  ")
    return len(wrong)


def show(label: str, editors: list[Editor], seconds: float) -> None:
    """Times of one phase."""
    merges = np.array([one for editor in editors for one in editor.tally.merge_s]) * 1000
    edits = np.array([one for editor in editors for one in editor.tally.edit_s]) * 1000
    refused = sum(editor.tally.refused for editor in editors)
    print(f"{label}: {len(edits)} edits, {len(edits) / seconds:.0f} a second, {refused} refused on shared people")
    for name, values in (("merge", merges), ("any edit", edits)):
        if len(values):
            p50, p95, worst = np.percentile(values, [50, 95, 100])
            print(f"  {name:<9} p50 {p50:6.1f}  p95 {p95:6.1f}  worst {worst:6.1f} ms")


def identities_of(client: Client) -> dict[str, dict[str, object]]:
    """By id."""
    return {one["identity_id"]: one for one in client.get("/episodes/film/identities").data["identities"]}


def tracks_of(client: Client) -> dict[str, list[str]]:
    """Who holds what."""
    return {name: list(one["track_ids"]) for name, one in identities_of(client).items()}  # type: ignore[call-overload]


def edit_ids_of(client: Client) -> set[int]:
    """Every edit in the log, page by page."""
    found: set[int] = set()
    before = ""
    while edits := client.get(f"/episodes/film/history?limit=5000{before}").data["edits"]:
        found |= {one["edit_id"] for one in edits}
        before = f"&before={edits[-1]['edit_id']}"
    return found


if __name__ == "__main__":
    arguments = [float(one) for one in sys.argv[1:]]
    sys.exit(min(1, main(arguments[0] if arguments else 60.0, int(arguments[1]) if len(arguments) > 1 else 50)))
