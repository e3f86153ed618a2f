"""Memory of NVIDIA cards, in bytes, as their driver tells."""

import logging
import threading
from dataclasses import dataclass

import psutil
import pynvml

log = logging.getLogger(__name__)

_LOCK = threading.Lock()  # one thread must not shut the driver's library down under another


@dataclass(frozen=True, slots=True)
class GpuMemory:
    """``allocated_bytes``: held by this process and its children; ``reserved_bytes``: in use by all programs."""

    gpu: str
    allocated_bytes: int
    reserved_bytes: int
    total_bytes: int


NO_CARD = GpuMemory("0", 0, 0, 0)


def gpu_memory() -> tuple[GpuMemory, ...]:
    """Each card; without a driver, one card without memory, so that the series is there."""
    with _LOCK:
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            log.debug("no NVIDIA driver: %s", error)
            return (NO_CARD,)
        try:
            return tuple(_memory_of(index) for index in range(pynvml.nvmlDeviceGetCount())) or (NO_CARD,)
        except pynvml.NVMLError as error:
            log.warning("the NVIDIA driver tells nothing: %s", error)
            return (NO_CARD,)
        finally:
            pynvml.nvmlShutdown()


def _memory_of(index: int) -> GpuMemory:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    ours = _own_processes()
    held = sum(one.usedGpuMemory or 0 for one in pynvml.nvmlDeviceGetComputeRunningProcesses(handle) if one.pid in ours)
    return GpuMemory(str(index), int(held), int(memory.used), int(memory.total))


def _own_processes() -> set[int]:
    me = psutil.Process()
    return {me.pid, *(child.pid for child in me.children(recursive=True))}
