"""One square picture per track, for lists: the clearest crop, cut to the face and scaled to the size asked for."""

from pathlib import Path

import numpy as np

from core.analysis.crop_table import CropTable
from core.analysis.crops import decode_crop, encode_crop
from models.faces import ImageArray
from models.opencv import cv2

FOLDER = "track_thumbs"


def write_track_thumbs(folder: Path, run_path: Path, crops: CropTable, *, size_px: int, quality: int) -> None:
    """``track_thumbs/track-00001.jpg`` in ``folder`` for every track with a crop that can be read."""
    (folder / FOLDER).mkdir()
    overall = crops.column("overall")
    for track_id, rows in crops.by_track():
        best = int(rows[np.argmax(overall[rows])])
        try:
            picture = decode_crop((run_path / crops.path(best)).read_bytes())
        except (ValueError, FileNotFoundError):
            continue  # the face itself is rejected as unreadable, with its reason
        (folder / FOLDER / f"{track_id}.jpg").write_bytes(encode_crop(_square(picture, size_px), quality))


def _square(picture: ImageArray, size_px: int) -> ImageArray:
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = np.ascontiguousarray(picture[top : top + side, left : left + side])
    method = cv2.INTER_AREA if size_px < side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(middle, (size_px, size_px), interpolation=method), np.uint8)
