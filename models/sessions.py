"""The one place that makes inference sessions, and says what they run on and why."""

import functools
import logging
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.errors import DeviceUnavailable, ModelCorrupt
from models.runtime import ort

_log = logging.getLogger(__name__)


class Device(StrEnum):
    """What inference can run on."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    DIRECTML = "directml"
    COREML = "coreml"


ALIASES = {"mps": Device.COREML, "metal": Device.COREML, "apple": Device.COREML, "dml": Device.DIRECTML}
_PROVIDERS = {
    Device.CUDA: "CUDAExecutionProvider",
    Device.DIRECTML: "DmlExecutionProvider",
    Device.COREML: "CoreMLExecutionProvider",
    Device.CPU: "CPUExecutionProvider",
}
_NAMES = {Device.CUDA: "CUDA", Device.DIRECTML: "DirectML", Device.COREML: "CoreML", Device.CPU: "CPU"}
_NEEDS = {
    Device.CUDA: "an NVIDIA GPU with its driver, CUDA and onnxruntime-gpu",
    Device.DIRECTML: "Windows with a DirectX 12 GPU and onnxruntime-directml",
    Device.COREML: "macOS",
}


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """What was chosen and why, in words for a person."""

    device: Device
    provider: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """Whether a device can be used here and why, or why not."""

    name: str
    available: bool
    reason: str


def resolve_device(name: str) -> DeviceChoice:
    """The device behind a name. Raises DeviceUnavailable for one that is unknown, or not there when asked by name."""
    wanted = name.strip().lower()
    device = ALIASES.get(wanted) or next((one for one in Device if one == wanted), None)
    if device is None:
        raise DeviceUnavailable(
            f"There is no device {name!r}.", action=f"Choose one of {', '.join([*Device, *ALIASES])}."
        )
    if device is Device.AUTO:
        return _best()
    trouble = _trouble(device)
    if trouble:
        raise DeviceUnavailable(
            f"{_NAMES[device]} cannot be used: {trouble}.",
            action=f"It needs {_NEEDS[device]}. Choose device auto or cpu.",
        )
    return DeviceChoice(device, _PROVIDERS[device], f"{_NAMES[device]}: asked for by name")


def open_session(path: Path, *, device: str = "auto", threads: int = 1, exact: bool = False) -> ort.InferenceSession:
    """A session on just the resolved device; ``threads`` is how many one operator uses on the CPU.

    ``exact``: a GPU counts with all digits of float32, as the CPU does, in place of the quicker TF32.

    With ``auto``, a model that the chosen device does not take runs on the CPU, which is logged with the reason.
    Raises DeviceUnavailable when a device asked for by name does not take the model, ModelCorrupt when the file is no
    model.
    """
    choice = resolve_device(device)
    session, refusal = _session_on(path, choice.device, threads, exact=exact)
    if session is not None:
        return session
    if choice.device is Device.CPU:
        raise ModelCorrupt(f"{path} cannot be loaded by onnxruntime: {refusal}.", action="Fetch the model again.")
    if device.strip().lower() != Device.AUTO:
        raise DeviceUnavailable(
            f"{_NAMES[choice.device]} does not take the model {path.name}: {refusal}.", action="Choose device cpu."
        )
    _log.warning("CPU for %s: %s does not take it (%s)", path.name, _NAMES[choice.device], refusal)
    return open_session(path, device=Device.CPU, threads=threads, exact=exact)


def describe_devices() -> list[DeviceReport]:
    """Every device with whether it can be used here and why."""
    chosen = _best()
    reports = []
    for device in _PROVIDERS:
        trouble = _trouble(device)
        reason = f"used by auto: {chosen.reason}" if device is chosen.device else trouble or "there"
        reports.append(DeviceReport(device, not trouble, reason))
    return reports


def _best() -> DeviceChoice:
    troubles = []
    for device in (Device.CUDA, Device.DIRECTML, Device.COREML):
        trouble = _trouble(device)
        if not trouble:
            return DeviceChoice(device, _PROVIDERS[device], f"{_NAMES[device]}: found in this onnxruntime")
        if _PROVIDERS[device] in ort.get_available_providers():
            troubles.append(f"{_NAMES[device]} does not start here ({trouble})")
    reason = "; ".join(troubles) or "no CUDA, DirectML or CoreML provider in this onnxruntime"
    return DeviceChoice(Device.CPU, _PROVIDERS[Device.CPU], f"CPU: {reason}")


def _trouble(device: Device) -> str:
    """Why a device cannot be used; empty when it can."""
    if _PROVIDERS[device] not in ort.get_available_providers():
        return f"no {_NAMES[device]} provider in this onnxruntime {ort.__version__}"
    return "" if device is Device.CPU else _start_trouble(device)


@functools.lru_cache(maxsize=len(_PROVIDERS))
def _start_trouble(device: Device) -> str:
    """Whether a device really starts: a provider may be built in while its driver or libraries are absent."""
    from models.convert.graph import tiny_model  # noqa: PLC0415  only where there is such a device

    session, refusal = _session_on(tiny_model(), device, 1)
    return "" if session is not None else refusal


def _session_on(
    model: Path | bytes, device: Device, threads: int, *, exact: bool = False
) -> tuple[ort.InferenceSession | None, str]:
    """A session that has the device, or None with the reason."""
    provider = _PROVIDERS[device]
    chosen = (provider, {"use_tf32": "0"}) if exact and device is Device.CUDA else provider
    providers = [chosen] if device is Device.CPU else [chosen, _PROVIDERS[Device.CPU]]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # onnxruntime only warns when it leaves a device out
            session = ort.InferenceSession(
                model if isinstance(model, bytes) else str(model), _options(device, threads), providers=providers
            )
    except Exception as error:  # noqa: BLE001  onnxruntime raises classes of its own, without a common root
        return None, first_line(error)
    if provider not in session.get_providers():
        return None, "onnxruntime left it out while loading"
    return session, ""


def _options(device: Device, threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads use no processor
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.enable_mem_pattern = device is not Device.DIRECTML  # DirectML's provider demands it off
    options.log_severity_level = 3
    return options


def first_line(error: Exception) -> str:
    """What an exception says, in a line without its full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__
