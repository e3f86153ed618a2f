"""Signed exports: what lies in them, and that every change of one is found."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.audit import exporting
from core.audit.exporting import SigningKeyMissing, export, exports, read_export, signing_key
from core.audit.log import append, fields_of, hash_of, read
from core.audit.types import Export
from core.audit.verifying import verify, verify_chain
from core.errors import InvalidRequest, NotFound, StorageFull
from core.library.library import Library

KEY = b"a secret of this test"


@pytest.fixture
def made(library: Library) -> Export:
    """An export of six entries."""
    for number in range(6):
        entry = {"kind": "edit", "subject": f"thing {number} 你好", "actor": "desktop"}
        library.store.write(lambda connection, entry=entry: append(connection, **entry))  # type: ignore[misc]
    return export(library, key=KEY, key_id="prod", actor="token:admin")


def changed(made: Export, change: Callable[[dict[str, Any]], None]) -> Path:
    path = Path(made.file_path)
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return path


def sign_again(document: dict[str, Any], key: bytes) -> None:
    payload = {name: document[name] for name in document if name != "signature"}
    document["signature"] = exporting.signature_of(payload, key, "prod")


def test_that_anybody_can_check_the_signature_with_few_lines(made: Export) -> None:
    document = json.loads(Path(made.file_path).read_text())
    signature = document.pop("signature")
    signed = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("utf-8")
    assert signature == made.signature
    assert signature["algorithm"] == "hmac-sha256"
    assert signature["key_id"] == "prod"
    assert signature["payload_sha256"] == hashlib.sha256(signed).hexdigest()
    assert signature["signature_hex"] == hmac.new(KEY, signed, hashlib.sha256).hexdigest()


def test_that_an_export_holds_the_entries_in_order_and_becomes_one(library: Library, made: Export) -> None:
    document = json.loads(Path(made.file_path).read_text())
    assert [one["entry_id"] for one in document["items"]] == [1, 2, 3, 4, 5, 6]
    assert document["item_count"] == made.item_count == 6
    assert document["export_id"] == made.export_id
    newest = read(library.store, limit=1)[0]
    assert (newest.kind, newest.subject, newest.actor) == ("export", made.export_id, "token:admin")
    assert newest.details["signature_hex"] == made.signature["signature_hex"]
    assert exports(library) == [made]
    assert read_export(library, made.export_id) == Path(made.file_path)
    assert made.file_path == str(library.path / "reports" / f"audit_export_{made.export_id}.json")


def test_that_a_sound_export_passes(made: Export) -> None:
    verified = verify(Path(made.file_path), KEY)
    assert (verified.items, verified.payload_ok, verified.chain_ok, verified.signed) == (6, True, True, True)
    assert verified.problems == ()
    assert verify(Path(made.file_path)).signed is None


def test_that_only_the_newest_entries_are_taken(library: Library, made: Export) -> None:
    newer = export(library, limit=3, key=KEY)
    document = json.loads(Path(newer.file_path).read_text())
    assert [one["entry_id"] for one in document["items"]] == [5, 6, 7]
    assert verify(Path(newer.file_path), KEY).problems == ()


def test_that_exports_of_one_second_get_names_of_their_own(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    class Still(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Still":
            return cls(2026, 2, 8, 12, 0, 0, tzinfo=tz)

    monkeypatch.setattr(exporting, "datetime", Still)
    ids = [export(library, key=KEY).export_id for _ in range(3)]
    assert ids == ["20260208_120000", "20260208_120000_2", "20260208_120000_3"]
    assert len({read_export(library, one).read_bytes() for one in ids}) == 3


def test_that_another_key_is_noticed(made: Export) -> None:
    verified = verify(Path(made.file_path), b"another secret")
    assert verified.signed is False
    assert verified.payload_ok
    assert "“prod”" in verified.problems[0]


def test_that_a_changed_entry_is_named(made: Export) -> None:
    def change(document: dict[str, Any]) -> None:
        document["items"][2]["actor"] = "somebody else"

    verified = verify(changed(made, change), KEY)
    assert (verified.payload_ok, verified.chain_ok, verified.signed) == (False, False, False)
    assert any(problem.startswith("Entry 3 ") for problem in verified.problems)


def test_that_who_has_the_key_cannot_leave_an_entry_out_unseen(made: Export) -> None:
    def change(document: dict[str, Any]) -> None:
        del document["items"][3]
        document["item_count"] = 5
        sign_again(document, KEY)

    verified = verify(changed(made, change), KEY)
    assert (verified.payload_ok, verified.signed, verified.chain_ok) == (True, True, False)
    assert "Entry 5 " in verified.problems[0]
    assert "does not follow entry 3" in verified.problems[0]


def test_that_who_has_the_key_cannot_rewrite_one_entry_unseen(made: Export) -> None:
    def change(document: dict[str, Any]) -> None:
        item = document["items"][1]
        item["subject"] = "nothing"
        item["hash"] = hash_of(item)
        sign_again(document, KEY)

    verified = verify(changed(made, change), KEY)
    assert [problem.split(" (")[0] for problem in verified.problems] == ["Entry 3"]


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(generated_at="2020-01-01T00:00:00Z"),
        lambda document: document.update(item_count=7),
        lambda document: document["items"].reverse(),
        lambda document: document["items"].append("not an entry"),
        lambda document: document["items"][0].update(extra=1),
        lambda document: document["items"][0].update(entry_id="1"),
        lambda document: document["signature"].update(signature_hex="ü"),
        lambda document: document["signature"].update(algorithm="none"),
        lambda document: document["signature"].update(payload_sha256="0" * 64),
    ],
)
def test_that_no_change_passes(made: Export, change: Callable[[dict[str, Any]], None]) -> None:
    assert verify(changed(made, change), KEY).problems


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b'{"items":[],"signature":{}}', b"[" * 100_000])
def test_that_a_file_that_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(InvalidRequest, match="is no audit export"):
        verify(path, KEY)


def test_that_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        verify(tmp_path / "none.json", KEY)
    with pytest.raises(InvalidRequest, match="is a folder"):
        verify(tmp_path, KEY)


def test_that_without_a_key_nothing_is_written(library: Library) -> None:
    with pytest.raises(SigningKeyMissing, match="no key to sign") as caught:
        export(library, key=b"")
    assert "SOPILOT_AUDIT_SIGNING_KEY" in caught.value.action
    assert isinstance(caught.value, InvalidRequest)
    assert not (library.path / "reports").exists()
    assert read(library.store) == []


def test_that_the_key_comes_from_the_environment() -> None:
    found = signing_key({"SOPILOT_AUDIT_SIGNING_KEY": " abc ", "SOPILOT_AUDIT_SIGNING_KEY_ID": "prod"})
    assert (found.key, found.key_id) == (b"abc", "prod")
    assert "abc" not in repr(found)
    assert signing_key({"SOPILOT_AUDIT_SIGNING_KEY": "abc"}).key_id == "local"
    with pytest.raises(SigningKeyMissing):
        signing_key({"SOPILOT_AUDIT_SIGNING_KEY": "  "})


@pytest.mark.parametrize("limit", [0, -1, 5_001])
def test_that_a_limit_out_of_bounds_is_refused(library: Library, limit: int) -> None:
    with pytest.raises(InvalidRequest, match="cannot be made"):
        export(library, limit=limit, key=KEY)


@pytest.mark.parametrize("export_id", ["20260208_120000", "../library", "", "x" * 500])
def test_that_an_unknown_export_is_not_found(library: Library, export_id: str) -> None:
    with pytest.raises(NotFound, match="There is no audit export"):
        read_export(library, export_id)


def test_that_an_export_that_cannot_be_noted_leaves_no_file(
    library: Library, made: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(exporting, "_note", full)
    with pytest.raises(StorageFull):
        export(library, key=KEY)
    assert [path.name for path in (library.path / "reports").iterdir()] == [Path(made.file_path).name]
    assert verify_chain(library.store) == ()


def test_that_an_empty_trail_can_be_exported(library: Library) -> None:
    made = export(library, key=KEY)
    assert made.item_count == 0
    assert verify(Path(made.file_path), KEY).problems == ()


def test_that_fields_of_an_entry_are_all_in_the_file(library: Library, made: Export) -> None:
    items = json.loads(Path(made.file_path).read_text())["items"]
    assert items[::-1] == [fields_of(entry) for entry in read(library.store, before=7)]
