"""Webhooks as a setting of the API: who is told, and what a secret is shown to."""

import hashlib
import hmac
import http.server
import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.server.screenalytics.live import Live

Heard = queue.Queue[tuple[dict[str, str], bytes]]


@contextmanager
def receiver() -> Iterator[tuple[str, Heard]]:
    """A server of one's own that takes everything."""
    heard: Heard = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", heard
        finally:
            server.shutdown()
            thread.join()


def test_that_nobody_is_told_until_an_address_was_added(still_empty: Live) -> None:
    assert still_empty.client.get("/webhooks").data == {"webhooks": []}


def test_that_a_merge_is_told_signed_with_the_documented_payload(live: Live) -> None:
    with receiver() as (url, heard):
        hook = live.client.post("/webhooks", {"url": url, "events": ["identity.merged"]}).data
        assert (hook["url"], hook["events"], hook["active"]) == (url, ["identity.merged"], True)
        [listed] = live.client.get("/webhooks").data["webhooks"]
        assert "secret" not in listed
        first, second = live.client.get("/episodes/film/identities").data["identities"][:2]
        body = {"source_ids": [second["identity_id"]], "target_id": first["identity_id"]}
        merged = live.client.post("/episodes/film/identities/merge", body).data
        headers, told = heard.get(timeout=10)
    signature = hmac.new(hook["secret"].encode(), told, hashlib.sha256).hexdigest()
    assert headers["x-rushes-signature"] == f"sha256={signature}"
    payload = json.loads(told)
    assert set(payload) == {"event", "ep_id", "job_id", "timestamp", "data"}
    assert (payload["event"], payload["ep_id"]) == ("identity.merged", "film")
    assert payload["timestamp"].endswith("Z")
    assert payload["data"]["target_id"] == merged["target_id"]
    live.client.delete(f"/webhooks/{hook['webhook_id']}").done()
    live.client.delete(f"/webhooks/{hook['webhook_id']}").refused(404, "WEBHOOK_NOT_FOUND")


@pytest.mark.parametrize("url", ["ftp://example.org/x", "file:///etc/passwd", "http://a b/", "javascript:alert(1)"])
def test_that_an_address_that_is_none_is_refused(still_empty: Live, url: str) -> None:
    still_empty.client.post("/webhooks", {"url": url}).refused(400, "INVALID_REQUEST")
    assert still_empty.client.get("/webhooks").data == {"webhooks": []}


def test_that_unknown_events_are_refused(still_empty: Live) -> None:
    body = {"url": "http://127.0.0.1:9/x", "events": ["job.begun"]}
    still_empty.client.post("/webhooks", body).refused(422, "VALIDATION_ERROR")
