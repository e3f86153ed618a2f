"""What this computer has and how busy it is: processor, memory, NVIDIA devices."""

import logging
import threading
import time
from collections.abc import Callable

import psutil
import pynvml

from core.errors import NotFound
from core.scanning.types import CpuUse, GpuUse, MemoryUse, Resources

log = logging.getLogger(__name__)

_GIB = 1024**3
_MIB = 1024**2
_LOCK = threading.Lock()

SHORTEST_S = 0.2
"""Processor times are counted in ticks of a hundredth of a second: less says little."""


class _Busy:
    """How busy all cores were since somebody asked last, in whatever thread: psutil's own count is by thread, and
    says 0 in each new one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle_s, self._total_s = _core_seconds()
        self._percent: float | None = None

    def percent(self) -> float:
        """In [0, 100]; the first answer waits until there is something to compare with."""
        with self._lock:
            if self._percent is None:
                time.sleep(SHORTEST_S)
            idle_s, total_s = _core_seconds()
            passed_s = total_s - self._total_s
            if passed_s >= SHORTEST_S or self._percent is None:
                share = 1 - (idle_s - self._idle_s) / passed_s if passed_s > 0 else 0.0
                self._percent = round(100 * min(1.0, max(0.0, share)), 1)
                self._idle_s, self._total_s = idle_s, total_s
            return self._percent


def _core_seconds() -> tuple[float, float]:
    """Seconds that all cores were idle, and in all, since the computer started."""
    now = psutil.cpu_times()
    # time of guests is counted in that of their users already
    total_s = sum(now) - getattr(now, "guest", 0.0) - getattr(now, "guest_nice", 0.0)
    return now.idle + getattr(now, "iowait", 0.0), total_s


_BUSY = _Busy()


def resources() -> Resources:
    """All at once."""
    return Resources(cpu(), memory(), gpus())


def cpu() -> CpuUse:
    """How busy all cores were since the last question; the first one takes a fifth of a second."""
    logical = psutil.cpu_count() or 1
    return CpuUse(
        usage_percent=_BUSY.percent(),
        count_logical=logical,
        count_physical=psutil.cpu_count(logical=False) or logical,
        frequency_mhz=_frequency_mhz(),
    )


def memory() -> MemoryUse:
    """Main memory."""
    now = psutil.virtual_memory()
    return MemoryUse(
        total_gb=round(now.total / _GIB, 2),
        used_gb=round((now.total - now.available) / _GIB, 2),
        free_gb=round(now.available / _GIB, 2),
        usage_percent=float(now.percent),
    )


def gpus() -> tuple[GpuUse, ...]:
    """NVIDIA devices by number; none without their driver."""
    with _LOCK:
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            log.debug("no NVIDIA driver: %s", error)
            return ()
        try:
            return tuple(_gpu(index) for index in range(pynvml.nvmlDeviceGetCount()))
        except pynvml.NVMLError as error:
            log.warning("the NVIDIA driver tells nothing: %s", error)
            return ()
        finally:
            pynvml.nvmlShutdown()


def gpu(device_id: int) -> GpuUse:
    """One NVIDIA device. Raises NotFound."""
    for one in gpus():
        if one.id == device_id:
            return one
    raise NotFound(f"There is no GPU {device_id} on this computer.", action="Look at the list of GPUs.")


def _frequency_mhz() -> float:
    try:
        now = psutil.cpu_freq()
    except (OSError, NotImplementedError, RuntimeError):  # containers and some chips do not tell
        return 0.0
    return round(float(now.current), 1) if now is not None else 0.0


def _gpu(index: int) -> GpuUse:
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    name = pynvml.nvmlDeviceGetName(handle)
    used = pynvml.nvmlDeviceGetMemoryInfo(handle)
    return GpuUse(
        id=index,
        name=name.decode() if isinstance(name, bytes) else str(name),
        memory_total_mb=used.total // _MIB,
        memory_used_mb=used.used // _MIB,
        memory_free_mb=used.free // _MIB,
        utilization_percent=_or_none(lambda: int(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu)),
    )


def _or_none(ask: Callable[[], int]) -> int | None:
    """Parts of a device (MIG) do not tell how busy they are."""
    try:
        return ask()
    except pynvml.NVMLError:
        return None
