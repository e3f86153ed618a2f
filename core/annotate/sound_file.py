"""The sound of a video as a WAV file of its own."""

import wave
from collections.abc import Callable
from pathlib import Path

from core.storage import storage_error

_BYTES_A_SAMPLE = 2


def write_wav(video: Path, target: Path, *, rate_hz: int, check: Callable[[], None]) -> Path:
    """Write the track that is listened to, mono, 16 bit: second 0 of it is second 0 of the video.

    Written beside and renamed. Raises UnsupportedMedia (no sound), StorageFull, StorageUnwritable, what ``check`` does.
    """
    from core.media.audio import AudioReader  # noqa: PLC0415  loads av
    from core.speech.sound import choose_stream, sound_tracks  # noqa: PLC0415  as above
    from core.speech.types import SpeechParams  # noqa: PLC0415  as above

    index, _ = choose_stream(sound_tracks(video), SpeechParams(), video)
    temp = target.with_name(f"{target.name}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with AudioReader(video, index) as reader, wave.open(str(temp), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(_BYTES_A_SAMPLE)
            file.setframerate(rate_hz)
            for chunk in reader.chunks(0.0, rate_hz=rate_hz, channels=1):
                check()
                file.writeframes(chunk.samples[:, 0].astype("<i2").tobytes())
        temp.replace(target)
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        temp.unlink(missing_ok=True)
    return target
