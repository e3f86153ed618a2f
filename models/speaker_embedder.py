"""The speaker encoder: stretches of speech in, one vector of the voice each out.

The front end is Resemblyzer's, in numpy: a mel power spectrogram (no logarithm) of 40 channels, 25 ms windows every
10 ms, as its network was trained with (Wan et al., “Generalized End-to-End Loss for Speaker Verification”, 2018).
"""

import functools
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.errors import ModelCorrupt, UnknownModel
from models.sessions import first_line, open_session
from models.store import ModelStore

DEFAULT_SPEAKER_MODEL = "ge2e-resemblyzer"
RATE_HZ = 16_000
FRAME_SAMPLES = 400
STEP_SAMPLES = 160
CHANNELS = 40
PARTIAL_FRAMES = 160  # what the network was trained on: 1.6 s
DIM = 256
PREFIX_FRAMES = 40
_BATCH = 32

FloatArray = npt.NDArray[np.float32]


def mel_frames(samples: FloatArray) -> FloatArray:
    """Mel power float32 (n, 40) of samples in [-1, 1] at 16 kHz: n = 1 + (len - 400) // 160 whole windows.

    Frame i covers the samples from 160 i to 160 i + 400: whoever wants frames centred on 160 i, as librosa's are, puts
    200 zeros before and behind.
    """
    if len(samples) < FRAME_SAMPLES:
        return np.zeros((0, CHANNELS), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, FRAME_SAMPLES)[::STEP_SAMPLES]
    spectrum = np.fft.rfft(windows * _hann())
    power = spectrum.real**2 + spectrum.imag**2
    return (power @ _mel_filters().T).astype(np.float32)


class SpeakerEmbedder:
    """Voices as vectors of length 1; two of one person point the same way.

    ``name`` and ``version`` are the model's in the catalogue. Not to be used by two threads at once.
    """

    dim = DIM

    def __init__(self, path: Path, *, name: str, version: str, device: str = "cpu", threads: int = 1) -> None:
        self.name = name
        self.version = version
        self._session = open_session(path, device=device, threads=threads)
        self._input = self._session.get_inputs()[0].name
        try:
            self.embed(np.ones((1, PARTIAL_FRAMES, CHANNELS), np.float32))
        except Exception as error:
            raise ModelCorrupt(
                f"{path} does not take mel frames of {CHANNELS} channels: {first_line(error)}.",
                action="Choose a model whose purpose is speaker.",
            ) from error

    def embed(self, windows: FloatArray) -> FloatArray:
        """Vectors float32 (n, 256) of mel windows (n, frames, 40), all of one length; 160 frames serve it best.

        The vector of a window without any sound that the network knows is zero.
        """
        return self._run(windows, "vector", DIM)

    def embed_prefixes(self, windows: FloatArray) -> FloatArray:
        """Vectors float32 (n, frames // 40, 256): of the first 0.4 s, 0.8 s, 1.2 s … of each window, in one pass."""
        return self._run(windows, "prefixes", windows.shape[1] // PREFIX_FRAMES, DIM)

    def _run(self, windows: FloatArray, output: str, *shape: int) -> FloatArray:
        parts = [
            self._session.run(
                [output], {self._input: np.ascontiguousarray(windows[start : start + _BATCH], np.float32)}
            )[0]
            for start in range(0, len(windows), _BATCH)
        ]
        found = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        return np.nan_to_num(found.reshape(len(windows), *shape).astype(np.float32))


def open_speaker_embedder(
    store: ModelStore, model: str = DEFAULT_SPEAKER_MODEL, *, device: str = "cpu", threads: int = 1
) -> SpeakerEmbedder:
    """An embedder ready to run. Raises UnknownModel, ModelMissing, ModelCorrupt, DeviceUnavailable."""
    entry = store.entry(model)
    if entry.purpose != "speaker":
        raise UnknownModel(f"{entry.title} knows no voices.", action="Choose a model whose purpose is speaker.")
    path, version = store.path(model), store.version(model)
    return SpeakerEmbedder(path, name=model, version=version, device=device, threads=threads)


@functools.lru_cache(maxsize=1)
def _hann() -> npt.NDArray[np.float64]:
    """The periodic window, as for a Fourier transform."""
    return np.hanning(FRAME_SAMPLES + 1)[:-1]


@functools.lru_cache(maxsize=1)
def _mel_filters() -> npt.NDArray[np.float64]:
    """(40, 201): triangles of equal area on Slaney's mel scale (linear to 1 kHz, logarithmic above) up to 8 kHz."""
    bins_hz = np.linspace(0.0, RATE_HZ / 2, FRAME_SAMPLES // 2 + 1)
    edges_hz = _slaney_hz(np.linspace(0.0, _LINEAR_MELS + np.log(8.0) / _LOG_STEP, CHANNELS + 2))
    below, at, above = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    triangles = np.maximum(0.0, np.minimum((bins_hz - below) / (at - below), (above - bins_hz) / (above - at)))
    return np.asarray(triangles * (2.0 / (above - below)), np.float64)


_LINEAR_MELS = 15.0
_LOG_STEP = np.log(6.4) / 27.0


def _slaney_hz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    logarithmic = 1000.0 * np.exp((mels - _LINEAR_MELS) * _LOG_STEP)
    return np.where(mels < _LINEAR_MELS, mels * 200.0 / 3.0, logarithmic)
