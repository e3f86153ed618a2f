"""Boxes packed into one value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from core.library.boxes import pack_boxes, unpack_boxes

ROWS = st.integers(min_value=0, max_value=40)


@given(st.data(), ROWS)
def test_that_boxes_come_back_bit_for_bit(data: st.DataObject, rows: int) -> None:
    frames = data.draw(st_numpy.arrays(np.int32, rows))
    t_s = data.draw(st_numpy.arrays(np.float64, rows))
    bbox = data.draw(st_numpy.arrays(np.float32, (rows, 4)))
    score = data.draw(st_numpy.arrays(np.float32, rows))
    blob = pack_boxes(frames, t_s, bbox, score)
    assert len(blob) == 4 + 32 * rows
    for packed, unpacked in zip((frames, t_s, bbox, score), unpack_boxes(blob), strict=True):
        assert unpacked.dtype == packed.dtype
        assert unpacked.tobytes() == packed.tobytes()


def test_that_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        pack_boxes([1, 2], [0.1], np.zeros((2, 4)), [0.5, 0.5])


def test_that_a_cut_off_value_is_refused() -> None:
    blob = pack_boxes([1], [0.1], np.zeros((1, 4)), [0.5])
    with pytest.raises(ValueError, match="cannot hold"):
        unpack_boxes(blob[:-1])
