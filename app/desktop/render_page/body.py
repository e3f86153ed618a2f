"""How the three zones lie: looks and materials, the preview, texts and renders."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from app.desktop.render_page.looks_pane import PARTS, LooksPane
from app.desktop.render_page.preview_pane import PREVIEW, RESULT, PreviewPane
from app.desktop.render_page.texts_pane import CAPTIONS, RENDERS, TextsPane

LEFT_SHARE, LEFT_PX = 0.28, (336, 480)
RIGHT_SHARE, RIGHT_PX = 0.3, (360, 540)
LEAST_PX = 280
ZONES = 3


class RenderBody(QWidget):
    """Owns the zones."""

    def __init__(self, looks: LooksPane, preview: PreviewPane, texts: TextsPane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looks = looks
        self.preview = preview
        self.texts = texts
        self._split = QSplitter(Qt.Orientation.Horizontal)
        for pane in (self.looks, self.preview, self.texts):
            self._split.addWidget(pane)
            pane.setMinimumWidth(LEAST_PX)
        self._split.setChildrenCollapsible(False)
        for at, stretch in enumerate((0, 1, 0)):
            self._split.setStretchFactor(at, stretch)
        self._own_sizes = False
        """Whether the person decided how wide the zones are."""
        self._split.splitterMoved.connect(lambda _place, _at: self._keep_sizes())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._split)

    def show_preview(self) -> None:
        """The cut that is being made."""
        self.preview.show_part(PREVIEW)

    def show_part(self, part: str) -> None:
        """PREVIEW, RESULT, CAPTIONS, RENDERS or one of the left side's PARTS."""
        if part == PREVIEW or (part == RESULT and self.preview.has_result):
            self.preview.show_part(part)
        elif part in {CAPTIONS, RENDERS}:
            self.texts.show_part(part)
        elif part in PARTS:
            self.looks.show_part(part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until the person says otherwise, both sides have their share of the width, within limits."""
        super().resizeEvent(event)
        if not self._own_sizes:
            left, right = _share(event, LEFT_SHARE, LEFT_PX), _share(event, RIGHT_SHARE, RIGHT_PX)
            self._split.setSizes([left, max(event.size().width() - left - right, LEAST_PX), right])

    def _keep_sizes(self) -> None:
        self._own_sizes = True

    def sizes(self) -> list[int]:
        """How wide the person made the zones, in pixels; empty while they are as wide as usual."""
        return self._split.sizes() if self._own_sizes else []

    def restore_sizes(self, sizes: object) -> None:
        """As they were."""
        if isinstance(sizes, list) and len(sizes) == ZONES and all(isinstance(one, int) and one > 0 for one in sizes):
            self._own_sizes = True
            self._split.setSizes(sizes)

    def stop(self) -> None:
        """End the threads of the zones."""
        self.looks.stop()
        self.texts.stop()
        self.preview.player.stop()


def _share(event: QResizeEvent, share: float, limits_px: tuple[int, int]) -> int:
    least, most = limits_px
    return min(max(round(event.size().width() * share), least), most)
