"""Webhooks against a receiver that runs: signed, in order, tried again, never lost."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidRequest, NotFound
from core.jobs.types import JobState
from core.library.library import Library
from core.webhooks.hooks import MOST_HOOKS
from core.webhooks.webhooks import Webhooks
from tests.server.screenalytics.made_episode import make_episode
from tests.webhooks.receiver import Receiver, receiving

QUICK = (0.05, 0.1)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", holder="test") as library:
        yield library


def end_a_job(library: Library, state: JobState = JobState.SUCCEEDED, **said: Any) -> str:
    library.jobs.submit("counting")
    claimed = library.jobs.claim()
    assert claimed is not None
    return library.jobs.end(claimed[0].job_id, state, **said).job_id


def states(library: Library) -> list[str]:
    return [row["state"] for row in library.store.read().execute("SELECT state FROM deliveries ORDER BY delivery_id")]


def wait_until_settled(library: Library, count: int) -> None:
    deadline = time.monotonic() + 5
    while states(library).count("waiting") or len(states(library)) < count:
        assert time.monotonic() < deadline, states(library)
        time.sleep(0.01)


def documents(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for body in receiver.bodies]


def test_that_nothing_is_sent_and_nothing_kept_until_an_address_was_added(library: Library) -> None:
    hooks = Webhooks(library, backoff_s=QUICK)
    hooks.start()
    try:
        end_a_job(library)
        library.store.write(lambda _connection: None)
        assert states(library) == []
    finally:
        hooks.stop()


def test_that_the_end_of_a_job_is_told_as_documented_and_signed(library: Library) -> None:
    with receiving() as receiver:
        hooks = Webhooks(library, backoff_s=QUICK)
        hook = hooks.add(receiver.url)
        hooks.start()
        try:
            good = end_a_job(library, result=json.dumps({"tracks": 3}))
            bad = end_a_job(library, JobState.FAILED, error="The disk is full.")
            end_a_job(library, JobState.CANCELED)
            receiver.wait_for(2)
            wait_until_settled(library, 2)
        finally:
            hooks.stop()
    first, second = documents(receiver)
    assert set(first) == {"event", "ep_id", "job_id", "timestamp", "data"}
    assert (first["event"], first["job_id"], first["ep_id"]) == ("job.completed", good, None)
    assert first["timestamp"].endswith("Z")
    assert first["data"]["summary"] == {"tracks": 3}
    assert (second["event"], second["job_id"], second["data"]["error"]) == ("job.failed", bad, "The disk is full.")
    for body, headers in zip(receiver.bodies, receiver.headers, strict=True):
        expected = hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Rushes-Signature"] == f"sha256={expected}"
        assert headers["Content-Type"] == "application/json"
        assert headers["X-Rushes-Event"] == json.loads(body)["event"]
    assert states(library) == ["delivered", "delivered"]


def test_that_a_receiver_that_fails_twice_gets_it_the_third_time(library: Library) -> None:
    with receiving(500, 302) as receiver:
        hooks = Webhooks(library, backoff_s=QUICK)
        hooks.add(receiver.url)
        hooks.start()
        try:
            end_a_job(library)
            end_a_job(library)
            receiver.wait_for(4)
            wait_until_settled(library, 2)
        finally:
            hooks.stop()
    told = [one["job_id"] for one in documents(receiver)]
    assert told == ["job-000001", "job-000001", "job-000001", "job-000002"]  # in order, the failed one first
    numbers = {headers["X-Rushes-Delivery"] for headers in receiver.headers[:3]}
    assert len(numbers) == 1
    attempts = library.store.read().execute("SELECT attempts FROM deliveries ORDER BY delivery_id").fetchall()
    assert [row["attempts"] for row in attempts] == [3, 1]


def test_that_a_delivery_is_given_up_after_its_last_attempt(library: Library) -> None:
    with receiving(500, 500, 500) as receiver:
        hooks = Webhooks(library, backoff_s=QUICK)
        hooks.add(receiver.url)
        hooks.start()
        try:
            end_a_job(library)
            wait_until_settled(library, 1)
        finally:
            hooks.stop()
    assert states(library) == ["given_up"]
    assert len(receiver.bodies) == 3
    error = library.store.read().execute("SELECT last_error FROM deliveries").fetchone()[0]
    assert error == "it answered 500"


def test_that_an_address_where_nobody_listens_holds_up_no_other(library: Library) -> None:
    with receiving() as receiver:
        hooks = Webhooks(library, backoff_s=(60.0,))
        hooks.add("http://127.0.0.1:9/nobody", ["job.completed"])
        hooks.add(receiver.url)
        hooks.start()
        try:
            end_a_job(library)
            end_a_job(library)
            receiver.wait_for(2)
        finally:
            hooks.stop()


def test_that_what_was_not_delivered_is_delivered_after_the_next_start(tmp_path: Path) -> None:
    with receiving() as receiver:
        with Library.open(tmp_path) as library:
            hooks = Webhooks(library, backoff_s=(60.0,))
            dead = hooks.add("http://127.0.0.1:9/nobody").webhook_id
            hooks.start()
            end_a_job(library)
            library.store.write(
                lambda connection: connection.execute(
                    "UPDATE webhooks SET url = ? WHERE webhook_id = ?", (receiver.url, dead)
                )
            )
            hooks.stop()
            assert states(library) == ["waiting"]
            library.store.write(lambda connection: connection.execute("UPDATE deliveries SET next_at = '2020'"))
        with Library.open(tmp_path) as library:
            hooks = Webhooks(library, backoff_s=(60.0,))
            hooks.start()
            try:
                receiver.wait_for(1)
            finally:
                hooks.stop()


def test_that_what_happened_while_nobody_listened_is_told_once(tmp_path: Path) -> None:
    with receiving() as receiver, Library.open(tmp_path) as library:
        end_a_job(library)  # before the first address was added: nobody's business
        hooks = Webhooks(library, backoff_s=QUICK)
        hooks.add(receiver.url)
        time.sleep(0.005)  # jobs that end within one millisecond cannot be told apart
        missed = end_a_job(library)
        for _ in range(2):
            hooks.start()
            receiver.wait_for(1)
            wait_until_settled(library, 1)
            library.jobs.cancel(missed)  # says that the job is ended, once more
            library.store.write(lambda _connection: None)
            hooks.stop()
    assert [one["job_id"] for one in documents(receiver)] == [missed]


def test_that_merges_and_splits_are_told_with_what_moved(library: Library, tmp_path: Path) -> None:
    make_episode(library, tmp_path, tracks=6, identities=3)
    with receiving() as receiver:
        hooks = Webhooks(library, backoff_s=QUICK)
        hooks.add(receiver.url, ["identity.merged", "identity.split"])
        hooks.start()
        try:
            merged = library.moderation.merge("film", ["identity-00002"], "identity-00001", actor="api")
            moved = merged.change["track_ids"][:1]
            split = library.moderation.split("film", "identity-00001", moved)
            library.moderation.rename("film", "identity-00003", "Lisa")
            receiver.wait_for(2)
            wait_until_settled(library, 2)
        finally:
            hooks.stop()
    first, second = documents(receiver)
    assert (first["event"], first["ep_id"], first["job_id"]) == ("identity.merged", "film", None)
    assert first["data"]["target_id"] == "identity-00001"
    assert first["data"]["sources_deleted"] == ["identity-00002"]
    assert (first["data"]["edit_id"], first["data"]["actor"]) == (merged.edit_id, "api")
    assert (second["event"], second["data"]["original_id"]) == ("identity.split", "identity-00001")
    assert second["data"]["new_id"] == split.change["new_id"]
    assert second["data"]["tracks_moved"] == moved


def test_that_an_event_of_ones_own_can_be_told(library: Library) -> None:
    with receiving() as receiver:
        hooks = Webhooks(library, backoff_s=QUICK)
        hooks.add(receiver.url)
        hooks.start()
        try:
            assert hooks.notify("job.completed", "film", None, {"made": "by hand"}) == 1
            receiver.wait_for(1)
        finally:
            hooks.stop()
    assert documents(receiver)[0]["data"] == {"made": "by hand"}


def test_that_a_removed_address_hears_nothing_more(library: Library) -> None:
    hooks = Webhooks(library)
    hook = hooks.add("https://example.org/hook", ["job.failed"])
    assert [one.url for one in hooks.list()] == ["https://example.org/hook"]
    assert hooks.list()[0].events == ("job.failed",)
    hooks.remove(hook.webhook_id)
    assert hooks.list() == []
    with pytest.raises(NotFound):
        hooks.remove(hook.webhook_id)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hook",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://",
        "http://user:word@example.org/",
        "http://example.org:port/",
        "http://example.org/a b",
        "http://exämple.org/",
        "http://[::1/",
        "http://example.org/" + "x" * 3000,
    ],
)
def test_that_what_is_no_address_is_refused(library: Library, url: str) -> None:
    with pytest.raises(InvalidRequest):
        Webhooks(library).add(url)
    assert Webhooks(library).list() == []


def test_that_unknown_events_and_too_many_addresses_are_refused(library: Library) -> None:
    hooks = Webhooks(library)
    for events in ([], ["job.started"]):
        with pytest.raises(InvalidRequest):
            hooks.add("http://127.0.0.1:9/", events)
    for _ in range(MOST_HOOKS):
        hooks.add("http://127.0.0.1:9/")
    with pytest.raises(InvalidRequest, match="already"):
        hooks.add("http://127.0.0.1:9/")
