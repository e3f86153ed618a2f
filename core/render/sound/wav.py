"""A mix between two steps of work: a WAV file of 32-bit floats, 48 kHz, stereo."""

import io
from pathlib import Path

import numpy as np

from core.errors import MediaMissing, UnsupportedMedia
from core.library.durable import write_atomically
from core.render.sound.aac import Stereo
from core.render.types import SAMPLE_RATE_HZ


def write_wav(path: Path, samples: Stereo) -> None:
    """Write float32 (n, 2), whole or not at all. Raises StorageFull, StorageUnwritable."""
    from scipy.io import wavfile  # noqa: PLC0415  loads for long

    content = io.BytesIO()
    wavfile.write(content, SAMPLE_RATE_HZ, np.ascontiguousarray(samples, np.float32))
    write_atomically(path, content.getvalue())


def read_wav(path: Path) -> Stereo:
    """What :func:`write_wav` wrote. Raises MediaMissing, UnsupportedMedia."""
    from scipy.io import wavfile  # noqa: PLC0415  as above

    try:
        rate_hz, samples = wavfile.read(path)
    except FileNotFoundError as error:
        raise MediaMissing(f"The mixed sound {path} is gone.", action="Render again.") from error
    except (OSError, ValueError) as error:
        raise UnsupportedMedia(f"The mixed sound {path} cannot be read: {error}.", action="Render again.") from error
    if rate_hz != SAMPLE_RATE_HZ or samples.ndim != 2 or samples.shape[1] != 2 or samples.dtype != np.float32:
        raise UnsupportedMedia(f"{path} is not sound that Rushes mixed.", action="Render again.")
    mixed: Stereo = samples
    return mixed
