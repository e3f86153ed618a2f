"""The right side: what the cut says, the one button, how far a render is, and the renders there are."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from widgets.flow import label, push_button, separator
from widgets.image_loader import Provide
from widgets.render import CaptionEditor, RenderList, SegmentStrip

CAPTIONS, RENDERS = "captions", "renders"


class TextsPane(QWidget):
    """Owns its parts; the Render button stays in sight."""

    render_requested = Signal()

    def __init__(self, provide: Provide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = CaptionEditor()
        self.renders = RenderList(provide)
        self.strip = SegmentStrip()
        self.render_button = push_button(self.tr("Render"), "render", "primary")
        self.why_not = label("", "small", wrap=True)
        self.leave_out = push_button(self.tr("Leave missing files out"), "", "link", small=True)
        self.tabs = QTabWidget()
        self._build()
        self.render_button.clicked.connect(self.render_requested)

    @property
    def shown(self) -> str:
        """CAPTIONS or RENDERS."""
        return RENDERS if self.tabs.currentIndex() == 1 else CAPTIONS

    def show_part(self, part: str) -> None:
        """Show the captions or the renders."""
        self.tabs.setCurrentIndex(1 if part == RENDERS else 0)

    def show_count(self, count: int) -> None:
        """So many renders are there."""
        words = self.tr("Renders  {count}").format(count=count) if count else self.tr("Renders")
        self.tabs.setTabText(1, words)

    def show_ready(self, ready: bool, why_not: str, words: str = "", *, missing: bool = False) -> None:
        """Whether Render can be pressed, why not, and what the button says; ``missing``: files are gone."""
        self.render_button.setEnabled(ready)
        self.render_button.setText(words or self.tr("Render"))
        self.why_not.setText(why_not)
        self.why_not.setVisible(bool(why_not))
        self.leave_out.setVisible(missing)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.renders.stop()

    def _build(self) -> None:
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName(self.tr("Captions and renders"))
        self.tabs.addTab(self.editor, self.tr("Captions"))
        self.tabs.addTab(self.renders, self.tr("Renders"))
        self.render_button.setMinimumHeight(38)
        self.strip.hide()
        self.why_not.hide()
        self.leave_out.hide()
        below = QVBoxLayout()
        below.setContentsMargins(14, 12, 14, 14)
        below.setSpacing(8)
        below.addWidget(self.strip)
        below.addWidget(self.why_not)
        below.addWidget(self.leave_out, 0, Qt.AlignmentFlag.AlignLeft)
        below.addWidget(self.render_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs, 1)
        column.addWidget(separator())
        column.addLayout(below)
