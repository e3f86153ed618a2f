"""The thread that posts deliveries: signed, with a time limit, tried again with growing pauses, given up at last."""

import hashlib
import hmac
import http.client
import logging
import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from core.errors import RushesError
from core.library.store import Store
from core.webhooks.deliveries import Delivery, due, mark_delivered, mark_failed, seconds_to_next

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
BACKOFF_S = (5.0, 30.0, 120.0, 600.0, 3600.0, 4 * 3600.0)
"""Pauses before the second, third… attempt; after the last of them a delivery is given up."""
STOP_WITHIN_S = 2.0
LOOK_EVERY_S = 60.0
"""Another process may add deliveries' addresses; nothing tells this one."""


class Sender:
    """``start`` it, ``wake`` it when something was noted, ``stop`` it before the library closes."""

    def __init__(self, store: Store, *, timeout_s: float = TIMEOUT_S, backoff_s: Sequence[float] = BACKOFF_S) -> None:
        self._store = store
        self._timeout_s = timeout_s
        self._backoff_s = tuple(backoff_s)
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with what waits; starting twice does nothing."""
        if self._thread is None:
            self._stopped.clear()
            # a daemon: an address that hangs may hold it longer than the program wants to live
            self._thread = threading.Thread(target=self._work, name="webhook-sender", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Look for work now; callable in any thread."""
        self._news.set()

    def stop(self) -> None:
        """End soon; what was not taken by then waits for the next start."""
        if self._thread is None:
            return
        self._stopped.set()
        self._news.set()
        self._thread.join(STOP_WITHIN_S)
        self._thread = None

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._news.clear()
            try:
                pause_s = self._send_due()
            except (RushesError, sqlite3.Error) as error:
                if self._stopped.is_set():
                    return  # the library was closed under a delivery that hung
                log.warning("webhooks cannot be read: %s", error)
                pause_s = LOOK_EVERY_S
            self._news.wait(pause_s)

    def _send_due(self) -> float:
        """Send what is due; returns how long nothing will be."""
        while found := due(self._store.read()):
            for delivery in found:
                if self._stopped.is_set():
                    return 0.0
                self._send(delivery)
        return min(LOOK_EVERY_S, seconds_to_next(self._store.read()) or LOOK_EVERY_S)

    def _send(self, delivery: Delivery) -> None:
        trouble = post(delivery, self._timeout_s)
        if not trouble:
            self._mark(lambda connection: mark_delivered(connection, delivery.delivery_id))
            return
        pauses_left = delivery.attempts < len(self._backoff_s)
        again_in_s = self._backoff_s[delivery.attempts] if pauses_left else None
        log.warning(
            "webhook %s did not take %s (attempt %d, %s): %s",
            delivery.webhook_id,
            delivery.event,
            delivery.attempts + 1,
            "given up" if again_in_s is None else f"again in {again_in_s:g} s",
            trouble,
        )
        self._mark(lambda connection: mark_failed(connection, delivery.delivery_id, trouble, again_in_s))

    def _mark(self, mark: Callable[[sqlite3.Connection], None]) -> None:
        self._store.write(mark)


def signature_of(secret: str, body: bytes) -> str:
    """The value of ``X-Rushes-Signature``: receivers compute it over the bytes that they got, and compare."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def post(delivery: Delivery, timeout_s: float) -> str:
    """Post a body; returns what went wrong, empty when the receiver answered 2xx."""
    body = delivery.body.encode("utf-8", "surrogatepass")
    request = urllib.request.Request(  # noqa: S310  the scheme was checked when the address was added
        delivery.url,
        data=body,
        headers={
            "Content-Type": "application/json",
            "User-Agent": "Rushes",
            "X-Rushes-Event": delivery.event,
            "X-Rushes-Delivery": str(delivery.delivery_id),
            "X-Rushes-Signature": signature_of(delivery.secret, body),
        },
        method="POST",
    )
    try:
        with _OPENER.open(request, timeout=timeout_s) as answer:
            return "" if 200 <= answer.status < 300 else f"it answered {answer.status}"
    except urllib.error.HTTPError as error:
        with error:
            return f"it answered {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        return f"it was not reached: {reason}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry a signed body to an address that nobody added."""

    def redirect_request(self, *_args: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)
