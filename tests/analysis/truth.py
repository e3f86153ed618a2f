"""Known truth about the test videos, and the measures that judge a result against it."""

from collections import Counter
from dataclasses import dataclass
from math import comb
from pathlib import Path

import orjson

from core.review.types import EpisodeReview


@dataclass(frozen=True)
class MontageTruth:
    """Shots of the montage: (start_s, end_s, person or None)."""

    cuts_s: tuple[float, ...]
    shots: tuple[tuple[float, float, str | None], ...]

    @classmethod
    def load(cls, path: Path) -> "MontageTruth":
        document = orjson.loads(path.read_bytes())
        return cls(
            tuple(document["cuts"]),
            tuple((one["start"], one["end"], (one["faces"] or [None])[0]) for one in document["shots"]),
        )

    def person_at(self, t_s: float) -> str | None:
        return next((person for start, end, person in self.shots if start <= t_s < end), None)

    def screen_time_s(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for start, end, person in self.shots:
            if person is not None:
                total[person] += end - start
        return total


def adjusted_rand_index(first: list[str], second: list[str]) -> float:
    """Hubert and Arabie (1985): agreement of two partitions of the same items, 1 = equal, about 0 = by chance."""
    cells = sum(comb(count, 2) for count in Counter(zip(first, second, strict=True)).values())
    rows = sum(comb(count, 2) for count in Counter(first).values())
    columns = sum(comb(count, 2) for count in Counter(second).values())
    pairs = comb(len(first), 2)
    expected = rows * columns / pairs if pairs else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (cells - expected) / (most - expected)


def partition(review: EpisodeReview, truth: MontageTruth) -> tuple[list[str], list[str]]:
    """Identity and true person of every track; an unassigned track is an identity of its own."""
    found = [track.identity_id or track.track_id for track in review.tracks]
    true = [truth.person_at((track.start_s + track.end_s) / 2) or "nobody" for track in review.tracks]
    return found, true


def screen_time_by_person(review: EpisodeReview, truth: MontageTruth) -> dict[str, float]:
    """Measured screen time of the identity that holds most of each person's tracks."""
    votes: dict[str, Counter[str]] = {}
    for track in review.tracks:
        person = truth.person_at((track.start_s + track.end_s) / 2)
        if person is not None and track.identity_id is not None:
            votes.setdefault(person, Counter())[track.identity_id] += track.frames
    seconds = {one.identity_id: one.screen_time_s for one in review.identities}
    return {person: seconds[count.most_common(1)[0][0]] for person, count in votes.items()}
