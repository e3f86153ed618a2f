"""Line icons, tinted by the colours of the theme and sharp at every scale."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from widgets.theme import RESOURCES, current_theme

_SIZES_PX = (16, 20, 24, 32, 40, 48)
_APP_ICON_SIZES_PX = (16, 24, 32, 48, 64, 128, 256)
_APP_ICON = "rushes"


@lru_cache(maxsize=1)
def icon_names() -> tuple[str, ...]:
    """Names of the icons that can be tinted."""
    return tuple(sorted(path.stem for path in (RESOURCES / "icons").glob("*.svg") if path.stem != _APP_ICON))


def icon(name: str, colour: str = "icon") -> QIcon:
    """An icon in a named colour of the theme of now, also disabled and checked. ValueError: no such name."""
    theme = current_theme()
    return _icon(name, theme.colour(colour).name(), theme.colour("icon_disabled").name(), theme.colour("accent").name())


def icon_pixmap(name: str, size_px: int, colour: str | QColor = "icon", ratio: float = 1.0) -> QPixmap:
    """An icon for a widget that paints itself; ``ratio`` is the device-pixel ratio of where it is painted."""
    tint = colour if isinstance(colour, QColor) else current_theme().colour(colour)
    return _pixmap(name, round(size_px * ratio), tint.name(QColor.NameFormat.HexArgb), ratio)


def paint_icon(painter: QPainter, name: str, rect: QRectF, colour: str | QColor = "icon") -> None:
    """Paint an icon into the middle of a rectangle, as large as fits."""
    size_px = min(rect.width(), rect.height())
    device = painter.device()
    pixmap = icon_pixmap(name, round(size_px), colour, device.devicePixelRatioF() if device is not None else 1.0)
    top_left = rect.center() - QRectF(0, 0, size_px, size_px).center()
    painter.drawPixmap(top_left, pixmap)


@lru_cache(maxsize=1)
def app_icon() -> QIcon:
    """The icon of the application."""
    renderer = QSvgRenderer(str(RESOURCES / "icons" / f"{_APP_ICON}.svg"))
    made = QIcon()
    for size_px in _APP_ICON_SIZES_PX:
        made.addPixmap(_painted(renderer, size_px))
    return made


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, disabled: str, checked: str) -> QIcon:
    made = QIcon()
    for size_px in _SIZES_PX:
        made.addPixmap(_pixmap(name, size_px, colour, 1.0))
        made.addPixmap(_pixmap(name, size_px, disabled, 1.0), QIcon.Mode.Disabled)
        made.addPixmap(_pixmap(name, size_px, checked, 1.0), QIcon.Mode.Normal, QIcon.State.On)
    return made


@lru_cache(maxsize=1024)
def _pixmap(name: str, device_px: int, colour: str, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", QColor(colour).name()).encode()))
    pixmap = _painted(renderer, max(device_px, 1), QColor(colour).alphaF())
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    if name not in icon_names():
        raise ValueError(f"no icon is called {name!r}")
    return (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _painted(renderer: QSvgRenderer, size_px: int, opacity: float = 1.0) -> QPixmap:
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return pixmap
