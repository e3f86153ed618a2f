"""The picture that stands for an episode: the frame with its clearest face, else one from its first third."""

from collections.abc import Sequence
from pathlib import Path

from core.analysis.crops import encode_crop
from core.faces.types import Detection, Track
from core.media.decode import decode_range
from core.media.pictures import PictureMaker
from core.media.types import FrameTable, MediaInfo

POSTER_LONG_SIDE_PX = 480


def write_poster(path: Path, media: MediaInfo, tracks: Sequence[Track], table: FrameTable) -> None:
    """Decode one frame exactly and write it as JPEG; ``tracks`` may be empty."""
    pts = _poster_pts(tracks, table)
    scale = min(1.0, POSTER_LONG_SIDE_PX / max(media.width_px, media.height_px))
    size = (max(2, round(media.width_px * scale)), max(2, round(media.height_px * scale)))
    for decoded in decode_range(media.path, start_pts=pts):
        path.write_bytes(encode_crop(PictureMaker(media).rgb(decoded.frame, size), 85))
        return


def _poster_pts(tracks: Sequence[Track], table: FrameTable) -> int:
    faces = [one for track in tracks for one in track.detections if one.quality is not None]
    if not faces:
        return int(table.pts[len(table) // 3])
    return max(faces, key=_clarity).pts


def _clarity(one: Detection) -> tuple[float, int]:
    """Clear and large; the earlier of equals, so that the choice is the same each time."""
    x0, y0, x1, y1 = one.bbox
    overall = one.quality.overall if one.quality is not None else 0.0
    return round(overall * (min((x1 - x0) * (y1 - y0), 0.2) + 0.05), 6), -one.frame
