"""Entries of the audit trail in words."""

import json
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from core.audit.types import Entry

translate = QCoreApplication.translate
KINDS = ("job", "edit", "step_edit", "verdict", "setting", "key", "export", "deletion")
ICONS = {
    "job": "jobs",
    "edit": "rename",
    "step_edit": "procedures",
    "verdict": "check-circle",
    "setting": "settings",
    "key": "lock",
    "export": "export",
    "deletion": "trash",
}
_LONGEST = 400


def kind_title(kind: str) -> str:
    """A kind of entry, as a filter and a badge name it."""
    titles = {
        "job": translate("Audit", "Job"),
        "edit": translate("Audit", "Edit"),
        "step_edit": translate("Audit", "Steps"),
        "verdict": translate("Audit", "Verdict"),
        "setting": translate("Audit", "Setting"),
        "key": translate("Audit", "Key"),
        "export": translate("Audit", "Export"),
        "deletion": translate("Audit", "Deletion"),
    }
    return titles.get(kind, kind)


def entry_title(entry: Entry) -> str:
    """What happened, in one line: what was done, then to what."""
    about = _text(entry.details.get("title")) or entry.subject
    return " — ".join(part for part in (_done(entry), about) if part)


def _done(entry: Entry) -> str:
    """What was done."""
    told = {name: _text(entry.details.get(name)) for name in ("name", "type", "what", "command", "verdict", "status")}
    name, what = told["name"], told["what"]
    done = {
        "job": f"{told['type'].capitalize()}: {_status(told['status'])}" if told["type"] else "",
        "key": translate("Audit", "Key {what}").format(what=what),
        "deletion": translate("Audit", "Deleted: {what}").format(what=what),
        "export": translate("Audit", "Exported: {what}").format(what=what),
        "verdict": told["verdict"].capitalize() or name,
        "step_edit": name,
        "edit": _undone(entry, name) or " ".join(part for part in (what, told["command"]) if part).capitalize(),
        "setting": " ".join(part for part in (what, told["command"], name) if part).capitalize(),
    }
    return done.get(entry.kind, "").strip(" :") or kind_title(entry.kind)


def _undone(entry: Entry, name: str) -> str:
    """An edit that was taken back, or done again, says so."""
    direction = entry.details.get("direction")
    if direction == "undo":
        return translate("Audit", "Undone: {name}").format(name=name)
    return translate("Audit", "Done again: {name}").format(name=name) if direction == "redo" else name


def _status(status: str) -> str:
    words = {
        "queued": translate("Audit", "asked for"),
        "running": translate("Audit", "running"),
        "completed": translate("Audit", "done"),
        "failed": translate("Audit", "failed"),
        "canceled": translate("Audit", "canceled"),
    }
    return words.get(status, status)


def _text(value: object) -> str:
    return value.strip().replace("_", " ") if isinstance(value, str) else ""


def entry_who(entry: Entry) -> str:
    """Who did it."""
    return entry.actor or translate("Audit", "not said who")


def entry_facts(entry: Entry) -> list[tuple[str, str]]:
    """Everything that an entry holds: names and values."""
    facts = [
        (translate("Audit", "Number"), f"{entry.entry_id}"),
        (translate("Audit", "When"), f"{exact_time(entry.at)}  ({entry.at})"),
        (translate("Audit", "Kind"), kind_title(entry.kind)),
        (translate("Audit", "About"), entry.subject or "–"),
        (translate("Audit", "By"), entry_who(entry)),
        (translate("Audit", "Job"), entry.job_id or ""),
        (translate("Audit", "Procedure"), entry.task_id or ""),
        *((name.replace("_", " "), _value(value)) for name, value in entry.details.items()),
        (translate("Audit", "Hash before"), entry.prev_hash),
        (translate("Audit", "Hash"), entry.hash),
    ]
    return [(name, value) for name, value in facts if value]


def entry_text(entry: Entry) -> str:
    """An entry as text that can be pasted into a message."""
    return "\n".join(f"{name}: {value}" for name, value in entry_facts(entry))


def found_in(entry: Entry, wanted: str) -> bool:
    """Whether an entry holds a text anywhere, in whatever case."""
    texts = (entry.subject, entry.actor, entry.job_id or "", entry.task_id or "", kind_title(entry.kind), entry.at)
    details = json.dumps(entry.details, ensure_ascii=False)
    return wanted.casefold() in " ".join((*texts, details, entry.hash)).casefold()


def exact_time(at: str) -> str:
    """Day and time to the second in this machine's language and zone; what is no time stays as it is."""
    try:
        moment = QDateTime.fromSecsSinceEpoch(int(datetime.fromisoformat(at).timestamp()))
    except (ValueError, OverflowError):
        return at
    day = QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
    return f"{day} {moment.time().toString('HH:mm:ss')}"


def _value(value: Any) -> str:
    if value is None or (isinstance(value, str | dict | list) and not value):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
