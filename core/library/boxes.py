"""A track's boxes as one value of the database: columns behind each other, little-endian.

Layout: uint32 n, int32 frames[n], float64 t_s[n], float32 bbox[n, 4], float32 score[n]: 32 bytes a box and 4.
"""

import numpy as np
import numpy.typing as npt

_HEADER_BYTES = 4
_ROW_BYTES = 4 + 8 + 16 + 4

Unpacked = tuple[npt.NDArray[np.int32], npt.NDArray[np.float64], npt.NDArray[np.float32], npt.NDArray[np.float32]]


def pack_boxes(frames: npt.ArrayLike, t_s: npt.ArrayLike, bbox: npt.ArrayLike, score: npt.ArrayLike) -> bytes:
    """Pack frames int32 (n,), t_s float64 (n,), bbox float32 (n, 4) and score float32 (n,).

    Raises ValueError when the lengths differ.
    """
    columns = (
        np.asarray(frames, "<i4").reshape(-1),
        np.asarray(t_s, "<f8").reshape(-1),
        np.asarray(bbox, "<f4").reshape(-1, 4),
        np.asarray(score, "<f4").reshape(-1),
    )
    count = len(columns[0])
    if any(len(column) != count for column in columns):
        raise ValueError(f"columns of {[len(column) for column in columns]} boxes")
    return count.to_bytes(_HEADER_BYTES, "little") + b"".join(column.tobytes() for column in columns)


def unpack_boxes(blob: bytes) -> Unpacked:
    """The four arrays of :func:`pack_boxes`, read-only views where the machine is little-endian.

    Raises ValueError for bytes that it did not make.
    """
    count = int.from_bytes(blob[:_HEADER_BYTES], "little")
    if len(blob) != _HEADER_BYTES + count * _ROW_BYTES:
        raise ValueError(f"{len(blob)} bytes cannot hold {count} boxes")
    offset = _HEADER_BYTES
    frames = np.frombuffer(blob, "<i4", count, offset)
    offset += 4 * count
    t_s = np.frombuffer(blob, "<f8", count, offset)
    offset += 8 * count
    bbox = np.frombuffer(blob, "<f4", 4 * count, offset).reshape(count, 4)
    offset += 16 * count
    score = np.frombuffer(blob, "<f4", count, offset)
    return (
        frames.astype(np.int32, copy=False),
        t_s.astype(np.float64, copy=False),
        bbox.astype(np.float32, copy=False),
        score.astype(np.float32, copy=False),
    )
