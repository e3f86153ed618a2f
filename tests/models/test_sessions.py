"""Which device inference runs on, and why; never another one in silence."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import models.sessions
from models.errors import DeviceUnavailable, ModelCorrupt
from models.sessions import Device, describe_devices, open_session, resolve_device
from tests.models.nets import write_embedder

CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"


@pytest.fixture
def net(tmp_path: Path) -> Path:
    return write_embedder(tmp_path / "Ünïcödé 你好" / "net.onnx")


@pytest.fixture
def only_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """An onnxruntime with nothing but the CPU."""
    monkeypatch.setattr(models.sessions.ort, "get_available_providers", lambda: [CPU])


@pytest.fixture
def cuda_without_driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An onnxruntime that was built with CUDA on a machine where it does not start."""
    if CUDA in models.sessions.ort.get_available_providers():
        pytest.skip("CUDA is really here")
    models.sessions._start_trouble.cache_clear()
    monkeypatch.setattr(models.sessions.ort, "get_available_providers", lambda: [CUDA, CPU])
    yield
    models.sessions._start_trouble.cache_clear()


@pytest.fixture
def cuda_that_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA that starts, and then refuses every model."""
    monkeypatch.setattr(models.sessions, "_trouble", lambda device: "" if device in {"cuda", "cpu"} else "absent")
    real = models.sessions._session_on

    def on(model: Path | bytes, device: Device, threads: int, *, exact: bool = False) -> object:
        refusal = (None, "it has an operator that it lacks")
        return refusal if device == "cuda" else real(model, device, threads, exact=exact)

    monkeypatch.setattr(models.sessions, "_session_on", on)


@pytest.mark.usefixtures("only_cpu")
def test_that_auto_says_what_it_uses_and_why() -> None:
    choice = resolve_device("auto")
    assert (choice.device, choice.provider) == (Device.CPU, CPU)
    assert choice.reason == "CPU: no CUDA, DirectML or CoreML provider in this onnxruntime"


def test_that_the_cpu_asked_for_by_name_is_always_there() -> None:
    assert resolve_device(" CPU ").reason == "CPU: asked for by name"


@pytest.mark.usefixtures("only_cpu")
@pytest.mark.parametrize(
    ("name", "called"),
    [("cuda", "CUDA"), ("directml", "DirectML"), ("dml", "DirectML"), ("coreml", "CoreML"), ("mps", "CoreML"),
     ("metal", "CoreML"), ("Apple", "CoreML")],
)  # fmt: skip
def test_that_a_device_asked_for_by_name_is_not_replaced_in_silence(name: str, called: str, net: Path) -> None:
    with pytest.raises(DeviceUnavailable, match=rf"{called} cannot be used.*Choose device auto or cpu"):
        open_session(net, device=name)


@pytest.mark.parametrize("name", ["mps", "metal", "apple"])
def test_that_the_documents_names_for_apple_mean_coreml(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.sessions, "_trouble", lambda _device: "")
    assert resolve_device(name).device is Device.COREML


def test_that_an_unknown_device_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(DeviceUnavailable, match=r"'tpu'.*auto, cpu, cuda, directml, coreml, mps, metal, apple"):
        resolve_device("tpu")


@pytest.mark.usefixtures("cuda_without_driver")
def test_that_a_provider_that_does_not_start_is_told_from_one_that_is_there(net: Path) -> None:
    choice = resolve_device("auto")
    assert choice.device is Device.CPU
    assert "CUDA does not start here" in choice.reason
    assert open_session(net).get_providers() == [CPU]
    with pytest.raises(DeviceUnavailable, match="CUDA cannot be used"):
        resolve_device("cuda")
    assert not {one.name: one for one in describe_devices()}["cuda"].available


@pytest.mark.usefixtures("cuda_that_starts")
def test_that_a_model_that_the_device_refuses_runs_on_the_cpu_only_with_auto_and_said(
    net: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert open_session(net, device="auto").get_providers() == [CPU]
    assert "CPU for net.onnx: CUDA does not take it (it has an operator that it lacks)" in caplog.text
    with pytest.raises(DeviceUnavailable, match=r"CUDA does not take the model net\.onnx.*Choose device cpu"):
        open_session(net, device="cuda")


def test_that_every_device_is_described_and_one_is_used() -> None:
    reports = describe_devices()
    assert {one.name for one in reports} == {"cuda", "directml", "coreml", "cpu"}
    assert all(one.reason for one in reports)
    used = [one for one in reports if one.reason.startswith("used by auto")]
    assert [one.available for one in used] == [True]


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x08\x08" * 50])
def test_that_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken ü.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelCorrupt, match="broken ü") as caught:
        open_session(path, device="cpu")
    assert "\n" not in str(caught.value)


def test_that_idle_sessions_use_no_processor(net: Path) -> None:
    session = open_session(net, device="cpu", threads=2)
    session.run(None, {"data": np.zeros((4, 3, 112, 112), np.float32)})
    began = time.process_time()
    time.sleep(0.5)
    assert time.process_time() - began < 0.1


def test_that_onnxruntime_is_told_not_to_report_to_its_maker(net: Path) -> None:
    import os

    open_session(net, device="cpu")
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
