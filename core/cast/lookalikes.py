"""Unnamed identities of other episodes that look like a known person."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.cast.matching import embedder_of
from core.cast.references import References, read_references
from core.library.library import Library
from core.suggestions.people import Float64, Layout, People, likeness_of
from core.suggestions.present import present

Proposal = tuple[str, str, float]
"""Episode, identity, likeness."""


@dataclass(frozen=True, slots=True)
class _Episode:
    ep_id: str
    people: People
    references: References


def lookalikes(
    library: Library,
    ep_ids: Sequence[str],
    known: Sequence[Sequence[tuple[str, str]]],
    cast_ids: Sequence[str],
) -> list[list[Proposal]]:
    """For each known person the unnamed identities that look like it, the most alike first.

    ``known[i]`` are the (episode, identity) of person i and ``cast_ids[i]`` its member, or empty: a person is known by
    its tracks and by its reference photos. Only vectors of one embedder are compared.
    """
    found: list[list[Proposal]] = [[] for _ in known]
    by_embedder: dict[str, list[_Episode]] = {}
    for ep_id in ep_ids:
        now = present(library, ep_id)
        if now is not None:
            embedder = embedder_of(library, ep_id)
            references = read_references(
                library.store.read(), show_slug=None, embedder=embedder, calibration=now.people.calibration
            )
            by_embedder.setdefault(embedder, []).append(_Episode(ep_id, now.people, references))
    for episodes in by_embedder.values():
        for person, proposal in _proposals(episodes, known, cast_ids):
            found[person].append(proposal)
    return [sorted(proposals, key=lambda one: (-one[2], one[0], one[1])) for proposals in found]


def _proposals(
    episodes: Sequence[_Episode], known: Sequence[Sequence[tuple[str, str]]], cast_ids: Sequence[str]
) -> list[tuple[int, Proposal]]:
    """(person, proposal): the most alike person of each unnamed identity, if it is as like as clustering demands."""
    taken = _rows_by_episode(episodes, known)
    by_tracks = _pooled(episodes, known)
    made = []
    for episode in episodes:
        people = episode.people
        squares = np.minimum(_squares(people.pooled, by_tracks), _by_photos(episode, cast_ids))
        likeness = likeness_of(squares, people.calibration)
        for row, one in enumerate(people.people):
            if one.known_as or not people.faces_held[row]:
                continue
            for person in range(len(known)):
                if any(people.are_apart(row, other) for other in taken[episode.ep_id].get(person, ())):
                    likeness[row, person] = 0.0
            best = int(np.argmax(likeness[row])) if len(known) else -1
            if best >= 0 and likeness[row, best] >= people.parameters.cluster_thresh:
                made.append((best, (episode.ep_id, one.identity_id, float(likeness[row, best]))))
    return made


def _rows_by_episode(
    episodes: Sequence[_Episode], known: Sequence[Sequence[tuple[str, str]]]
) -> dict[str, dict[int, list[int]]]:
    """By episode: the rows of each known person's identities."""
    place = {one.ep_id: one.people.person_row for one in episodes}
    found: dict[str, dict[int, list[int]]] = {one.ep_id: {} for one in episodes}
    for person, identities in enumerate(known):
        for ep_id, identity_id in identities:
            if identity_id in place.get(ep_id, {}):
                found[ep_id].setdefault(person, []).append(place[ep_id][identity_id])
    return found


def _pooled(episodes: Sequence[_Episode], known: Sequence[Sequence[tuple[str, str]]]) -> Layout:
    """Each known person as the mean of its identities over all episodes, weighted by their tracks."""
    place = {one.ep_id: one.people for one in episodes}
    dim = next((one.people.pooled.points.shape[1] for one in episodes if len(one.people.faces)), 1)
    points, extra = np.zeros((len(known), dim), np.float32), np.full(len(known), np.inf)
    for person, identities in enumerate(known):
        members = [
            (place[ep_id], place[ep_id].person_row[identity_id])
            for ep_id, identity_id in identities
            if ep_id in place and identity_id in place[ep_id].person_row
        ]
        members = [(people, row) for people, row in members if people.faces_held[row]]
        if not members:
            continue
        weights = np.array([people.faces_held[row] for people, row in members], np.float64)
        weights /= weights.sum()
        means = np.array([people.pooled.points[row] for people, row in members], np.float64)
        inner = np.array([people.pooled.extra[row] for people, row in members], np.float64)
        mean = weights @ means
        points[person] = mean
        extra[person] = float(weights @ (inner + ((means - mean) ** 2).sum(axis=1)))
    return Layout(points, extra)


def _squares(people: Layout, known: Layout) -> Float64:
    """float64 (people, known): squared distances."""
    if people.points.shape[1] != known.points.shape[1]:
        return np.full((len(people), len(known)), np.inf)
    first, second = people.points.astype(np.float64), known.points.astype(np.float64)
    lengths = (first**2).sum(axis=1) + people.extra, (second**2).sum(axis=1) + known.extra
    squares: Float64 = np.maximum(lengths[0][:, None] + lengths[1][None, :] - 2.0 * first @ second.T, 0.0)
    return squares


def _by_photos(episode: _Episode, cast_ids: Sequence[str]) -> Float64:
    """float64 (people, known): squared distances to the photos of those who are members."""
    squares = episode.references.squares_to(episode.people.pooled)
    place = {one.cast_id: column for column, one in enumerate(episode.references.members)}
    result = np.full((len(episode.people.people), len(cast_ids)), np.inf)
    for person, cast_id in enumerate(cast_ids):
        if cast_id in place:
            result[:, person] = squares[:, place[cast_id]]
    return result
