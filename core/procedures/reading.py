"""An attempt read against gold recordings: what it shows, and which steps that are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.procedures.hypothesis import Pair, Seen, gold_features, likeliest
from core.procedures.likeness import Likeness, likeness_of
from core.procedures.performances import Course, Sight, course_of
from core.procedures.step_matching import places_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen, and what a course is read from."""

    seen: Seen
    sight: Sight
    likeness: Likeness

    def course(self) -> Course:
        """The steps done."""
        return course_of(self.seen.matching, self.sight, self.likeness)

    def alike(self, course: Course) -> tuple[float | None, ...]:
        """By step, how alike it was done (-1 to 1); None where it was not, or not to its end."""
        return tuple(
            None
            if done is None or done.open_first or done.open_last
            else self.likeness.of(done.step, done.first, done.last)
            for done in course.main
        )


def clarity_of(alike: Sequence[float | None]) -> float:
    """How alike the steps done are as a rule: how clearly the attempt can be read. 0 where there are none."""
    known = [one for one in alike if one is not None]
    return float(np.median(known)) if known else 0.0


def read(pair: Pair, check: Callable[[], None]) -> Reading:
    """The attempt in the likelier of the two ways to see it."""
    seen = likeliest(pair, check)
    places, _ = places_of(seen.labels)
    sight = Sight(seen.alike, seen.labels, seen.recording, places, seen.levels, pair.steps, pair.trainee.times_s)
    golds = gold_features(pair, seen)
    return Reading(seen, sight, likeness_of(seen.alike, seen.labels, seen.recording, golds, pair.trainee.features))
