"""The sound of a file as 16 kHz mono: which track is taken, blocks in order, and a recording to read any part of."""

import errno
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from av.stream import Disposition

from core.errors import InvalidRequest, MediaMissing, StorageFull, StorageUnwritable, UnsupportedMedia
from core.media.audio import AudioReader
from core.media.container import can_decode, open_media
from core.speech.types import SpeechParams, SpeechSource

RATE_HZ = 16_000
BLOCK_S = 30.0
_FULL_SCALE = np.float32(32_768)
_BYTES = 2

Samples = npt.NDArray[np.float32]
Pcm = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """An audio stream that can be decoded. ``language`` is its tag, "" without one; ``aside``: commentary and such."""

    index: int
    language: str
    channels: int
    default: bool
    aside: bool

    def __str__(self) -> str:
        return f"{self.index} ({self.language or 'no language'})"


def sound_tracks(path: Path) -> list[SoundTrack]:
    """The audio streams of a file, in its order. Raises MediaMissing, UnsupportedMedia."""
    aside = Disposition.comment | Disposition.visual_impaired | Disposition.karaoke | Disposition.clean_effects
    with open_media(path) as container:
        return [
            SoundTrack(
                index=stream.index,
                language="" if stream.language in {None, "und"} else str(stream.language),
                channels=stream.codec_context.channels,
                default=bool(stream.disposition & Disposition.default),
                aside=bool(stream.disposition & aside),
            )
            for stream in container.streams.audio
            if can_decode(stream)
        ]


def choose_stream(tracks: Sequence[SoundTrack], params: SpeechParams, path: Path) -> tuple[int, str]:
    """Index of the stream to transcribe, and a note for people where there was a choice ("" otherwise).

    A named stream wins, then the languages in their order, then the language that is said to be spoken, then the
    default track. Raises UnsupportedMedia (no sound), InvalidRequest (no such stream).
    """
    if not tracks:
        raise UnsupportedMedia(
            f"{path} has no audio track that can be decoded.", action="Choose a file that has sound."
        )
    if params.stream_index is not None:
        if all(track.index != params.stream_index for track in tracks):
            raise InvalidRequest(
                f"{path} has no audio track {params.stream_index}.",
                action=f"Choose one of: {', '.join(str(track) for track in tracks)}.",
            )
        return params.stream_index, ""
    ordered = sorted(tracks, key=lambda one: (one.aside, not one.default))
    wishes = params.audio_languages or ((params.language,) if params.language else ())
    for wish in wishes:
        for track in ordered:
            if track.language and _same_language(track.language, wish):
                return track.index, f"The audio track {track} was taken." if len(tracks) > 1 else ""
    taken = ordered[0]
    if len(tracks) == 1:
        return taken.index, ""
    if params.audio_languages:
        return taken.index, f"No audio track in {', '.join(params.audio_languages)}: track {taken} was taken."
    return taken.index, f"Of {len(tracks)} audio tracks, {taken} was taken."


def pcm_blocks(source: SpeechSource, stream_index: int | None = None, *, block_s: float = BLOCK_S) -> Iterator[Samples]:
    """The sound from the container's start to the end as float32 in [-1, 1], 16 kHz, mono, a block at a time.

    Where the stream starts later or has a hole there is silence. Raises MediaMissing, UnsupportedMedia.
    """
    for block in _int_blocks(source, stream_index, block_s):
        yield block.astype(np.float32) / _FULL_SCALE


class Recording:
    """Sound on the disk, of which any part can be read: nothing of it stays in memory. Use it in a ``with`` block.

    Raw PCM is read where it lies; a media file is decoded once into a temporary file (115 MB an hour) by ``fill``.
    """

    def __init__(
        self, source: SpeechSource, stream_index: int | None = None, *, work_folder: Path | None = None
    ) -> None:
        """Raises MediaMissing, UnsupportedMedia, StorageUnwritable."""
        self._source = source
        self._stream_index = stream_index
        self._file: BinaryIO
        self._decoded = not is_bare_pcm(source)
        self.samples = 0
        try:
            if self._decoded:
                self._file = tempfile.TemporaryFile(prefix="rushes-sound-", dir=work_folder)  # noqa: SIM115  closed by __exit__
            else:
                self._file = source.path.open("rb")
        except OSError as error:
            raise _no_file(source.path, error, decoded=self._decoded) from error

    def __enter__(self) -> "Recording":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def duration_s(self) -> float:
        """Length of what was read so far."""
        return self.samples / RATE_HZ

    def fill(self) -> Iterator[Samples]:
        """Go through the whole sound once, block by block. Raises StorageFull, UnsupportedMedia."""
        for block in _int_blocks(self._source, self._stream_index, BLOCK_S):
            if self._decoded:
                self._append(block)
            self.samples += len(block)
            yield block.astype(np.float32) / _FULL_SCALE

    def read(self, start: int, stop: int) -> Samples:
        """Samples ``start`` to ``stop``, counted from the container's start, as float32."""
        start, stop = max(0, start), min(stop, self.samples)
        self._file.seek(start * _BYTES)
        content = self._file.read(max(0, stop - start) * _BYTES)
        return np.frombuffer(content, "<i2").astype(np.float32) / _FULL_SCALE

    def _append(self, block: Pcm) -> None:
        try:
            self._file.write(block.astype("<i2").tobytes())
        except OSError as error:
            raise StorageFull(
                f"The sound of {self._source.path} does not fit into the folder for temporary files "
                f"({error.strerror or error}).",
                action="Free some space, then try again.",
            ) from error


def is_bare_pcm(source: SpeechSource) -> bool:
    """Whether the file is nothing but samples; a WAV file that was sent as such is read as the WAV file it is."""
    if not source.raw_pcm:
        return False
    try:
        with source.path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise _no_file(source.path, error, decoded=False) from error
    return not (head[:4] == b"RIFF" and head[8:12] == b"WAVE")


def progress_total_s(source: SpeechSource) -> float:
    """About how long the sound is, 0 when the file does not say."""
    if is_bare_pcm(source):
        return source.path.stat().st_size / _BYTES / RATE_HZ
    with open_media(source.path) as container:
        return (container.duration or 0) / 1_000_000


def _int_blocks(source: SpeechSource, stream_index: int | None, block_s: float) -> Iterator[Pcm]:
    size = max(1, round(block_s * RATE_HZ))
    if is_bare_pcm(source):
        yield from _raw_blocks(source.path, size)
        return
    with AudioReader(source.path, stream_index) as reader:
        yield from _regular((chunk.samples[:, 0] for chunk in reader.chunks(0.0, rate_hz=RATE_HZ, channels=1)), size)


def _raw_blocks(path: Path, size: int) -> Iterator[Pcm]:
    """A last odd byte is no sample and is left out."""
    try:
        with path.open("rb") as file:
            while content := file.read(size * _BYTES):
                yield np.frombuffer(content[: len(content) // _BYTES * _BYTES], "<i2")
    except OSError as error:
        raise _no_file(path, error, decoded=False) from error


def _regular(chunks: Iterator[Pcm], size: int) -> Iterator[Pcm]:
    """The same samples in blocks of ``size``, the last one shorter."""
    waiting: list[Pcm] = []
    count = 0
    for chunk in chunks:
        waiting.append(chunk)
        count += len(chunk)
        if count >= size:
            whole = np.concatenate(waiting)
            for start in range(0, count - size + 1, size):
                yield whole[start : start + size]
            rest = whole[count // size * size :]
            waiting, count = [rest], len(rest)
    if count:
        yield np.concatenate(waiting)


def _no_file(path: Path, error: OSError, *, decoded: bool) -> Exception:
    if decoded:
        full = error.errno == errno.ENOSPC
        return (StorageFull if full else StorageUnwritable)(
            f"The folder for temporary files cannot be written ({error.strerror or error}).",
            action="Free some space or check the folder's permissions, then try again.",
        )
    if isinstance(error, FileNotFoundError):
        return MediaMissing(f"{path} does not exist.", action="Put the file back, then try again.")
    return UnsupportedMedia(f"{path} cannot be read: {error.strerror or error}.", action="Check its permissions.")


def _same_language(first: str, second: str) -> bool:
    from core.speech.languages import matches  # noqa: PLC0415  reads a table of languages, seldom needed

    try:
        return matches(first, second)
    except InvalidRequest:
        return first.lower() == second.lower()  # a tag that no table knows
