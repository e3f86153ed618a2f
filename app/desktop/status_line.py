"""The status bar: library, jobs, device, and the time and frame on screen."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from widgets.flow import ElidedLabel, IconButton, label
from widgets.job_list import JobTray


class StatusLine(QStatusBar):
    """One line at the bottom of the window."""

    library_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setAccessibleName(self.tr("Status"))
        self._library = ElidedLabel("", "small", mode=Qt.TextElideMode.ElideMiddle)
        self.tray = JobTray()
        self._device = label("", "small")
        self._device.setAccessibleName(self.tr("Device in use"))
        self._place = label("", "small")
        self._place.setAccessibleName(self.tr("Time and frame"))
        for words in (self._place, self._device):
            words.setContentsMargins(0, 0, 16, 0)
        self.bell = IconButton("bell", self.tr("Notices"), size_px=16)
        self.setContentsMargins(12, 0, 12, 0)
        self.addWidget(self._library, 1)
        for widget in (self._place, self._device, self.tray, self.bell):
            self.addPermanentWidget(widget)
        self.clear_place()

    def show_library(self, folder: Path | None) -> None:
        """The library's folder."""
        self._library.set_text("" if folder is None else str(folder))

    def show_device(self, name: str, reason: str) -> None:
        """What inference runs on; the reason is the tool tip."""
        self._device.setText(name)
        self._device.setToolTip(reason)
        self._device.setVisible(bool(name))

    def show_unread(self, count: int) -> None:
        """How many messages came since the list was seen."""
        self.bell.set_icon("bell", "accent" if count else "icon")
        self.bell.set_tip(self.tr("{count} new notices").format(count=count) if count else self.tr("Notices"))

    def show_place(self, time: str, frame: str) -> None:
        """Time and decoded-frame index of the picture on screen."""
        self._place.setText(f"{time}   {frame}".strip())
        self._place.setVisible(bool(time or frame))

    def clear_place(self) -> None:
        """No picture is on screen."""
        self.show_place("", "")

    @property
    def place_label(self) -> QLabel:
        """Where time and frame are written."""
        return self._place

    @property
    def device_label(self) -> QLabel:
        """Where the device in use is written."""
        return self._device
