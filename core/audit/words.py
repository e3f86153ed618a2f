"""The trail in the words of the API's document."""

from datetime import UTC, datetime
from typing import Any

from core.audit.log import read
from core.audit.types import Entry
from core.library.store import Store
from core.procedures.types import INGEST, SCORE, TRAINING

TYPE_WORDS = {INGEST: "ingest", SCORE: "score", TRAINING: "training"}


def job_items(store: Store, limit: int = 100) -> list[dict[str, Any]]:
    """The newest entries, newest first, as the document's items with ``entry_id``, ``kind``, ``hash``, ``prev_hash``
    and ``details``. A job has one entry for each of its ends and beginnings; what an entry has no word for is None.
    """
    return [item_of(entry) for entry in read(store, limit=limit)]


def item_of(entry: Entry) -> dict[str, Any]:
    """One entry as an item. Times are ISO 8601 UTC with a Z, to the second."""
    details = entry.details if entry.kind == "job" else {}
    job_type = details.get("type")
    return {
        "job_id": entry.job_id,
        "job_type": TYPE_WORDS.get(job_type, job_type) if isinstance(job_type, str) else None,
        "requested_by": entry.actor or None,
        "task_id": entry.task_id,
        "subject": entry.subject or None,
        "status": details.get("status"),
        "model_name": details.get("model_name"),
        "score": details.get("score"),
        "error_message": details.get("error_message"),
        "queued_at": _second(details.get("queued_at")),
        "started_at": _second(details.get("started_at")),
        "finished_at": _second(details.get("finished_at")),
        "created_at": _second(details.get("queued_at") or entry.at),
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "details": entry.details,
        "hash": entry.hash,
        "prev_hash": entry.prev_hash,
    }


def _second(at: str | None) -> str | None:
    if not at:
        return None
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
