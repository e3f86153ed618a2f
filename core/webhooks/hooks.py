"""Addresses that are told what happened. None is there until a person adds one."""

import json
import re
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.audit.log import append
from core.errors import InvalidRequest, NotFound
from core.library.clock import now_text
from core.library.store import Store
from core.webhooks.deliveries import begin_from_now

EVENTS = ("job.completed", "job.failed", "identity.merged", "identity.split")
MOST_HOOKS = 50
MOST_URL_LETTERS = 2_000
SECRET_BYTES = 32

_PLAIN_URL = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to send what. ``secret`` signs every body; ``created_at`` is ISO 8601 UTC."""

    webhook_id: str
    url: str
    secret: str
    events: tuple[str, ...]
    active: bool
    created_at: str


def list_hooks(connection: sqlite3.Connection) -> Sequence[Webhook]:
    """All of them, oldest first."""
    return [_hook_of(row) for row in connection.execute("SELECT * FROM webhooks ORDER BY created_at, webhook_id")]


def add_hook(store: Store, url: str, events: Iterable[str] = EVENTS) -> Webhook:
    """Tell ``url`` from now on. Raises InvalidRequest for an address or an event that is none."""
    names = tuple(dict.fromkeys(events))
    _check_events(names)
    hook = Webhook(
        f"hook-{secrets.token_hex(4)}", _checked_url(url), secrets.token_urlsafe(SECRET_BYTES), names, True, now_text()
    )

    def insert(connection: sqlite3.Connection) -> None:
        count = connection.execute("SELECT count(*) FROM webhooks").fetchone()[0]
        if count >= MOST_HOOKS:
            raise InvalidRequest(f"There are {MOST_HOOKS} webhooks already.", action="Remove one first.")
        if not count:
            begin_from_now(connection)
        connection.execute(
            "INSERT INTO webhooks (webhook_id, url, secret, events, active, created_at) VALUES (?, ?, ?, ?, 1, ?)",
            (hook.webhook_id, hook.url, hook.secret, json.dumps(hook.events), hook.created_at),
        )
        _note(connection, hook.webhook_id, "add", host=urlsplit(hook.url).hostname or "")

    store.write(insert)
    return hook


def remove_hook(store: Store, webhook_id: str) -> None:
    """Forget an address and what waits for it. Raises NotFound."""

    def delete(connection: sqlite3.Connection) -> int:
        gone = connection.execute("DELETE FROM webhooks WHERE webhook_id = ?", (webhook_id,)).rowcount
        if gone:
            _note(connection, webhook_id, "remove")
        return gone

    if not store.write(delete):
        raise NotFound(f"There is no webhook “{webhook_id}”.", action="Look at the list of webhooks.")


def _note(connection: sqlite3.Connection, webhook_id: str, command: str, **details: str) -> None:
    append(connection, kind="setting", subject=webhook_id, details={"what": "webhook", "command": command} | details)


def _checked_url(url: str) -> str:
    """Only http and https: any other scheme could read files of this computer."""
    url = url.strip()
    action = "Give an address such as https://example.org/hook."
    if len(url) > MOST_URL_LETTERS or not _PLAIN_URL.fullmatch(url):
        raise InvalidRequest("The address of a webhook holds spaces or other letters, or is too long.", action=action)
    try:
        parts = urlsplit(url)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port  # raises when it is no number
    except ValueError:
        named = False
    if not named:
        raise InvalidRequest(f"“{url[:100]}” is not an http or https address.", action=action)
    if parts.username is not None or parts.password is not None:
        raise InvalidRequest(
            "The address of a webhook may hold no user name or password.",
            action="Let the receiver check the signature instead.",
        )
    return url


def _check_events(names: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in EVENTS]
    if unknown or not names:
        problem = f"There is no event “{unknown[0][:100]}”." if unknown else "No event was named."
        raise InvalidRequest(problem, action=f"Use some of: {', '.join(EVENTS)}.")


def _hook_of(row: sqlite3.Row) -> Webhook:
    events = tuple(json.loads(row["events"]))
    return Webhook(row["webhook_id"], row["url"], row["secret"], events, bool(row["active"]), row["created_at"])
