"""The strip of thumbnails: as many side by side as fit, each at its own time."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QPainter

from widgets.image_loader import ImageLoader
from widgets.theme import Theme
from widgets.timeline.scene import Scene
from widgets.timeline.time_axis import TimeAxis


def paint_thumbs(
    painter: QPainter, row: QRect, axis: TimeAxis, scene: Scene, loader: ImageLoader, theme: Theme, ratio: float
) -> None:
    """Paint the thumbnails that are there, ask for the others. Places belong to times: they move with the view."""
    area = row.adjusted(0, 4, 0, -2)
    if area.height() <= 0 or not len(scene.thumb_times_s):
        return
    width_px = max(round(area.height() * scene.thumb_aspect), 8)
    size_px = QSize(width_px, area.height()) * ratio
    slot_s = width_px / axis.px_per_s
    first, last = math.floor(axis.left_s / slot_s), math.ceil(axis.right_s / slot_s)
    wanted: list[tuple[float, int]] = []
    for slot in range(first, last + 1):
        index = scene.thumb_near(min((slot + 0.5) * slot_s, scene.duration_s))
        wanted.append((area.left() + axis.x_px(slot * slot_s), index))
    loader.keep_only({index for _x, index in wanted})
    for x_px, index in wanted:
        image = loader.image(index, size_px)
        place = QRectF(x_px, area.top(), width_px - 1, area.height())
        if image is None:
            painter.fillRect(place, theme.colour("raised"))
            continue
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(x_px, area.top()), image)
        painter.fillRect(QRectF(x_px + width_px - 1, area.top(), 1, area.height()), theme.colour("surface"))
