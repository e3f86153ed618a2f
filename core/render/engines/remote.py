"""A remote engine over HTTP.

``POST {url}/segments`` (a form: ``request`` as JSON and the pictures, see ``core.render.engines.order``) answers
``{"id": …}``. ``GET {url}/segments/{id}`` answers ``{"status": "queued" | "running" | "done" | "failed", "progress":
0…1, "error": …}``. ``GET {url}/segments/{id}/video`` answers the MP4 file; ``DELETE {url}/segments/{id}`` forgets it.
Every request carries ``Authorization: Bearer <key>``.
"""

import contextlib
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from core.errors import InvalidRequest, RushesError
from core.render.engines.engine import RemoteFailed, SegmentResult, SegmentSpec
from core.render.engines.http_talk import LEAVE_WITHIN_S, Answer, HttpTalk, Question, header_safe
from core.render.engines.order import order_of
from core.render.types import FPS, HEIGHT_PX, WIDTH_PX
from core.storage import storage_error

NAME = "remote_http"
_ID = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_SHOWN_LETTERS = 300
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """``silence_s`` without a byte, ``upload_s`` for the pictures, ``work_s`` until the segment is ready,
    ``download_s`` and ``video_bytes`` for its file; ``poll_every_s`` between two looks, of which ``unheard`` may fail
    one after the other.
    """

    silence_s: float = 30.0
    upload_s: float = 300.0
    work_s: float = 900.0
    download_s: float = 300.0
    video_bytes: int = 100_000_000
    poll_every_s: float = 1.0
    unheard: int = 3


class HttpEngine:
    """A RenderEngine. The key is never logged, nor told in an error."""

    def __init__(self, url: str, key: str, limits: Limits | None = None) -> None:
        """Raises InvalidRequest for an address or a key that cannot be used."""
        if not header_safe(key):
            raise InvalidRequest(
                "The key of the remote engine holds letters that no key has.", action="Enter it again."
            )
        self._key = key
        self._limits = limits or Limits()
        self._talk = HttpTalk(url, key, timeout_s=self._limits.silence_s)

    @property
    def name(self) -> str:
        """See RenderEngine."""
        return NAME

    def configured(self) -> bool:
        """See RenderEngine."""
        return True

    def render(self, spec: SegmentSpec, *, check: Callable[[], None], progress: Callable[[int], None]) -> SegmentResult:
        """See RenderEngine."""
        began_s = time.monotonic()
        frame_count = spec.plan.segments[spec.index].frame_count
        remote_id = self._ask_for(spec, check)
        try:
            self._wait_for(remote_id, check, lambda fraction: progress(int(fraction * frame_count)))
            self._fetch(remote_id, Path(spec.target), frame_count, check)
        finally:
            self._forget(remote_id)
        progress(frame_count)
        return SegmentResult(spec.index, NAME, spec.target, frame_count, time.monotonic() - began_s)

    # ------------------------------------------------------------------ the four requests

    def _ask_for(self, spec: SegmentSpec, check: Callable[[], None]) -> str:
        question = Question("POST", "/segments", parts=order_of(spec.plan, spec.index), within_s=self._limits.upload_s)
        remote_id = self._document(self._talk.ask(question, check)).get("id")
        if not isinstance(remote_id, str) or not _ID.fullmatch(remote_id):
            raise self._failed("gave the segment no id that can be used")
        return remote_id

    def _wait_for(self, remote_id: str, check: Callable[[], None], progress: Callable[[float], None]) -> None:
        deadline_s, unheard = time.monotonic() + self._limits.work_s, 0
        while True:
            try:
                document = self._look(remote_id, check)
                unheard = 0
            except RemoteFailed as error:
                unheard += 1
                if error.lasting or unheard > self._limits.unheard:
                    raise
                document = {}
            if document.get("status") == "done":
                return
            fraction = document.get("progress")
            if isinstance(fraction, (int, float)) and not isinstance(fraction, bool) and 0 <= fraction <= 1:
                progress(float(fraction))
            if time.monotonic() > deadline_s:
                raise self._failed(f"did not make the segment within {self._limits.work_s:g} s")
            _sleep(self._limits.poll_every_s, check)

    def _look(self, remote_id: str, check: Callable[[], None]) -> dict[str, Any]:
        document = self._document(self._talk.ask(Question("GET", f"/segments/{remote_id}"), check))
        status = document.get("status")
        if status == "failed":
            raise self._lasting(f"could not make the segment: {self._without_key(_shown(document.get('error')))}")
        if status not in {"queued", "running", "done"}:
            raise self._lasting(f"knows a state that Rushes does not: {_shown(status)}")
        return document

    def _fetch(self, remote_id: str, target: Path, frame_count: int, check: Callable[[], None]) -> None:
        temp = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        check()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            question = Question(
                "GET",
                f"/segments/{remote_id}/video",
                into=temp,
                most_bytes=self._limits.video_bytes,
                within_s=self._limits.download_s,
            )
            self._require_good(self._talk.ask(question, check))
            self._require_fit(temp, frame_count)
            check()
            temp.replace(target)
        except OSError as error:
            raise storage_error(error, target) from error
        finally:
            with contextlib.suppress(OSError):  # the sweep of the folder takes it then
                temp.unlink(missing_ok=True)

    def _forget(self, remote_id: str) -> None:
        """Tell it that nobody needs the segment any more; whether it listens is its own affair."""

        def tell() -> None:
            with contextlib.suppress(RushesError):
                self._talk.ask(Question("DELETE", f"/segments/{remote_id}", within_s=2.0), lambda: None)

        thread = threading.Thread(target=tell, name="render-engine-forget", daemon=True)
        thread.start()
        thread.join(LEAVE_WITHIN_S)

    # ------------------------------------------------------------------ what may come back

    def _document(self, answer: Answer) -> dict[str, Any]:
        self._require_good(answer)
        try:
            document = orjson.loads(answer.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise self._failed("answered something that is no JSON object")
        return document

    def _require_good(self, answer: Answer) -> None:
        if answer.status in {401, 403}:
            raise self._lasting(f"refused the key ({answer.status})", action="Enter the right key in the settings.")
        if not 200 <= answer.status < 300:
            text = self._without_key(answer.body.decode("utf-8", "replace"))
            error = self._failed(f"answered {answer.status}{f': {_shown(text)}' if text.strip() else ''}")
            error.lasting = 400 <= answer.status < 500 and answer.status not in {408, 425, 429}
            raise error

    def _require_fit(self, path: Path, frame_count: int) -> None:
        """Raise RemoteFailed for a file that cannot stand in the cut."""
        from core.media.container import open_media  # noqa: PLC0415  loads av
        from core.render.output_check import read_facts, video_times  # noqa: PLC0415  as above

        try:
            facts = read_facts(path)
            with open_media(path) as container:
                pts = video_times(container, path).pts
        except RushesError as error:
            raise self._failed("sent a file that is no readable video") from error
        wrong = [
            said
            for fits, said in (
                (
                    (facts.width_px, facts.height_px) == (WIDTH_PX, HEIGHT_PX),
                    f"{facts.width_px} x {facts.height_px} px",
                ),
                (facts.frame_count == frame_count, f"{facts.frame_count} frames in place of {frame_count}"),
                (facts.fps == FPS or frame_count == 1, f"{float(facts.fps):g} frames a second"),
                (facts.video_codec == "h264", f"the codec {facts.video_codec}"),
                (facts.pixel_format == "yuv420p", f"pixels as {facts.pixel_format}"),
                (all(one < other for one, other in pairwise(pts)), "frames out of their order"),
            )
            if not fits
        ]
        if wrong:
            raise self._failed(f"sent a segment that does not fit: {', '.join(wrong)}")

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "…") if self._key else text

    def _failed(self, what: str, *, action: str = "") -> RemoteFailed:
        return RemoteFailed(
            f"The remote engine at {self._talk.host} {what.rstrip('.')}.",
            action=action or "Try again, or render on this computer.",
        )

    def _lasting(self, what: str, *, action: str = "") -> RemoteFailed:
        error = self._failed(what, action=action)
        error.lasting = True
        return error


def _shown(value: object) -> str:
    text = " ".join(str(value or "it does not say why").split())
    return text if len(text) <= _SHOWN_LETTERS else f"{text[: _SHOWN_LETTERS - 1]}…"


def _sleep(pause_s: float, check: Callable[[], None]) -> None:
    until_s = time.monotonic() + pause_s
    while (left_s := until_s - time.monotonic()) > 0:
        check()
        time.sleep(min(left_s, _LOOK_EVERY_S))
    check()
