"""A process that is killed at a chosen moment of adding or measuring a video: ``library file moment``."""

import os
import signal
import sys
from pathlib import Path

from core.library.chores import Chores
from core.library.library import Library
from core.procedures import videos
from core.procedures.records import NewVideo


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, file: Path, moment: str) -> None:
    library = Library.open(folder, holder="dying")
    if moment == "taken_in":
        videos.Videos._take_over.__globals__["_insert"] = die
    elif moment == "renamed":
        videos.Videos._take_over.__globals__["owned_name"] = die
    elif moment == "committed":
        videos.Videos._take_over.__globals__["sync_folders"] = die
    if moment in {"taken_in", "renamed", "committed"}:
        library.procedures.add_and_ingest(NewVideo("t", "gold", file, owned=True), requested_by="token:operator")
    video = library.procedures.add_video("t", "gold", file, actor="test")
    pending = library.procedures.new_embedding(video.video_id)
    (pending.folder / "moments.npz").write_bytes(b"measured")
    if moment == "embedding_written":
        die()
    elif moment == "embedding_renamed":
        videos.embeddings.insert = die  # type: ignore[assignment]
    else:
        Chores.do = die  # type: ignore[method-assign]
    library.procedures.publish_embedding(
        pending, model="m", model_version="1", params={}, num_clips=4, source_fps=25.0, sampled_fps=4.0
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
