"""The sound of a video for all pipelines of a job: decoded once onto the disk, listened to once for voices."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import UnsupportedMedia
from core.speech.types import SpeechParams, SpeechSource
from core.storage import storage_error

if TYPE_CHECKING:
    from core.annotate.pipeline import Voice

_PCM, _VOICE = "sound.pcm", "voice.npy"
_BLOCK_S = 10.0
_BYTES_A_SAMPLE = 2


def _nothing() -> None:
    """Nobody stops it."""


def _untold(_text: str) -> None:
    """Nobody listens."""


class JobSound:
    """A SharedSound. Its methods may be called from any thread; what one of them computes, the others wait for.

    Files in ``work_dir`` (115 MB for an hour) are written beside and renamed, so that they serve the job again after
    an interruption.
    """

    def __init__(
        self,
        path: Path,
        work_dir: Path,
        *,
        check: Callable[[], None] = _nothing,
        told: Callable[[str], None] = _untold,
    ) -> None:
        """``check`` raises to stop; ``told`` gets a sentence for people where one of several tracks was chosen."""
        self._path = path
        self._work_dir = work_dir
        self._check = check
        self._told = told
        self._lock = threading.RLock()
        self._source: SpeechSource | None = None
        self._voice: Voice | None = None

    @property
    def source(self) -> SpeechSource:
        """See SharedSound. Raises UnsupportedMedia, MediaMissing, StorageFull, StorageUnwritable, Canceled."""
        with self._alone():
            if self._source is None:
                self._source = self._decoded()
            return self._source

    def voice(self) -> "Voice":
        """See SharedSound. Raises as ``source``."""
        source = self.source
        with self._alone():
            if self._voice is None:
                self._voice = self._listened(source)
            return self._voice

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One thread at a time; who waits can be canceled."""
        while not self._lock.acquire(timeout=0.1):
            self._check()
        try:
            yield
        finally:
            self._lock.release()

    def _decoded(self) -> SpeechSource:
        from core.speech.sound import choose_stream, sound_tracks  # noqa: PLC0415  loads av

        # before the file of an earlier run counts: what the video lacks is told each time in the same words
        index, note = choose_stream(sound_tracks(self._path), SpeechParams(), self._path)
        if note:
            self._told(note)
        target = self._work_dir / _PCM
        if not target.is_file():
            self._decode(index, target)
        return SpeechSource(target, raw_pcm=True)

    def _decode(self, stream_index: int, target: Path) -> None:
        from core.media.audio import AudioReader  # noqa: PLC0415  loads av
        from core.speech.sound import RATE_HZ  # noqa: PLC0415  as above

        temp = target.with_suffix(".tmp")
        written = 0
        try:
            self._work_dir.mkdir(parents=True, exist_ok=True)
            with AudioReader(self._path, stream_index) as reader, temp.open("wb") as file:
                for chunk in reader.chunks(0.0, rate_hz=RATE_HZ, channels=1):
                    self._check()
                    written += file.write(chunk.samples[:, 0].astype("<i2").tobytes())
            if not written:
                raise UnsupportedMedia(
                    f"{self._path} has an audio track without any sound in it.", action="Choose a file that has sound."
                )
            temp.replace(target)
        except OSError as error:
            raise storage_error(error, target) from error
        finally:
            temp.unlink(missing_ok=True)

    def _listened(self, source: SpeechSource) -> "Voice":
        from core.annotate.pipeline import Voice  # noqa: PLC0415  loads av
        from core.speech.sound import RATE_HZ, pcm_blocks  # noqa: PLC0415  as above
        from core.speech.voice import WINDOW_S, VoiceDetector  # noqa: PLC0415  loads onnxruntime

        kept = self._work_dir / _VOICE
        duration_s = source.path.stat().st_size / _BYTES_A_SAMPLE / RATE_HZ
        if kept.is_file():
            return Voice(np.load(kept), WINDOW_S, duration_s)
        detector = VoiceDetector()
        for block in pcm_blocks(source, block_s=_BLOCK_S):
            self._check()
            detector.feed(block)
        probabilities = detector.finish()
        temp = kept.with_name("voice.tmp.npy")
        try:
            np.save(temp, probabilities)
            temp.replace(kept)
        except OSError as error:
            raise storage_error(error, kept) from error
        finally:
            temp.unlink(missing_ok=True)
        return Voice(probabilities, WINDOW_S, duration_s)
