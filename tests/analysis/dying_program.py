"""A program that analyses what waits in a library until it is killed: ``folder [hang]``.

With ``hang`` it stops in the middle of the stage cluster and says so by a file ``clustering`` in the library.
"""

import sys
import threading
import time
from pathlib import Path
from typing import Any

from core.analysis import cluster_stage
from core.analysis.jobs import registry
from core.jobs.executors import local_pool
from core.jobs.runner import Runner
from core.library.library import Library
from models.store import ModelStore
from tests.analysis.running import small_units


def main(folder: Path, *, hang: bool) -> None:
    """Runs jobs for ever."""

    def stuck(*_arguments: Any, **_options: Any) -> Any:
        (folder / "clustering").touch()
        time.sleep(600)

    if hang:
        cluster_stage.assign_identities = stuck
    with small_units():
        library = Library.open(folder, holder="dying program")
        Runner(library, registry(library, ModelStore(), local_pool(2))).work(threading.Event())


if __name__ == "__main__":
    main(Path(sys.argv[1]), hang="hang" in sys.argv[2:])
