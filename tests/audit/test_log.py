"""The audit trail: what it holds, that it only grows, and that its chain shows every change."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable

import pytest

from core.audit.log import NOTHING_BEFORE, append, fields_of, hash_of, read
from core.audit.types import Entry
from core.audit.verifying import verify_chain
from core.library.library import Library


def add(library: Library, **fields: object) -> Entry:
    return library.store.write(lambda connection: append(connection, **({"kind": "edit"} | fields)))  # type: ignore[arg-type]


def test_that_entries_come_back_newest_first_and_page_on(library: Library) -> None:
    entries = [add(library, subject=f"thing {number}") for number in range(5)]
    assert read(library.store) == entries[::-1]
    assert read(library.store, limit=2) == [entries[4], entries[3]]
    assert read(library.store, before=entries[2].entry_id) == [entries[1], entries[0]]


def test_that_kinds_can_be_chosen(library: Library) -> None:
    add(library, kind="key", subject="key-1")
    add(library, kind="export", subject="export-1")
    assert [one.subject for one in read(library.store, kinds=["key"])] == ["key-1"]
    assert [one.subject for one in read(library.store, kinds=[])] == []


def test_that_each_hash_is_the_sha256_of_the_canonical_json_of_all_else(library: Library) -> None:
    first = add(
        library,
        subject="Ünïcödé 你好",
        actor="desktop",
        job_id="job-000001",
        task_id="t",
        details={"b": 1.5, "a": None},
    )
    second = add(library)
    fields = {
        "entry_id": 1, "at": first.at, "kind": "edit", "subject": "Ünïcödé 你好", "actor": "desktop",
        "job_id": "job-000001", "task_id": "t", "details": {"a": None, "b": 1.5}, "prev_hash": "0" * 64,
    }  # fmt: skip
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    assert first.hash == hashlib.sha256(text.encode("ascii")).hexdigest()
    assert first.prev_hash == NOTHING_BEFORE
    assert second.prev_hash == first.hash


def test_that_an_unknown_kind_and_details_that_are_no_json_are_refused(library: Library) -> None:
    with pytest.raises(ValueError, match="no kind 'gossip'"):
        add(library, kind="gossip")
    with pytest.raises(ValueError, match="JSON compliant"):
        add(library, details={"share": float("nan")})
    assert read(library.store) == []


def test_that_an_entry_goes_with_its_transaction(library: Library) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        append(connection, kind="edit")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        library.store.write(fail)
    assert read(library.store) == []
    assert add(library).prev_hash == NOTHING_BEFORE
    assert verify_chain(library.store) == ()


def test_that_file_names_of_any_bytes_can_be_told(library: Library) -> None:
    entry = add(library, subject="film\udcff.mp4", details={"path": "film\udcff.mp4"})
    assert read(library.store) == [entry]
    assert entry.subject == "film\\udcff.mp4"
    assert verify_chain(library.store) == ()


def test_that_entries_of_many_threads_stand_in_one_chain(library: Library) -> None:
    threads = [threading.Thread(target=lambda: [add(library) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.entry_id for one in read(library.store)] == list(range(40, 0, -1))
    assert verify_chain(library.store) == ()


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"])
def test_that_the_program_itself_cannot_change_the_trail(library: Library, statement: str) -> None:
    entry = add(library)
    with pytest.raises(sqlite3.IntegrityError, match="the audit trail is never"):
        library.store.write(lambda connection: connection.execute(statement))
    assert read(library.store) == [entry]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit_log SET actor = 'nobody' WHERE entry_id = 3", "Entry 3 "),
        ("UPDATE audit_log SET details = '{\"score\":100}' WHERE entry_id = 1", "Entry 1 "),
        ("DELETE FROM audit_log WHERE entry_id = 2", "Entry 3 "),
        ("DELETE FROM audit_log WHERE entry_id = 1", "Entry 2 "),
        ("DELETE FROM audit_log WHERE entry_id >= 4", "there were 5, the last one left is 3"),
    ],
)
def test_that_a_change_past_the_program_is_named(
    library: Library, tamper: Callable[..., None], statement: str, problem: str
) -> None:
    for number in range(5):
        add(library, subject=f"thing {number}")
    assert verify_chain(library.store) == ()
    tamper(statement)
    problems = verify_chain(library.store)
    assert problem in problems[0]


def test_that_an_entry_whose_hash_was_made_anew_breaks_the_next(library: Library, tamper: Callable[..., None]) -> None:
    for number in range(3):
        add(library, subject=f"thing {number}")
    changed = fields_of(read(library.store)[1]) | {"subject": "another thing"}
    tamper("UPDATE audit_log SET subject = ?, hash = ? WHERE entry_id = 2", "another thing", hash_of(changed))
    assert [problem.split(" (")[0] for problem in verify_chain(library.store)] == ["Entry 3"]


def test_that_what_is_written_after_a_cut_does_not_hide_it(library: Library, tamper: Callable[..., None]) -> None:
    for _ in range(4):
        add(library)
    tamper("DELETE FROM audit_log WHERE entry_id >= 3")
    entry = add(library)
    assert entry.entry_id == 5
    assert "does not follow entry 2" in verify_chain(library.store)[0]
