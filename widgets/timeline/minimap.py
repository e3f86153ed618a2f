"""The overview above the timeline: everything at once, and the part on the screen as a window in it."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from widgets.theme import Theme
from widgets.timeline.painting import lane_colour
from widgets.timeline.scene import Scene
from widgets.timeline.strips import coverage, row_image
from widgets.timeline.time_axis import TimeAxis

_MOST_ROWS = 10


class Minimap:
    """Paints the overview; the picture of the contents is made once for each change of them."""

    def __init__(self) -> None:
        self._picture: QPixmap | None = None
        self._made_for: tuple[object, ...] = ()

    def paint(
        self, painter: QPainter, area: QRect, axis: TimeAxis, scene: Scene, now_s: float, theme: Theme, ratio: float
    ) -> None:
        """Paint contents, window and the time of now."""
        inner = area.adjusted(0, 4, 0, -4)
        painter.drawPixmap(inner.topLeft(), self._contents(inner, scene, theme, ratio))
        whole = TimeAxis(scene.duration_s, inner.width()).fitted()
        left, right = inner.left() + whole.x_px(axis.left_s), inner.left() + whole.x_px(axis.right_s)
        veil = theme.colour("surface", 0.55)
        painter.fillRect(QRectF(inner.left(), inner.top(), left - inner.left(), inner.height()), veil)
        painter.fillRect(QRectF(right, inner.top(), inner.right() + 1 - right, inner.height()), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(
            QRectF(left + 0.75, inner.top() - 0.25, max(right - left - 1.5, 3), inner.height() + 0.5), 3, 3
        )
        x = inner.left() + whole.x_px(now_s)
        painter.setPen(QPen(theme.colour("playhead"), 1.5))
        painter.drawLine(QPointF(x, area.top() + 2), QPointF(x, area.bottom() - 1))

    def _contents(self, area: QRect, scene: Scene, theme: Theme, ratio: float) -> QPixmap:
        made_for = (area.width(), area.height(), ratio, theme.name, scene.version, scene.duration_s)
        if self._picture is None or made_for != self._made_for:
            self._picture = _picture(area.width(), area.height(), scene, theme, ratio)
            self._made_for = made_for
        return self._picture


def _picture(width_px: int, height_px: int, scene: Scene, theme: Theme, ratio: float) -> QPixmap:
    device_px = max(round(width_px * ratio), 1)
    picture = QPixmap(device_px, max(round(height_px * ratio), 1))
    picture.setDevicePixelRatio(ratio)
    picture.fill(theme.colour("lane"))
    scale = device_px / scene.duration_s if scene.duration_s > 0 else 0.0
    lanes = scene.lanes[:_MOST_ROWS]
    row_px = min(height_px / max(len(lanes), 1), 6.0)
    painter = QPainter(picture)
    top_px = (height_px - row_px * len(lanes)) / 2
    for number, lane in enumerate(lanes):
        covered = coverage(lane.starts_s * scale, lane.ends_s * scale, device_px)
        place = QRectF(0, top_px + number * row_px + 0.2, width_px, max(row_px - 0.4, 1.2))
        strip = row_image(covered, QColor(lane_colour(lane, theme).rgb()))
        painter.drawImage(place, strip)
    painter.end()
    return picture
