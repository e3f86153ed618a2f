"""Where the files of annotations lie inside a library folder."""

from pathlib import Path

INCOMING_PREFIX = ".incoming-"
MEDIA_PREFIX = "media-"
DOCUMENT = "document.json"
PROVENANCE = "provenance.json"


def annotations_folder(root: Path) -> Path:
    """A folder for each job that has results, and one for each video that the library owns."""
    return root / "annotations"


def job_folder(root: Path, job_id: str) -> Path:
    """What the pipelines of a job gave."""
    return annotations_folder(root) / job_id


def result_folder(root: Path, job_id: str, pipeline: str) -> Path:
    """What one pipeline gave; never changed after it appeared."""
    return job_folder(root, job_id) / "results" / pipeline


def media_folder(root: Path, media_id: int) -> Path:
    """An owned video, called ``source`` with its suffix."""
    return annotations_folder(root) / f"{MEDIA_PREFIX}{media_id:06d}"
