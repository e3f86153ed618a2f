"""A process that is killed at a chosen moment of publishing a run: ``folder ep_id moment``."""

import os
import signal
import sys
from pathlib import Path

from core.library.chores import Chores
from core.library.library import Library
from core.library.store import Store


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, ep_id: str, moment: str) -> None:
    library = Library.open(folder, holder="dying")
    run = library.runs.begin(ep_id, "detect_track", {}, {})
    (run.path / "detect_track.json").write_text("newer")
    if moment == "before_rename":
        Path.rename = die  # type: ignore[method-assign,assignment]
    elif moment == "after_rename":
        Store.write = die  # type: ignore[method-assign,assignment]
    else:
        Chores.do = die  # type: ignore[method-assign,assignment]
    library.runs.publish(run, {"text": "newer"}, None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
