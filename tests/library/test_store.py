"""One writer, many readers, and a disk that is full."""

import gc
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import Interrupted, StorageFull, StorageUnwritable
from core.library import store
from core.library.library import Library


def add_setting(connection: sqlite3.Connection, key: str, value: str = "1") -> None:
    connection.execute("INSERT INTO settings (key, value) VALUES (?, ?)", (key, value))


def keys(library: Library) -> list[str]:
    return [row["key"] for row in library.store.read().execute("SELECT key FROM settings ORDER BY rowid")]


def test_that_a_failing_write_leaves_nothing_and_the_writer_goes_on(library: Library) -> None:
    def half(connection: sqlite3.Connection) -> None:
        add_setting(connection, "half")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        library.store.write(half)
    library.store.write(lambda connection: add_setting(connection, "whole"))
    assert keys(library) == ["whole"]


def test_that_writes_of_many_threads_are_all_kept_in_their_order(library: Library) -> None:
    with ThreadPoolExecutor(8) as threads:
        for start in range(8):
            threads.submit(
                lambda start=start: [
                    library.store.write(lambda connection, n=n: add_setting(connection, f"{start}-{n}"))
                    for n in range(20)
                ]
            )
    found = keys(library)
    assert len(found) == 160
    for start in range(8):
        assert [key for key in found if key.startswith(f"{start}-")] == [f"{start}-{n}" for n in range(20)]


def test_that_a_reader_cannot_write(library: Library) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        library.store.read().execute("DELETE FROM settings")


def test_that_each_thread_has_its_own_connection_that_ends_with_it(library: Library) -> None:
    seen: list[int] = []

    def look() -> None:
        connection = library.store.read()
        assert connection is library.store.read()
        seen.append(id(connection))

    mine = id(library.store.read())
    for _ in range(3):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    gc.collect()
    assert mine not in seen
    assert len(library.store._readers) == 1


def test_that_a_write_inside_a_write_is_refused_instead_of_hanging(library: Library) -> None:
    with pytest.raises(RuntimeError, match="already open"):
        library.store.write(lambda _outer: library.store.write(lambda inner: add_setting(inner, "x")))


def test_that_a_full_disk_is_told_in_words_and_nothing_is_half_written(library: Library) -> None:
    def limit(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def too_much(connection: sqlite3.Connection) -> None:
        add_setting(connection, "small")
        add_setting(connection, "large", "x" * 500_000)

    library.store.write_later(limit).result()
    with pytest.raises(StorageFull) as told:
        library.store.write(too_much)
    assert "library.db" in told.value.message
    assert told.value.action
    assert keys(library) == []


def test_that_a_closed_library_says_so(library: Library) -> None:
    library.close()
    with pytest.raises(Interrupted):
        library.store.read()
    with pytest.raises(Interrupted):
        library.store.write(lambda connection: add_setting(connection, "late"))


def test_that_closing_finishes_the_writes_that_were_asked_for(library: Library) -> None:
    futures = [library.store.write_later(lambda connection, n=n: add_setting(connection, str(n))) for n in range(50)]
    library.close()
    assert all(future.done() and future.exception() is None for future in futures)


def test_that_writes_behind_one_another_do_not_each_wait_for_another_program(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 1_000)
    other = sqlite3.connect(library.paths.database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        asked = [library.store.write_later(lambda connection: add_setting(connection, "late")) for _ in range(60)]
        for one in asked:
            with pytest.raises(StorageUnwritable, match="another program"):
                one.result(timeout=30)  # half of what they would need one after the other
        other.execute("ROLLBACK")
    finally:
        other.close()
    library.store.write(lambda connection: add_setting(connection, "again"))
    assert keys(library) == ["again"]
