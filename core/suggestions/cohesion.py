"""How well the tracks of identities hold together as they are now, after edits too."""

from collections.abc import Iterable

import numpy as np

from core.library.library import Library
from core.suggestions.people import People
from core.suggestions.present import present


def cohesions(library: Library, ep_id: str, identity_ids: Iterable[str]) -> dict[str, tuple[float, bool]]:
    """(cohesion, mixed) of the identities named, as clustering would say of them now; unknown ones are left out.

    Cohesion in [0, 1]: the mean likeness of each track to the others, 1.0 for one track. ``mixed``: the cohesion lies
    below ``cluster_thresh``, or a track of it seems to hold two people. Raises NotFound.
    """
    now = present(library, ep_id)
    if now is None:
        return {}
    wanted = [one for one in identity_ids if one in now.people.person_row]
    means, mixed = _all(now.people)
    rows = [now.people.person_row[one] for one in wanted]
    return {one: (float(means[row]), bool(mixed[row])) for one, row in zip(wanted, rows, strict=True)}


def _all(
    people: People,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    owner, rest = people.owner_of_faces, people.likeness_to_rest
    count = len(people.people)
    compared = (owner >= 0) & np.isfinite(rest)
    numbers = np.bincount(owner[compared], minlength=count)
    sums = np.bincount(owner[compared], rest[compared], count)
    means = np.where(numbers > 0, sums / np.maximum(numbers, 1), 1.0)
    mixed = means < people.parameters.cluster_thresh
    mixed[owner[(owner >= 0) & people.mixed]] = True
    return means, mixed
