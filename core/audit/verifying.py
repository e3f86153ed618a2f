"""Checks of the audit trail: of an export, and of the library's own."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from core.audit.exporting import ALGORITHM, signature_of
from core.audit.log import NOTHING_BEFORE, canonical, every_entry, fields_of, hash_of
from core.audit.types import Entry, Verified
from core.errors import InvalidRequest, NotFound
from core.library.store import Store
from core.storage import storage_error

MOST_PROBLEMS = 20
MOST_BYTES = 256 * 1024 * 1024

_FIELDS = frozenset(Entry.__dataclass_fields__)
_SIGNATURE_FIELDS = ("algorithm", "key_id", "payload_sha256", "signature_hex")


def verify(path: Path, key: bytes | None = None) -> Verified:
    """Check an export: its payload against the checksum, the signature when a ``key`` is given, and the chain inside.

    ``problems`` names the first wrong entries. Raises NotFound, InvalidRequest for a file that is no export.
    """
    document = _read(path)
    payload = {name: document[name] for name in document if name != "signature"}
    signature, items = document["signature"], document["items"]
    problems: list[str] = []
    payload_ok = hmac.compare_digest(_sha256(payload), signature["payload_sha256"])
    if not payload_ok:
        problems.append("The contents are not those that were signed: their SHA-256 is another one.")
    signed = None if key is None else _is_signed(payload, signature, key)
    if signed is False:
        problems.append(f"The signature is not one of this key (the file names the key “{signature['key_id'][:100]}”).")
    if document.get("item_count") != len(items):
        problems.append(f"The file says that it holds {document.get('item_count')!r} entries; it holds {len(items)}.")
    wrong = tuple(islice(chain_problems(items), MOST_PROBLEMS))
    return Verified(len(items), payload_ok, not wrong, signed, (*problems, *wrong))


def verify_chain(store: Store) -> tuple[str, ...]:
    """What is wrong with the library's own trail, at most MOST_PROBLEMS lines; empty when all is well."""
    with store.snapshot() as connection:
        last_id = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit_log'").fetchone()
        newest_id = connection.execute("SELECT max(entry_id) FROM audit_log").fetchone()[0] or 0
        wrong = chain_problems((fields_of(entry) for entry in every_entry(connection)), from_start=True)
        problems = list(islice(wrong, MOST_PROBLEMS))
    if last_id is not None and last_id[0] > newest_id:
        problems.append(f"The newest entries are gone: there were {last_id[0]}, the last one left is {newest_id}.")
    return tuple(problems[:MOST_PROBLEMS])


def chain_problems(items: Iterable[Any], *, from_start: bool = False) -> Iterator[str]:
    """What is wrong with entries (as plain data, oldest first): changed, missing, or not in their order.

    ``from_start``: the first one must be the first of all.
    """
    before: dict[str, Any] | None = None
    for place, item in enumerate(items, start=1):
        if not isinstance(item, dict) or not _is_entry(item):
            yield f"Item {place} is no entry of an audit trail."
            before = None
            continue
        yield from _problems_of(item, before, must_be_first=from_start and place == 1)
        before = item


def _problems_of(item: dict[str, Any], before: dict[str, Any] | None, *, must_be_first: bool) -> Iterator[str]:
    entry_id = item["entry_id"]
    name = f"Entry {entry_id} ({item['at'][:40]}, {item['kind'][:20]})"
    if hash_of(item) != item["hash"]:
        yield f"{name} was changed: its contents do not have the hash that it says."
    if before is not None and entry_id != before["entry_id"] + 1:
        yield f"{name} does not follow entry {before['entry_id']}: entries between are missing, or their order changed."
    elif before is not None and item["prev_hash"] != before["hash"]:
        yield f"{name} does not hold the hash of entry {before['entry_id']} before it."
    elif before is None and (must_be_first or entry_id == 1) and (entry_id, item["prev_hash"]) != (1, NOTHING_BEFORE):
        yield f"{name} is not the first entry of a trail: those before it are missing."


def _is_entry(item: dict[str, Any]) -> bool:
    texts = all(isinstance(item.get(name), str) for name in ("at", "kind", "prev_hash", "hash"))
    return texts and item.keys() == _FIELDS and type(item["entry_id"]) is int


def _is_signed(payload: dict[str, Any], signature: dict[str, str], key: bytes) -> bool:
    expected = signature_of(payload, key, signature["key_id"])["signature_hex"]
    same = hmac.compare_digest(expected.encode(), signature["signature_hex"].encode())
    return same and signature["algorithm"] == ALGORITHM


def _sha256(payload: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(payload).encode("ascii")).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    action = "Choose a file that “Export audit trail” has written."
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidRequest(f"{path} is too large to be an audit export.", action=action)
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"There is no file {path}.", action=action) from error
    except IsADirectoryError as error:
        raise InvalidRequest(f"{path} is a folder.", action=action) from error
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        document = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{path} is no audit export: it is not JSON.", action=action) from error
    if not _is_export(document):
        raise InvalidRequest(f"{path} is no audit export: it has no entries or no signature.", action=action)
    return dict(document)


def _is_export(document: object) -> bool:
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return False
    signature = document.get("signature")
    return isinstance(signature, dict) and all(isinstance(signature.get(name), str) for name in _SIGNATURE_FIELDS)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON")
