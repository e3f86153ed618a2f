"""The facebank: who belongs to a show, with reference photos. Files first, then rows; what is left over is removed."""

import hashlib
import logging
import re
import secrets
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from core.audit.log import append
from core.cast.appearances import seen_in_episodes
from core.cast.photo import photo_bytes, read_photo
from core.cast.photo_faces import FaceShot, default_embedder, face_in_photo, vector_of
from core.cast.pictures import png_bytes, read_png
from core.cast.seed_rows import SeedFace, embedder_key, landmarks_of, seed_with_digest, seeds_by_member
from core.cast.track_face import face_of_track
from core.cast.types import CastMember, Seed
from core.errors import Conflict, InvalidRequest, NotFound
from core.identities.naming import checked_name
from core.jobs.events import CastChanged, EventBus, Notice
from core.library.clock import now_text
from core.library.durable import write_atomically
from core.library.paths import LibraryPaths
from core.library.slug import check_id, unique_slug
from core.library.store import Store
from models.faces import FloatArray
from models.store import ModelStore

if TYPE_CHECKING:
    from core.library.library import Library

log = logging.getLogger(__name__)

FOLDER = "facebank"
LONGEST_SOURCE = 200


class Facebank:
    """Every change is one transaction, then one event. Ids of members do not depend on episodes."""

    def __init__(self, store: Store, paths: LibraryPaths, events: EventBus) -> None:
        self._store = store
        self._root = paths.root
        self._folder = paths.root / FOLDER
        self._events = events

    def members(self, show_slug: str | None = None) -> list[CastMember]:
        """The cast of a show with those who belong to none, or everybody, by name."""
        connection = self._store.read()
        rows = connection.execute(
            "SELECT cast_id, show_slug, name FROM cast_members "
            "WHERE :show IS NULL OR show_slug IS NULL OR show_slug = :show",
            {"show": show_slug},
        ).fetchall()
        return sorted(self._with_seeds(connection, rows), key=lambda one: (one.name.casefold(), one.cast_id))

    def get(self, cast_id: str) -> CastMember:
        """One member. Raises NotFound."""
        connection = self._store.read()
        return self._with_seeds(connection, [_member(connection, cast_id)])[0]

    def add(self, name: str, *, cast_id: str | None = None, show_slug: str | None = None) -> CastMember:
        """A new member; without ``cast_id`` one is made of the name.

        Raises InvalidRequest (no name, or an id that cannot be one), Conflict (the id is taken).
        """
        wanted = _required_name(name)
        if cast_id is not None:
            check_cast_id(cast_id)

        def insert(connection: sqlite3.Connection) -> str:
            chosen = cast_id or unique_slug(wanted, lambda one: _exists(connection, one))
            if _exists(connection, chosen):
                raise Conflict(f"There is a cast member {chosen} already.", action="Choose another id.")
            _insert_member(connection, chosen, show_slug, wanted)
            _note(connection, chosen, "add", name=wanted)
            return chosen

        return self._changed(self._store.write(insert))

    def rename(self, cast_id: str, name: str) -> CastMember:
        """Another name; names that identities have already stay. Raises NotFound, InvalidRequest."""
        wanted = _required_name(name)

        def update(connection: sqlite3.Connection) -> None:
            _member(connection, cast_id)
            connection.execute("UPDATE cast_members SET name = ? WHERE cast_id = ?", (wanted, cast_id))
            _note(connection, cast_id, "rename", name=wanted)

        self._store.write(update)
        return self._changed(cast_id)

    def delete(self, cast_id: str) -> None:
        """Forget a member with its photos; what identities are called stays. Raises NotFound."""

        def delete(connection: sqlite3.Connection) -> list[sqlite3.Row]:
            _member(connection, cast_id)
            rows = connection.execute("SELECT display_path, embed_path FROM seeds WHERE cast_id = ?", (cast_id,))
            files = rows.fetchall()
            connection.execute("DELETE FROM cast_members WHERE cast_id = ?", (cast_id,))
            _note(connection, cast_id, "delete", photos=len(files))
            return files

        for row in self._store.write(delete):
            self._remove_files(row)
        self._events.publish(CastChanged(cast_id))

    def add_seed(
        self,
        cast_id: str,
        image: bytes | Path,
        *,
        models: ModelStore,
        person_id: str | None = None,
        source: str = "",
    ) -> Seed:
        """Make a photo a reference: its largest face, upright, with its vector. The same file twice is one reference.

        ``person_id`` names the member when there is none yet under ``cast_id``; ``source`` is where the photo is from,
        as people know it. Raises NotFound (no such member, and no ``person_id``; no such file), UnsupportedMedia (not
        an image, damaged, too large), InvalidRequest (a bad id, no usable face: the message says why), and what
        opening the models raises. Nothing is stored then.
        """
        check_cast_id(cast_id)
        if person_id is None:
            _member(self._store.read(), cast_id)
        name = _source_name(source, image)
        content = photo_bytes(image)
        digest = hashlib.sha256(content).hexdigest()
        known = seed_with_digest(self._store.read(), self._root, cast_id, digest)
        if known is not None:
            return known
        shot = face_in_photo(read_photo(content, name), name, models)
        seed = self._keep(cast_id, shot, models, person_id=person_id, source=name, digest=digest)
        if shot.faces > 1:
            text = f"{name} shows {shot.faces} faces: the largest was taken."
            self._events.publish(Notice("info", text, "Look whether it is the right one."))
        return seed

    def seed_from_track(self, library: "Library", ep_id: str, track_id: str, cast_id: str, models: ModelStore) -> Seed:
        """Make the clearest usable face of a track a reference of a member.

        Raises NotFound (episode, track, member), InvalidRequest (no face of it is clear enough), and what opening the
        models raises.
        """
        _member(self._store.read(), cast_id)
        shot, source, digest = face_of_track(library, ep_id, track_id)
        known = seed_with_digest(self._store.read(), self._root, cast_id, digest)
        if known is not None:
            return known
        return self._keep(cast_id, shot, models, person_id=None, source=source, digest=digest)

    def delete_seed(self, seed_id: str) -> None:
        """Forget a reference photo. Raises NotFound."""

        def delete(connection: sqlite3.Connection) -> sqlite3.Row:
            row: sqlite3.Row | None = connection.execute(
                "SELECT cast_id, display_path, embed_path FROM seeds WHERE seed_id = ?", (seed_id,)
            ).fetchone()
            if row is None:
                raise NotFound(f"There is no reference photo {seed_id}.", action="Look at the cast.")
            connection.execute("DELETE FROM seeds WHERE seed_id = ?", (seed_id,))
            _note(connection, row["cast_id"], "delete_photo", seed_id=seed_id)
            return row

        row = self._store.write(delete)
        self._remove_files(row)
        self._events.publish(CastChanged(row["cast_id"]))

    def renew(self, models: ModelStore, embedder: str) -> int:
        """Make the vectors of all photos anew that another embedder made, out of their stored embed images.

        ``embedder`` is a model's id. Returns how many there were. Raises what opening the model raises; a photo whose
        image is gone is left as it is, with a notice.
        """
        key = embedder_key(embedder, models.version(embedder))
        rows = (
            self._store.read()
            .execute("SELECT seed_id, cast_id, embed_path, quality FROM seeds WHERE embedder != ?", (key,))
            .fetchall()
        )
        made: list[tuple[bytes, str, str]] = []
        for row in rows:
            try:
                image = read_png(self._root / row["embed_path"])
            except (OSError, ValueError) as error:
                log.warning("the photo %s cannot be read", row["seed_id"], exc_info=error)
                text = f"The reference photo {row['seed_id']} of {row['cast_id']} cannot be read."
                self._events.publish(Notice("warning", text, "Delete it and add the photo again."))
                continue
            vector = vector_of(image, landmarks_of(row["quality"]), models, embedder)
            made.append((_blob(vector), key, row["seed_id"]))
        self._store.write(
            lambda connection: connection.executemany(
                "UPDATE seeds SET vector = ?, embedder = ? WHERE seed_id = ?", made
            )
        )
        for cast_id in sorted({row["cast_id"] for row in rows}):
            self._events.publish(CastChanged(cast_id))
        return len(made)

    def remove_leftovers(self) -> None:
        """At opening: remove images that no row names, as a process leaves them that dies in between."""
        if not self._folder.is_dir():
            return
        rows = self._store.read().execute("SELECT display_path, embed_path FROM seeds")
        named = {self._root / path for row in rows for path in row}
        for folder in self._folder.iterdir():
            if not folder.is_dir() or folder.is_symlink():
                continue
            for path in folder.iterdir():
                if path not in named and _is_ours(path):
                    _unlink(path)
            _remove_if_empty(folder)

    def _keep(
        self, cast_id: str, shot: FaceShot, models: ModelStore, *, person_id: str | None, source: str, digest: str
    ) -> Seed:
        """Both images, then the row; when the row cannot be written, the images go again."""
        embedder = default_embedder()
        vector = vector_of(shot.embed, shot.landmarks_px, models, embedder)
        face = SeedFace(shot.landmarks_px, shot.quality, shot.size_px, shot.faces, digest)
        seed_id = f"seed-{secrets.token_hex(6)}"
        paths = [f"{FOLDER}/{cast_id}/{seed_id}_{letter}.png" for letter in "de"]
        values = (
            *(seed_id, cast_id, *paths, source, embedder_key(embedder, models.version(embedder))),
            *(_blob(vector), face.to_json(), now_text()),
        )

        def insert(connection: sqlite3.Connection) -> None:
            if person_id is not None and not _exists(connection, cast_id):
                _insert_member(connection, cast_id, None, _name_of_id(person_id))
            _member(connection, cast_id)
            _note(connection, cast_id, "add_photo", seed_id=seed_id)
            connection.execute(
                "INSERT INTO seeds (seed_id, cast_id, display_path, embed_path, source, embedder, vector, quality, "
                "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )

        try:
            for path, picture in zip(paths, (shot.display, shot.embed), strict=True):
                write_atomically(self._root / path, png_bytes(picture))
            self._store.write(insert)
        except BaseException:
            for path in paths:
                _unlink(self._root / path)
            _remove_if_empty(self._folder / cast_id)
            raise
        self._events.publish(CastChanged(cast_id))
        return next(one for one in self.get(cast_id).seeds if one.seed_id == seed_id)

    def _with_seeds(self, connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> list[CastMember]:
        ids = [row["cast_id"] for row in rows]
        seeds = seeds_by_member(connection, self._root, ids)
        seen = seen_in_episodes(connection, ids)
        return [
            CastMember(
                cast_id=row["cast_id"],
                show_slug=row["show_slug"],
                name=row["name"],
                seeds=tuple(seeds.get(row["cast_id"], ())),
                episodes=len(seen.get(row["cast_id"], {})),
                screen_time_s=round(sum(seen.get(row["cast_id"], {}).values()), 6),
            )
            for row in rows
        ]

    def _changed(self, cast_id: str) -> CastMember:
        self._events.publish(CastChanged(cast_id))
        return self.get(cast_id)

    def _remove_files(self, row: sqlite3.Row) -> None:
        """What cannot be removed now is a leftover for the next opening."""
        for path in (self._root / row["display_path"], self._root / row["embed_path"]):
            _unlink(path)
            _remove_if_empty(path.parent)


def check_cast_id(cast_id: str) -> str:
    """The id itself. Raises InvalidRequest when it cannot be one: it is a folder's name and a part of URLs."""
    try:
        return check_id(cast_id)
    except InvalidRequest as error:
        raise InvalidRequest(
            f"“{cast_id[:80]}” cannot be the id of a cast member.",
            action="Use up to 64 lower-case letters, digits, dots, dashes and underscores, such as lisa-vanderpump.",
        ) from error


def _member(connection: sqlite3.Connection, cast_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT cast_id, show_slug, name FROM cast_members WHERE cast_id = ?", (cast_id,)
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no cast member “{cast_id[:80]}”.", action="Add it first, or look at the cast.")
    return row


def _exists(connection: sqlite3.Connection, cast_id: str) -> bool:
    return connection.execute("SELECT 1 FROM cast_members WHERE cast_id = ?", (cast_id,)).fetchone() is not None


def _insert_member(connection: sqlite3.Connection, cast_id: str, show_slug: str | None, name: str) -> None:
    connection.execute(
        "INSERT INTO cast_members (cast_id, show_slug, name, created_at) VALUES (?, ?, ?, ?)",
        (cast_id, show_slug, name, now_text()),
    )


def _note(connection: sqlite3.Connection, cast_id: str, command: str, **details: str | int) -> None:
    append(connection, kind="edit", subject=cast_id, details={"what": "cast", "command": command} | details)


def _required_name(name: str) -> str:
    wanted = checked_name(name)
    if not wanted:
        raise InvalidRequest("A cast member needs a name.", action="Type one.")
    return wanted


def _name_of_id(person_id: str) -> str:
    """``lisa-vanderpump`` reads ``Lisa Vanderpump``; what is no id is a name already."""
    if re.fullmatch(r"[a-z0-9._-]+", person_id):
        person_id = " ".join(word.capitalize() for word in re.split(r"[._-]+", person_id) if word) or person_id
    return _required_name(person_id)


def _source_name(source: str, image: bytes | Path) -> str:
    """What messages call the photo: a base name, never a path from outside."""
    name = source or (image.name if isinstance(image, Path) else "")
    name = re.split(r"[\\/]", name)[-1]
    return "".join(character for character in name if character.isprintable())[:LONGEST_SOURCE] or "The photo"


def _blob(vector: FloatArray) -> bytes:
    return vector.astype("<f4").tobytes()


def _is_ours(path: Path) -> bool:
    return path.is_file() and (path.name.startswith("seed-") or (path.name.startswith(".") and path.suffix == ".tmp"))


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s could not be removed", path, exc_info=error)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError as error:
        log.debug("%s stays: %s", folder, error)
