"""Clients that edit one episode at once, each knowing what its own share must look like afterwards."""

import http.client
import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

REFUSALS = {400, 404, 409}
"""What an edit may meet where several clients edit the same people."""

IDLE_S = 2.0


@dataclass
class Tally:
    """What a client saw."""

    edit_ids: list[int] = field(default_factory=list)
    merge_s: list[float] = field(default_factory=list)
    edit_s: list[float] = field(default_factory=list)
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


class Editor(threading.Thread):
    """Edits its own identities, where nothing may be refused or lost, and now and then the shared ones."""

    def __init__(
        self,
        base_url: str,
        ep_id: str,
        own: dict[str, set[str]],
        shared: Sequence[str],
        *,
        seed: int,
        until_s: float,
        pause_s: float,
    ) -> None:
        super().__init__(name=f"editor-{seed}", daemon=True)
        parts = urlsplit(base_url)
        assert parts.hostname is not None
        self.tally = Tally()
        self.expected = own
        self.names: dict[str, str] = {}
        self._prefix = f"{parts.path.rstrip('/')}/episodes/{ep_id}"
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self._shared = list(shared)
        self._sent_at_s = float("-inf")
        self._random = random.Random(seed)
        self._until_s = until_s
        self._pause_s = pause_s

    def run(self) -> None:
        try:
            time.sleep(self._random.random() * self._pause_s)
            while time.monotonic() < self._until_s:
                self._edit()
                if self._pause_s:
                    time.sleep(self._random.expovariate(1 / self._pause_s))
        except (OSError, http.client.HTTPException) as error:
            self.tally.wrong.append(f"{type(error).__name__}: {error}")
        finally:
            self._connection.close()

    def _edit(self) -> None:
        chance = self._random.random()
        large = [one for one, tracks in self.expected.items() if len(tracks) > 1]
        if chance < 0.1 and len(self._shared) > 1:
            self._merge_shared()
        elif chance < 0.45 and len(self.expected) > 2:
            self._merge()
        elif chance < 0.75 and large:
            self._split(self._random.choice(large))
        elif chance < 0.9 and large and len(self.expected) > 1:
            self._move(self._random.choice(large))
        else:
            self._rename()

    def _merge(self) -> None:
        source, target = self._random.sample(sorted(self.expected), 2)
        begun_s = time.perf_counter()
        data = self._own("POST", "/identities/merge", {"source_ids": [source], "target_id": target})
        self.tally.merge_s.append(time.perf_counter() - begun_s)
        if data is not None:
            self.expected[target] |= self.expected.pop(source)
            if set(data["track_ids"]) != self.expected[target]:
                self.tally.wrong.append(f"the merge into {target} answered with other tracks")
            self.names.pop(source, None)

    def _split(self, identity_id: str) -> None:
        tracks = sorted(self.expected[identity_id])
        apart = self._random.sample(tracks, self._random.randint(1, len(tracks) - 1))
        data = self._own("POST", "/identities/split", {"identity_id": identity_id, "track_ids_to_split": apart})
        if data is not None:
            self.expected[identity_id] -= set(apart)
            self.expected[data["new_id"]] = set(apart)

    def _move(self, source: str) -> None:
        target = self._random.choice(sorted(set(self.expected) - {source}))
        track_id = self._random.choice(sorted(self.expected[source]))
        body = {"from_identity_id": source, "to_identity_id": target}
        if self._own("POST", f"/tracks/{track_id}/move", body) is not None:
            self.expected[source].discard(track_id)
            self.expected[target].add(track_id)

    def _rename(self) -> None:
        identity_id = self._random.choice(sorted(self.expected))
        name = f"{self.name} {self._random.randrange(10**6)}"
        if self._own("PATCH", f"/identities/{identity_id}", {"labels": {"name": name}}) is not None:
            self.names[identity_id] = name

    def _merge_shared(self) -> None:
        source, target = self._random.sample(self._shared, 2)
        status, content = self._send("POST", "/identities/merge", {"source_ids": [source], "target_id": target})
        if status == 200:
            self.tally.edit_ids.append(content["data"]["edit_id"])
        elif status in REFUSALS:
            self.tally.refused += 1
        else:
            self.tally.wrong.append(f"{status}: {content}")

    def _own(self, method: str, path: str, body: dict[str, Any]) -> Any:
        begun_s = time.perf_counter()
        status, content = self._send(method, path, body)
        self.tally.edit_s.append(time.perf_counter() - begun_s)
        if status != 200:
            self.tally.wrong.append(f"{method} {path} {body}: {status} {content}")
            return None
        if content["data"].get("edit_id"):
            self.tally.edit_ids.append(content["data"]["edit_id"])
        return content["data"]

    def _send(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if time.monotonic() - self._sent_at_s > IDLE_S:
            self._connection.close()  # the server may be closing it just now; the next request opens a new one
        self._sent_at_s = time.monotonic()
        head = {"Content-Type": "application/json"}
        self._connection.request(method, self._prefix + path, json.dumps(body), head)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())


def dealt(identities: dict[str, list[str]], clients: int) -> tuple[list[dict[str, set[str]]], list[str]]:
    """Each client's own identities, and a tenth of all for everybody."""
    names = sorted(identities)
    shared, rest = names[: len(names) // 10], names[len(names) // 10 :]
    return [{name: set(identities[name]) for name in rest[number::clients]} for number in range(clients)], shared


def edit_together(
    base_url: str, ep_id: str, identities: dict[str, list[str]], *, clients: int, seconds: float, pause_s: float
) -> list[Editor]:
    """Let the clients edit for some time; returns them, ended."""
    shares, shared = dealt(identities, clients)
    until_s = time.monotonic() + seconds
    editors = [
        Editor(base_url, ep_id, share, shared, seed=number, until_s=until_s, pause_s=pause_s)
        for number, share in enumerate(shares)
    ]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join(seconds + 120)
    return editors


def lost_edits(editors: Sequence[Editor], identities: dict[str, dict[str, Any]], history: set[int]) -> list[str]:
    """What the clients were told and what is not so: of identities by id as they are now, and edit ids of the log."""
    found = []
    for editor in editors:
        found += editor.tally.wrong
        found += [f"edit {one} is not in the history" for one in editor.tally.edit_ids if one not in history]
        for identity_id, tracks in editor.expected.items():
            now = identities.get(identity_id)
            if now is None or set(now["track_ids"]) != tracks:
                found.append(f"{editor.name}: {identity_id} does not hold what was answered")
            elif editor.names.get(identity_id, now["name"]) != now["name"]:
                found.append(f"{editor.name}: {identity_id} is not named as was answered")
    answered = [one for editor in editors for one in editor.tally.edit_ids]
    if len(set(answered)) != len(answered):
        found.append("two edits were answered with one number")
    return found
