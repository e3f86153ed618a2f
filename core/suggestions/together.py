"""Who is seen together with whom: two faces in one picture are two people."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from core.library.library import Library
from core.review.boxes import track_boxes


class Together:
    """The pictures in which each track of one detection run was really found; tracks are read once."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._frames: dict[str, npt.NDArray[np.int32]] = {}

    def read(self, library: Library, ep_id: str, track_ids: Iterable[str]) -> None:
        """Read the boxes of those tracks that are not known yet."""
        unknown = [track_id for track_id in track_ids if track_id not in self._frames]
        if not unknown:
            return
        for boxes in track_boxes(library, ep_id, unknown, run_id=self.run_id):
            self._frames[boxes.track_id] = boxes.frames[~boxes.interpolated]

    def pairs(self, track_ids: Sequence[str]) -> csr_array:
        """Sparse (n, n): how many pictures two different tracks share, nothing on the diagonal."""
        nothing = np.zeros(0, np.int32)
        frames = [self._frames.get(track_id, nothing) for track_id in track_ids]
        count = len(track_ids)
        if not any(len(one) for one in frames):
            return empty_table((count, count))
        columns = np.concatenate(frames)
        starts = np.concatenate([[0], np.cumsum([len(one) for one in frames])])
        seen = csr_array((np.ones(len(columns), np.int32), columns, starts), shape=(count, int(columns.max()) + 1))
        shared = csr_array(seen @ seen.T)
        shared.setdiag(0)
        shared.eliminate_zeros()
        return shared


def empty_table(shape: tuple[int, int]) -> csr_array:
    """A sparse table of zeros."""
    return csr_array((np.zeros(0, np.int32), (np.zeros(0, np.int64), np.zeros(0, np.int64))), shape=shape)
