"""Graphics processors as the document tells them.

The document's ``pytorch_version`` and ``compatibility_warning`` are left out: nothing here runs on PyTorch. Whether
Rushes itself can compute on a device is told as ``usable`` with the reason, which is onnxruntime's own.
"""

import logging
from typing import Any

import pynvml

from app.server.sopilot.gpu_memory import gpu_memory
from core.scanning import machine

log = logging.getLogger(__name__)

_MB_IN_GB = 1024
_NONE = "No NVIDIA device, or no driver for one"


def gpu_summary() -> dict[str, Any]:
    """All devices with their memory in GiB."""
    devices = [
        {
            "name": one.name,
            "memory_total_gb": round(one.memory_total_mb / _MB_IN_GB, 1),
            "memory_free_gb": round(one.memory_free_mb / _MB_IN_GB, 1),
        }
        for one in machine.gpus()
    ]
    if not devices:
        return {"available": False, "device_count": 0, "devices": [], "reason": _NONE}
    return {"available": True, "device_count": len(devices), "devices": devices}


def gpu_figures() -> dict[str, Any]:
    """The first device in bytes: ``memory_allocated`` is held by Rushes, ``memory_reserved`` by all programs."""
    devices = machine.gpus()
    usable, reason = _usable()
    if not devices:
        return {"available": False, "reason": _NONE, "usable": usable, "usable_reason": reason}
    memory = {one.gpu: one for one in gpu_memory()}.get(str(devices[0].id))
    return {
        "available": True,
        "device_count": len(devices),
        "current_device": devices[0].id,
        "device_name": devices[0].name,
        "compute_capability": _compute_capability(devices[0].id),
        "memory_allocated": memory.allocated_bytes if memory else 0,
        "memory_reserved": memory.reserved_bytes if memory else devices[0].memory_used_mb * 1024**2,
        "memory_total": memory.total_bytes if memory else devices[0].memory_total_mb * 1024**2,
        "usable": usable,
        "usable_reason": reason,
    }


def _compute_capability(index: int) -> str | None:
    """Such as ``8.6``; None when the driver does not tell."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        log.debug("no NVIDIA driver: %s", error)
        return None
    try:
        major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(pynvml.nvmlDeviceGetHandleByIndex(index))
    except pynvml.NVMLError as error:
        log.debug("the NVIDIA driver does not tell the compute capability: %s", error)
        return None
    finally:
        pynvml.nvmlShutdown()
    return f"{major}.{minor}"


def _usable() -> tuple[bool, str]:
    from models.sessions import Device, resolve_device  # loads the inference runtime

    choice = resolve_device("auto")
    return choice.device is not Device.CPU, choice.reason
