"""Keys: shown once, kept as a hash, revocable, found whatever process made them."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.access.keys import Keys, looks_like_a_key
from core.access.roles import Role
from core.errors import InvalidRequest, NotFound
from core.library.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", holder="test") as library:
        yield library


def test_that_a_key_opens_what_its_role_allows(library: Library) -> None:
    keys = Keys(library.store)
    for role in Role:
        key_id, plain = keys.create(role, f"for {role}")
        found = keys.find(plain)
        assert found is not None
        assert (found.key_id, found.role, found.note, found.revoked_at) == (key_id, role, f"for {role}", None)
        assert keys.check(plain) == role


def test_that_each_role_may_do_what_the_smaller_ones_may() -> None:
    assert [Role.OPERATOR.allows(needed) for needed in Role] == [True, True, False]
    assert all(Role.ADMIN.allows(needed) for needed in Role)
    assert [Role.VIEWER.allows(needed) for needed in Role] == [True, False, False]


def test_that_only_the_hash_of_a_key_is_kept(library: Library) -> None:
    _, plain = Keys(library.store).create("admin", "")
    library.close()
    secret = plain.split(".")[1].encode()
    assert len(secret) == 43  # 256 bits as base64
    for path in library.path.rglob("*"):
        if path.is_file():
            assert secret not in path.read_bytes(), path
    with closing(sqlite3.connect(library.paths.database)) as database:
        assert database.execute("SELECT sha256 FROM api_keys").fetchone()[0] == (
            hashlib.sha256(plain.encode()).hexdigest()
        )


def test_that_a_revoked_key_opens_nothing_and_stays_in_the_list(library: Library) -> None:
    keys = Keys(library.store)
    key_id, plain = keys.create("viewer")
    first = keys.revoke(key_id)
    assert first.revoked_at is not None
    assert keys.check(plain) is None
    assert keys.revoke(key_id) == first
    assert [one.key_id for one in keys.list()] == [key_id]


@pytest.mark.parametrize(
    "text", ["", "nonsense", "key-00000000." + "a" * 43, "key-0000.x", "\ud800", "key-00000000.'; DROP TABLE api_keys"]
)
def test_that_other_texts_open_nothing(library: Library, text: str) -> None:
    keys = Keys(library.store)
    _, plain = keys.create("admin")
    assert keys.check(text) is None
    assert keys.check(plain[:-1] + ("a" if plain[-1] != "a" else "b")) is None
    assert keys.check(plain) == Role.ADMIN
    assert looks_like_a_key(plain)


def test_that_an_unknown_role_an_unknown_key_and_a_long_note_are_refused(library: Library) -> None:
    keys = Keys(library.store)
    with pytest.raises(InvalidRequest, match="no role “owner”"):
        keys.create("owner")
    with pytest.raises(InvalidRequest, match="longer"):
        keys.create("viewer", "x" * 1000)
    with pytest.raises(NotFound):
        keys.revoke("key-00000000")
    assert keys.list() == []


def test_that_the_last_use_of_a_key_is_noted_but_not_at_every_use(library: Library) -> None:
    keys = Keys(library.store)
    _, plain = keys.create("viewer")
    assert keys.list()[0].last_used_at is None
    writes = library.store.read().execute("PRAGMA data_version").fetchone()[0]
    for _ in range(100):
        assert keys.check(plain) is not None
    library.store.write(lambda _connection: None)  # what was written before has been committed
    assert keys.list()[0].last_used_at is not None
    assert library.store.read().execute("PRAGMA data_version").fetchone()[0] - writes <= 2


def test_that_keys_can_be_used_from_many_threads(library: Library) -> None:
    keys = Keys(library.store)
    _, plain = keys.create("operator")
    found: list[Role | None] = []
    threads = [threading.Thread(target=lambda: found.extend(keys.check(plain) for _ in range(50))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Role.OPERATOR] * 200
