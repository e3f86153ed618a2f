"""The speaker encoder: its conversion against the network written out in numpy, its front end, its vectors."""

from pathlib import Path

import numpy as np
import pytest

from models.convert import ge2e
from models.convert.checkpoint import read_checkpoint
from models.errors import ModelCorrupt, UnknownModel
from models.speaker_embedder import CHANNELS, DEFAULT_SPEAKER_MODEL, mel_frames, open_speaker_embedder
from models.store import ModelStore


@pytest.fixture(scope="module")
def store() -> ModelStore:
    found = ModelStore()
    if not found.ready(DEFAULT_SPEAKER_MODEL):
        pytest.skip(f"{DEFAULT_SPEAKER_MODEL} was not fetched")
    return found


def original(store: ModelStore) -> Path:
    return store.root / DEFAULT_SPEAKER_MODEL / store.entry(DEFAULT_SPEAKER_MODEL).files[0].name


def written_out(weights: dict[str, np.ndarray], mel: np.ndarray) -> np.ndarray:
    """The network as PyTorch's documentation defines an LSTM, in float64: input, forget, cell, output gates."""
    values = mel.astype(np.float64)
    state = np.zeros((len(mel), 256))
    for layer in range(3):
        inner, back, bias, more = (
            weights[f"lstm.{name}_l{layer}"].astype(np.float64)
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        state, cell, states = np.zeros((len(mel), 256)), np.zeros((len(mel), 256)), []
        for step in range(mel.shape[1]):
            gates = values[:, step] @ inner.T + state @ back.T + bias + more
            into, forget, new, out = np.split(gates, 4, axis=1)
            into, forget, out = (1 / (1 + np.exp(-gate)) for gate in (into, forget, out))
            cell = forget * cell + into * np.tanh(new)
            state = out * np.tanh(cell)
            states.append(state)
        values = np.stack(states, axis=1)
    vector = np.maximum(0, state @ weights["linear.weight"].T + weights["linear.bias"])
    return np.asarray(vector / np.linalg.norm(vector, axis=1, keepdims=True))


def test_that_the_converted_encoder_equals_the_network_written_out(store: ModelStore) -> None:
    mel = np.abs(np.random.default_rng(0).normal(size=(3, 80, CHANNELS))).astype(np.float32)
    embedder = open_speaker_embedder(store)
    vectors = embedder.embed(mel)
    assert np.abs(vectors - written_out(read_checkpoint(original(store))["model_state"], mel)).max() < 1e-5
    prefixes = embedder.embed_prefixes(mel)
    assert prefixes.shape == (3, 2, 256)
    assert np.allclose(prefixes[:, 1], vectors, atol=1e-6)
    assert np.allclose(prefixes[:, 0], embedder.embed(mel[:, :40]), atol=1e-6)
    assert embedder.embed(mel[:0]).shape == (0, 256)


@pytest.mark.parametrize("content", [b"", b"nonsense" * 40, b"\x80\x02cos\nsystem\n(S'true'\ntR."])
def test_that_a_file_that_is_no_encoder_is_named_and_runs_nothing(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "strange ü.pt"
    source.write_bytes(content)
    with pytest.raises(ModelCorrupt, match="strange ü"):
        ge2e.convert(source, tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


@pytest.mark.parametrize("kept", [0.1, 0.95])
def test_that_a_cut_off_encoder_is_refused(store: ModelStore, tmp_path: Path, kept: float) -> None:
    content = original(store).read_bytes()
    (tmp_path / "cut.pt").write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ModelCorrupt, match=r"cut\.pt"):
        ge2e.convert(tmp_path / "cut.pt", tmp_path / "out.onnx")


def test_that_a_tone_lies_in_the_channel_of_its_pitch() -> None:
    seconds = np.arange(16_000) / 16_000
    low, high = (mel_frames(np.sin(2 * np.pi * hz * seconds).astype(np.float32)).mean(axis=0) for hz in (300, 3000))
    assert mel_frames(np.zeros(399, np.float32)).shape == (0, 40)
    assert mel_frames(np.zeros(16_000, np.float32)).shape == (98, 40)
    assert int(low.argmax()) < int(high.argmax())
    assert low.max() > 100 * np.median(low)


def test_that_a_model_of_another_purpose_is_refused(store: ModelStore) -> None:
    with pytest.raises(UnknownModel, match="knows no voices"):
        open_speaker_embedder(store, "blazeface-full-range")
