"""How long an edit takes in a large episode, beside a bare transaction of the same library.

python -m tests.benchmarks.bench_edits [--tracks 5000] [--people 2000] [--edits 400]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.library.library import Library
from tests.identities.made_episode import EP_ID, make_episode

BULK = 2000


def main() -> None:
    """Print p50 and p95 of merges, undos and a bare transaction in milliseconds, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tracks", type=int, default=5000)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--edits", type=int, default=400)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library", holder="bench") as library:
        make_episode(library, tracks=arguments.tracks, people=arguments.people)
        bare = [timed(lambda: library.store.write(_nothing)) for _ in range(arguments.edits)]
        merges = [timed(lambda number=number: merge(library, number)) for number in range(arguments.edits)]
        undos = [timed(lambda: library.moderation.undo(EP_ID)) for _ in range(arguments.edits)]
        bulk = large_edits(library)
    print(f"{arguments.tracks} tracks, {arguments.people} identities, {arguments.edits} edits of each kind")
    for name, times_s in (("bare transaction", bare), ("merge", merges), ("undo", undos)):
        print(f"{name:17} p50 {_ms(times_s, 50):6.2f} ms   p95 {_ms(times_s, 95):6.2f} ms")
    print(f"merge / bare transaction, medians: {statistics.median(merges) / statistics.median(bare):.1f}")
    for name, time_s in bulk.items():
        print(f"{name:17} {time_s * 1000:6.1f} ms, {BULK} tracks")


def large_edits(library: Library) -> dict[str, float]:
    """Seconds of single edits of many tracks, by name; undone at the end or restored."""
    edits = library.moderation
    track_ids = [f"track-{number + 1:05d}" for number in range(BULK)]
    return {
        "move": timed(lambda: edits.move_tracks(EP_ID, track_ids, None)),
        "undo of the move": timed(lambda: edits.undo(EP_ID)),
        "delete": timed(lambda: edits.delete_tracks(EP_ID, track_ids)),
        "restore": timed(lambda: edits.restore_tracks(EP_ID, track_ids)),
    }


def merge(library: Library, number: int) -> None:
    """Two identities that no merge before touched."""
    library.moderation.merge(EP_ID, [f"identity-{2 * number + 1:05d}"], f"identity-{2 * number + 2:05d}")


def timed(run: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    begun_s = time.perf_counter()
    run()
    return time.perf_counter() - begun_s


def _nothing(connection: object) -> None:
    """A transaction that changes one row."""
    connection.execute(  # type: ignore[attr-defined]
        "INSERT INTO settings (key, value) VALUES ('bench', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1"
    )


def _ms(times_s: list[float], percent: int) -> float:
    return statistics.quantiles(times_s, n=100)[percent - 1] * 1000


if __name__ == "__main__":
    main()
