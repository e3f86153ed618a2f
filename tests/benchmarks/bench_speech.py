"""Our transcription against a bare ``WhisperModel.transcribe`` of the same sound with the same settings.

``python tests/benchmarks/bench_speech.py [--minutes 4] [--long-minutes 120]`` from the repository's root, with the
default model fetched and the shared test data in place. Prints times, the ratio, and the peak memory of the process
that transcribes a long file (``--long-minutes 0`` leaves that out); asserts nothing.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio

from core.jobs.local_pool import usable_cores
from core.speech.engine_child import load_model
from core.speech.pipeline import TEMPERATURES, transcribe
from core.speech.presets import DEFAULT_MODEL, Choice
from core.speech.types import Segment, SpeechParams, SpeechSource
from models.store import ModelStore

TESTDATA = Path(__file__).resolve().parents[3] / "shared" / "testdata"
RATE_HZ = 16_000
BEAM = 5

Samples = npt.NDArray[np.float32]


class Nobody:
    """A listener that hears nothing and never stops."""

    def progress(self, stage: str, done_s: float, total_s: float) -> None:
        """Nothing."""

    def segment(self, segment: Segment) -> None:
        """Nothing."""

    def check(self) -> None:
        """Nothing."""


def speech(minutes: float) -> Samples:
    """Sentences of several people in turn, with half a second between them, as long as wanted."""
    files = [*sorted((TESTDATA / "asr").rglob("*.flac")), *sorted((TESTDATA / "asr").rglob("*.wav"))]
    files += sorted((TESTDATA / "diarization").rglob("*.wav"))
    parts: list[Samples] = []
    for path in files:
        parts += [decode_audio(str(path), sampling_rate=RATE_HZ), np.zeros(RATE_HZ // 2, np.float32)]
    once = np.concatenate(parts)
    wanted = round(minutes * 60 * RATE_HZ)
    return np.tile(once, wanted // len(once) + 1)[:wanted]


def write(path: Path, samples: Samples, times: int = 1) -> None:
    """A WAV file of the samples, over and over."""
    content = np.round(samples * 32_767).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        for _ in range(times):
            file.writeframes(content)


def bench_ratio(model: WhisperModel, path: Path, language: str | None) -> None:
    """Bare, ours, bare, ours: the better of each, so that a disturbance from outside counts less."""
    bare_s, ours_s = [], []
    for _ in range(2):
        began_s = time.perf_counter()
        found, _info = model.transcribe(
            str(path),
            language=language,
            beam_size=BEAM,
            temperature=list(TEMPERATURES),
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=True,
        )
        count = len(list(found))
        bare_s.append(time.perf_counter() - began_s)
        began_s = time.perf_counter()
        ours = ours_of(model, path, language)
        ours_s.append(time.perf_counter() - began_s)
    said = language or "detected"
    print(
        f"language {said}: bare {min(bare_s):.1f} s ({count} segments), ours {min(ours_s):.1f} s ({ours} segments), "
        f"ratio {min(ours_s) / min(bare_s):.3f} (target <= 1.10)"
    )


def ours_of(model: WhisperModel, path: Path, language: str | None) -> int:
    """Number of segments."""
    choice = Choice(DEFAULT_MODEL, BEAM, "int8")
    params = SpeechParams(language=language)
    return len(transcribe(SpeechSource(path), params, model, choice=choice, listener=Nobody()).segments)


def bench_memory(path: Path, minutes: float) -> None:
    """In a process of its own, whose peak the operating system knows."""
    code = (
        "import resource, time, sys; from pathlib import Path\n"
        "from tests.benchmarks.bench_speech import *\n"
        "model = load_model(ModelStore().path(DEFAULT_MODEL), 'cpu', 'int8', usable_cores())\n"
        "began = time.perf_counter(); count = ours_of(model, Path(sys.argv[1]), 'en')\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20\n"
        "print(f'{count} segments in {time.perf_counter() - began:.0f} s, peak memory {peak:.2f} GiB (target < 1.5)')"
    )
    print(f"{minutes:g} minutes: ", end="", flush=True)
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, cwd=root)


def main() -> None:
    """Run what the arguments choose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--long-minutes", type=float, default=120.0)
    arguments = parser.parse_args()
    samples = speech(arguments.minutes)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        write(path, samples)
        model = load_model(ModelStore().path(DEFAULT_MODEL), "cpu", "int8", usable_cores())
        for language in ("en", None):
            bench_ratio(model, path, language)
        if arguments.long_minutes > 0:
            times = max(1, round(arguments.long_minutes / arguments.minutes))
            write(path, samples, times)
            bench_memory(path, times * arguments.minutes)


if __name__ == "__main__":
    main()
