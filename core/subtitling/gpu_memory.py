"""How much memory of graphics cards our own processes hold, as NVIDIA's driver tells."""

import logging

log = logging.getLogger(__name__)


def held_mb() -> int | None:
    """MiB held by this process and its children on all cards; None when the driver is absent or does not tell."""
    try:
        import pynvml  # noqa: PLC0415  asks the driver, only for work on a card

        pynvml.nvmlInit()
    except Exception as error:  # noqa: BLE001  the library is absent, or raises kinds of its own without a driver
        log.debug("no driver to ask for memory: %s", error)
        return None
    try:
        ours = _own_processes()
        held = [
            one.usedGpuMemory
            for index in range(pynvml.nvmlDeviceGetCount())
            for one in pynvml.nvmlDeviceGetComputeRunningProcesses(pynvml.nvmlDeviceGetHandleByIndex(index))
            if one.pid in ours and one.usedGpuMemory
        ]
    except pynvml.NVMLError as error:
        log.debug("the driver does not tell the memory of processes: %s", error)
        return None
    finally:
        pynvml.nvmlShutdown()
    return round(sum(held) / 2**20) if held else None


def _own_processes() -> set[int]:
    import psutil  # noqa: PLC0415  as above

    me = psutil.Process()
    return {me.pid, *(child.pid for child in me.children(recursive=True))}
