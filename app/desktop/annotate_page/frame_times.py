"""When the frames of a film are shown: read from its packets, decoded nothing."""

from pathlib import Path

import numpy as np

from core.annotate.types import Times


def frame_times_of(path: Path) -> Times:
    """Seconds from the container's start of every frame, rising. Slow. Raises MediaMissing, UnsupportedMedia."""
    from core.media.frames import scan_frames

    table = scan_frames(path)
    return (table.pts - table.origin_pts).astype(np.float64) * float(table.time_base)
