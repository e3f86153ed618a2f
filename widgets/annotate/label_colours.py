"""Which colour a label has: the same in every lane, so that two coders can be compared by looking."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from widgets.annotate.lane_data import LaneRow
from widgets.identity_look import identity_colour
from widgets.theme import Theme

NEUTRAL = -1
"""Marks without a label, and sentences."""


class LabelColours:
    """Labels get the colours of identities in the order in which they come, and keep them."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def learn(self, rows: Iterable[LaneRow]) -> None:
        """Give new labels colours; vocabularies come first."""
        shown = [row for row in rows if row.colour is None]
        for row in shown:
            self._give(row.vocabulary)
        for row in shown:
            if not row.is_text:
                self._give(row.labels)

    def of(self, row: LaneRow) -> npt.NDArray[np.int32]:
        """The colour index of each of the lane's labels, in their order."""
        if row.colour is not None:
            return np.full(len(row.labels), row.colour, np.int32)
        return np.array([self.of_label(row, label) for label in row.labels], np.int32)

    def of_label(self, row: LaneRow, label: str) -> int:
        """The colour index of one label in a lane."""
        return row.colour if row.colour is not None else self._given.get(label, NEUTRAL)

    def main(self, row: LaneRow) -> int:
        """The colour that stands for the whole lane: its own, else that of its most used label."""
        if row.colour is not None or not len(row.marks):
            return NEUTRAL if row.colour is None else row.colour
        most = int(np.bincount(row.label_index).argmax())
        return self.of_label(row, row.labels[most])

    def _give(self, labels: Iterable[str]) -> None:
        for label in labels:
            if label:
                self._given.setdefault(label, len(self._given))


def mark_colour(index: int, theme: Theme) -> QColor:
    """The colour of an index."""
    return identity_colour(index) if index >= 0 else theme.colour("text_faint")
