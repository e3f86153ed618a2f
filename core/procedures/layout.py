"""Where the files of procedures lie inside a library folder."""

from pathlib import Path

INCOMING_PREFIX = ".incoming-"


def videos_folder(root: Path) -> Path:
    """One folder for each video of a procedure; apart from ``videos``, where uploaded episodes have their folders."""
    return root / "procedures"


def video_folder(root: Path, video_id: int) -> Path:
    """What was measured of a video, its stills, and its file if the library owns it."""
    return videos_folder(root) / str(video_id)


def embedding_folder(root: Path, video_id: int, embedding_id: int) -> Path:
    """A published embedding; never changed."""
    return video_folder(root, video_id) / f"embedding-{embedding_id:05d}"


def embedding_temp(root: Path, video_id: int, embedding_id: int) -> Path:
    """An embedding that is being written."""
    return video_folder(root, video_id) / f".embedding-{embedding_id:05d}.tmp"


def stills_folder(root: Path, video_id: int) -> Path:
    """Pictures of a video that were made for pages and reports."""
    return video_folder(root, video_id) / "stills"
