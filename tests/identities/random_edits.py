"""Edits drawn by chance from what an episode holds: sensible and senseless ones alike."""

import random

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities import steps
from core.identities.steps import Rejection
from core.library.library import Library

REFUSALS = (InvalidRequest, NotFound, Conflict)


class RandomEditor:
    """Draws edits with a seeded generator and counts those that were done."""

    def __init__(self, library: Library, ep_id: str, seed: int, *, most_tracks: int = 150) -> None:
        self.library = library
        self.ep_id = ep_id
        self.chance = random.Random(seed)
        self.most_tracks = most_tracks
        self.done = self.refused = 0

    def edit(self) -> None:
        """One edit; a refusal is an answer too."""
        kinds = [
            self._merge, self._merge, self._split, self._move, self._move, self._split_track, self._move_crops,
            self._delete, self._restore, self._restore, self._exclude, self._rename, self._lock, self._unlock,
            self._unlock, self._must, self._cannot, self._unlink, self._unlink, self._reject, self._revert, self._label,
            self._several,
        ]  # fmt: skip
        try:
            applied = self.chance.choice(kinds)()
        except REFUSALS:
            self.refused += 1
        else:
            self.done += bool(applied.edit_id)

    def _identities(self) -> list[str]:
        return self._ids(
            "SELECT identity_id FROM identities i JOIN runs r ON r.run_id = i.run_id AND r.current = 1 "
            "WHERE i.ep_id = ? AND deleted = 0 ORDER BY 1"
        )

    def _tracks(self, state: str = "live") -> list[str]:
        return self._ids(
            "SELECT track_id FROM tracks t JOIN runs r ON r.run_id = t.run_id AND r.current = 1 "
            "WHERE t.ep_id = ? AND state = ? ORDER BY 1",
            state,
        )

    def _ids(self, query: str, *more: str) -> list[str]:
        return [row[0] for row in self.library.store.read().execute(query, (self.ep_id, *more))]

    def _some(self, ids: list[str], most: int = 3) -> list[str]:
        return self.chance.sample(ids, min(len(ids), self.chance.randint(1, most))) if ids else []

    def _one(self, ids: list[str]) -> str:
        return self.chance.choice(ids) if ids else "identity-99999"

    def _members(self) -> tuple[str, list[str]]:
        identity_id = self._one(self._identities())
        rows = self.library.store.read().execute(
            "SELECT track_id FROM assignments a JOIN runs r ON r.run_id = a.run_id AND r.current = 1 "
            "WHERE a.ep_id = ? AND identity_id = ? ORDER BY 1",
            (self.ep_id, identity_id),
        )
        return identity_id, [row[0] for row in rows]

    def _crops(self) -> list[tuple[str, int]]:
        rows = self.library.store.read().execute(
            "SELECT c.track_id, c.frame FROM crops c JOIN runs r ON r.run_id = c.run_id AND r.current = 1 "
            "WHERE r.ep_id = ? ORDER BY c.path",
            (self.ep_id,),
        )
        crops = [(row[0], row[1]) for row in rows]
        return self.chance.sample(crops, self.chance.randint(1, 3))

    def _several(self):
        identities = self._identities()
        many = [
            steps.move_tracks(self._some(self._tracks()), self._one(identities)),
            steps.rename(self._one(identities), "Eve"),
            steps.delete_tracks(self._some(self._tracks(), 1)),
        ]
        return self.library.moderation.apply_many(self.ep_id, many, name="Several")

    def _merge(self):
        identities = self._identities()
        return self.library.moderation.merge(self.ep_id, self._some(identities), self._one(identities))

    def _split(self):
        identity_id, members = self._members()
        return self.library.moderation.split(self.ep_id, identity_id, self._some(members))

    def _move(self):
        to = self.chance.choice([None, self._one(self._identities()), self._one(self._identities())])
        return self.library.moderation.move_tracks(self.ep_id, self._some(self._tracks()), to)

    def _split_track(self):
        tracks = self._tracks()
        if len(tracks) > self.most_tracks:
            return self._merge()
        track_id = self._one(tracks)
        row = int(self.library.store.read().execute(
            "SELECT start_s FROM tracks WHERE track_id = ? ORDER BY run_id DESC", (track_id,)
        ).fetchone()[0])  # fmt: skip
        frame = row * 25 + self.chance.randint(-2, 26)
        return self.library.moderation.split_track(self.ep_id, track_id, frame, apart=self.chance.random() < 0.5)

    def _move_crops(self):
        if len(self._tracks()) > self.most_tracks:
            return self._merge()
        to = self.chance.choice([None, self._one(self._identities())])
        return self.library.moderation.move_crops(self.ep_id, self._crops(), to)

    def _delete(self):
        reason = self.chance.choice(["", "not_a_face"])
        return self.library.moderation.delete_tracks(self.ep_id, self._some(self._tracks()), reason=reason)

    def _restore(self):
        return self.library.moderation.restore_tracks(self.ep_id, self._some(self._tracks("deleted")))

    def _exclude(self):
        if self.chance.random() < 0.5:
            return self.library.moderation.include_faces(self.ep_id, self._crops())
        return self.library.moderation.exclude_faces(self.ep_id, self._crops())

    def _rename(self):
        name = self.chance.choice(["", "Lisa", "Ana", "José"])
        return self.library.moderation.rename(self.ep_id, self._one(self._identities()), name)

    def _label(self):
        labels = {"person_id": self.chance.choice(["lisa", None]), "note": "x"}
        locked = self.chance.choice([None, None, None, True])
        return self.library.moderation.update(self.ep_id, self._one(self._identities()), labels=labels, locked=locked)

    def _lock(self):
        return self.library.moderation.set_locked(self.ep_id, [self._one(self._identities())], True)

    def _unlock(self):
        return self.library.moderation.set_locked(self.ep_id, self._some(self._identities(), 20), False)

    def _must(self):
        tracks = self._tracks()
        return self.library.moderation.must_link(self.ep_id, self._one(tracks), self._one(tracks))

    def _cannot(self):
        tracks = self._tracks()
        return self.library.moderation.cannot_link(self.ep_id, self._one(tracks), self._one(tracks))

    def _unlink(self):
        links = self.library.moderation.links(self.ep_id)
        return self.library.moderation.unlink(self.ep_id, self.chance.choice(links).link_id if links else 0)

    def _reject(self):
        tracks = self._tracks()
        rejection = Rejection("merge", self._one(tracks), self._one(tracks))
        return self.library.moderation.reject(self.ep_id, [rejection])

    def _revert(self):
        return self.library.moderation.revert_identity(self.ep_id, self._one(self._identities()))
