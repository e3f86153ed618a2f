"""How long suggestions take with 5,000 tracks: the first time, after an edit, and from memory.

``python -m tests.benchmarks.bench_suggestions [--tracks 5000] [--people 200 2500 5000]`` from the repository's root.
Prints figures, asserts nothing. Aims: 1.0 s the first time, 0.3 s after an edit.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from core.library.library import Library
from core.suggestions.cohesion import cohesions
from core.suggestions.suggest import suggest
from tests.made_video import write_video
from tests.suggestions.made_episode import DIM, MadeEpisode, publish

Result = TypeVar("Result")
FACES = 8


def made_episode(tracks: int, identities: int) -> MadeEpisode:
    """Tracks of made people in identities of about the same size; every person has two identities or more."""
    rng = np.random.default_rng(tracks + identities)
    people = rng.normal(size=(max(2, identities // 3), DIM)).astype(np.float32)
    people /= np.linalg.norm(people, axis=1, keepdims=True)
    shift = rng.normal(size=(identities, DIM)).astype(np.float32) * np.float32(0.02)
    made = MadeEpisode()
    for number in range(tracks):
        identity = number % identities
        faces = people[identity % len(people)] + shift[identity]
        faces = faces + rng.normal(size=(FACES, DIM)).astype(np.float32) * np.float32(0.018)
        faces /= np.linalg.norm(faces, axis=1, keepdims=True)
        start = int(rng.integers(0, 45 * 60 * 25))
        made.add(f"identity-{identity + 1:05d}", faces.astype(np.float32), start_frame=start, frames=60)
    return made


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of one call, and its result."""
    began_s = time.perf_counter()
    result = work()
    return time.perf_counter() - began_s, result


def bench(folder: Path, tracks: int, identities: int) -> None:
    """One episode: first call, after edits, from memory."""
    film = write_video(folder / "film.mp4", segments=[{"seconds": 0.2, "colour": (9, 99, 9)}], size=(64, 48))
    with Library.open(folder / "library", holder="bench") as library:
        publish(library, film, made_episode(tracks, identities))
        first_s, found = timed(lambda: suggest(library, "ep"))
        again_s, _ = timed(lambda: suggest(library, "ep"))
        library.moderation.rename("ep", "identity-00001", "Somebody")
        renamed_s, _ = timed(lambda: suggest(library, "ep"))
        merged = [one for one in found if one.target_id is not None][:5]
        after_s = []
        for one in merged:
            library.moderation.merge("ep", [one.identity_id], str(one.target_id))
            after_s.append(timed(lambda: suggest(library, "ep"))[0])
        board_s, _ = timed(lambda: cohesions(library, "ep", [f"identity-{n + 1:05d}" for n in range(identities)]))
        print(
            f"{tracks} tracks, {identities} identities: {len(found)} suggestions; first {first_s:.2f} s "
            f"(aim 1.0), after a rename {renamed_s:.2f} s, after a merge {np.median(after_s or [0.0]):.2f} s "
            f"(aim 0.3), from memory {again_s * 1000:.0f} ms, cohesion of all {board_s * 1000:.0f} ms"
        )


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=5000)
    parser.add_argument("--people", type=int, nargs="+", default=[200, 2500, 5000])
    arguments = parser.parse_args()
    for identities in arguments.people:
        with tempfile.TemporaryDirectory() as folder:
            bench(Path(folder), arguments.tracks, identities)


if __name__ == "__main__":
    main()
