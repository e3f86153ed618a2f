"""Writes a picture of the window as a small PNG."""

import io
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

COLOURS = 256


def save_small_png(image: QImage, target: Path) -> int:
    """Write with a palette of 256 colours, through a temporary file; returns the bytes written."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, Qt takes both
    small = _with_palette(bytes(data.data()))
    temp = target.with_name(f".{target.name}.tmp")
    target.parent.mkdir(parents=True, exist_ok=True)
    temp.write_bytes(small)
    temp.replace(target)
    return len(small)


def _with_palette(png: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        reduced = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = io.BytesIO()
    reduced.save(out, "PNG", optimize=True)
    return min((out.getvalue(), png), key=len)
