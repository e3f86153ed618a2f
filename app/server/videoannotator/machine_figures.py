"""The computer and this process, as the system tells."""

import platform
import sys
import threading
from typing import Any

import psutil

from app.server.context import ServerContext
from app.server.videoannotator.storage_figures import disk_of
from core.scanning import machine


def system_figures(context: ServerContext) -> dict[str, Any]:
    """The document's ``system``; sizes in bytes. ``cpu_percent`` since somebody asked last."""
    memory, disk = psutil.virtual_memory(), disk_of(context.library)
    return {
        "platform": platform.platform(),
        "python_version": platform.python_version(),
        "cpu_count": psutil.cpu_count() or 1,
        "cpu_percent": machine.cpu().usage_percent,
        "memory_percent": float(memory.percent),
        "memory": {
            "total": memory.total,
            "available": memory.available,
            "percent": float(memory.percent),
            "used": memory.used,
            "free": memory.free,
        },
        "disk": {
            "total": disk.total_bytes,
            "used": disk.used_bytes,
            "free": disk.free_bytes,
            "percent": disk.used_percent,
        },
    }


def process_figures() -> dict[str, Any]:
    """This process with its children; sizes in bytes, times in seconds."""
    me = psutil.Process()
    with me.oneshot():
        times, resident = me.cpu_times(), me.memory_info().rss
    children = me.children(recursive=True)
    return {
        "pid": me.pid,
        "memory_bytes": resident,
        "cpu_seconds": round(times.user + times.system, 2),
        "threads": threading.active_count(),
        "child_processes": len(children),
        "child_memory_bytes": sum(_resident_bytes(child) for child in children),
        "executable": sys.executable,
    }


def _resident_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0  # it ended just now
