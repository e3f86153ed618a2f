"""The seam between stages and whatever does their units: this machine's cores, one thread, or a Dask cluster."""

from core.jobs.dask_pool import DaskPool
from core.jobs.inline_pool import InlinePool
from core.jobs.local_pool import LocalPool
from core.jobs.unit_pool import UnitPool
from core.jobs.unit_signals import report_unit, unit_canceled
from core.jobs.unit_worker import UnitFailed

__all__ = ["UnitFailed", "UnitPool", "dask_pool", "inline_pool", "local_pool", "report_unit", "unit_canceled"]


def local_pool(workers: int | None = None) -> UnitPool:
    """Worker processes of this machine; None = one for each core."""
    return LocalPool(workers)


def inline_pool() -> UnitPool:
    """Everything in the calling thread."""
    return InlinePool()


def dask_pool(address: str) -> UnitPool:
    """The workers of a Dask scheduler such as tcp://host:8786. Raises InvalidRequest when it cannot be used."""
    return DaskPool(address)
