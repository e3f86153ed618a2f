"""Go to a time or a frame that the person writes."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from widgets.flow import label
from widgets.time_text import format_time, parse_time


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go: a second or a decoded frame; the other one is None."""

    t_s: float | None = None
    frame: int | None = None


def parse_place(text: str) -> Place:
    """``1:02.5`` is a time; ``#420``, ``f420`` or ``420f`` is a frame. ValueError with what to write otherwise."""
    bare = text.strip().lower()
    if bare[:1] in {"#", "f"} or bare[-1:] == "f":
        digits = bare.strip("#f ")
        if not digits.isdigit():
            raise ValueError(f"{text!r} is not a frame; write # and its number, for example #420")
        return Place(frame=int(digits))
    return Place(t_s=parse_time(bare))


class GoToDialog(QDialog):
    """One field; Enter goes."""

    place_chosen = Signal(object)
    """A Place."""

    def __init__(self, t_s: float, frame: int, end_s: float, frames: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Go to"))
        self.setMinimumWidth(360)
        self._end_s, self._frames = end_s, frames
        self.field = QLineEdit(format_time(t_s))
        self.field.setAccessibleName(self.tr("Time or frame"))
        self.field.selectAll()
        self._error = label("", "error", wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go = buttons.addButton(self.tr("Go"), QDialogButtonBox.ButtonRole.AcceptRole)
        go.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(label(self.tr("Time, or # and a frame number"), "strong"))
        column.addWidget(self.field)
        hint = self.tr("0:00:00.000 to {end}, or #0 to #{last}. Now: #{frame}").format(
            end=format_time(end_s), last=max(0, frames - 1), frame=frame
        )
        column.addWidget(label(hint, "small", wrap=True))
        column.addWidget(self._error)
        column.addWidget(buttons)
        self._error.hide()

    def accept(self) -> None:
        """Go there, or say what is wrong with the place."""
        try:
            place = parse_place(self.field.text())
            self._check(place)
        except ValueError as error:
            self._error.setText(str(error))
            self._error.show()
            self.field.selectAll()
            self.field.setFocus()
            return
        self.place_chosen.emit(place)
        super().accept()

    def _check(self, place: Place) -> None:
        if place.t_s is not None and place.t_s > self._end_s:
            raise ValueError(self.tr("The video ends at {end}.").format(end=format_time(self._end_s)))
        if place.frame is not None and place.frame >= self._frames:
            raise ValueError(self.tr("The last frame is #{last}.").format(last=max(0, self._frames - 1)))
