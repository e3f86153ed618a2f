"""A process that edits as fast as it can, says each edit that was answered, and waits to be killed: ``folder``."""

import sys
from pathlib import Path

from core.library.library import Library
from tests.identities.made_episode import EP_ID


def main(folder: Path) -> None:
    library = Library.open(folder, holder="dying")
    for turn in range(1_000_000):
        track_id = f"track-{turn % 12 + 1:05d}"
        applied = library.moderation.move_tracks(EP_ID, [track_id], None)
        print(applied.edit_id, track_id, applied.change["new_id"], flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
