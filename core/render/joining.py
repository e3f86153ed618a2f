"""Whether files of segments are whole, and can stand behind each other without being encoded again."""

from collections.abc import Sequence
from pathlib import Path

from core.errors import RushesError


def is_whole(path: Path, frame_count: int) -> bool:
    """Whether a segment's file is there with all its frames."""
    from core.render.output_check import read_facts  # noqa: PLC0415  loads av

    if not path.is_file():
        return False
    try:
        return read_facts(path).frame_count == frame_count
    except RushesError:
        return False


def can_be_joined(files: Sequence[Path]) -> bool:
    """Whether all of them have the same parameter sets, which stand once in the joined file."""
    return len({_parameter_sets(path) for path in files}) <= 1


def _parameter_sets(path: Path) -> bytes:
    from core.media.container import open_media  # noqa: PLC0415  loads av

    with open_media(path) as container:
        return bytes(container.streams.video[0].codec_context.extradata or b"")
