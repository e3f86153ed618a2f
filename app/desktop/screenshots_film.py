"""Two short films for the pictures of the Procedures page: a pump put together on a bench, as it should be and not."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen

WIDTH_PX, HEIGHT_PX, RATE = 640, 360, 12
STEPS = ("Set up the housing", "Lay in the seal", "Grease the seal", "Put on the lid", "Tighten the screws", "Test it")
CRITICAL = "Tighten the screws"
_MIDDLE = QPointF(330, 180)
_SCREWS = tuple(QPointF(330 + dx, 180 + dy) for dx, dy in ((-86, -68), (86, 68), (86, -68), (-86, 68)))
SEAL, GREASE, LID, TIGHTEN = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Act:
    """A step of a film: which one, and for how many seconds. ``step`` None = something that is no step."""

    step: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a film: one bench and one pair of gloves is not like another."""

    bench: str
    glove: str
    sleeve: str


GOLD = tuple(Act(step, 4.0) for step in range(len(STEPS)))
ATTEMPT = (Act(0, 4.5), Act(SEAL, 4.0), Act(LID, 3.6), Act(None, 4.0), Act(TIGHTEN, 8.4), Act(5, 4.0))
"""Nothing is greased, the phone rings, and the screws take more than twice as long."""
GOLD_LOOK = Look("#8d9aa5", "#2f6fb5", "#e9e4da")
ATTEMPT_LOOK = Look("#958f80", "#3a8f74", "#d8d2e6")


def gold_film(target: Path) -> Path:
    """How it is done: six steps of four seconds."""
    return _film(target, GOLD, GOLD_LOOK)


def attempt_film(target: Path) -> Path:
    """The same by someone who is learning it."""
    return _film(target, ATTEMPT, ATTEMPT_LOOK)


def gold_steps() -> tuple[tuple[float, float, str], ...]:
    """Start and end in seconds, and the name of each step of the gold film."""
    ends = np.cumsum([act.seconds for act in GOLD]).tolist()
    return tuple(zip([0.0, *ends[:-1]], ends, STEPS, strict=True))


def _film(target: Path, acts: Sequence[Act], look: Look) -> Path:
    import av

    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        number = 0
        for at, act in enumerate(acts):
            done = {one.step for one in acts[:at]}
            count = round(act.seconds * RATE)
            for share in np.arange(count) / count:
                frame = av.VideoFrame.from_ndarray(_picture(act.step, float(share), done, look), format="rgb24")
                frame.pts, frame.time_base = round(number * 1000 / RATE), Fraction(1, 1000)
                container.mux(stream.encode(frame))
                number += 1
        container.mux(stream.encode(None))
    return target


def _picture(step: int | None, share: float, done: set[int | None], look: Look) -> np.ndarray:
    image = QImage(WIDTH_PX, HEIGHT_PX, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _bench(painter, look)
    paint: dict[int, Callable[[QPainter, float], None]] = {0: _housing, 1: _seal, 2: _grease, 3: _lid, 4: _screws}
    for number, part in paint.items():
        if number in done:
            part(painter, 1.0)
    if step is None:
        _phone(painter, share, look)
    elif step in paint:
        paint[step](painter, share)
        _hands(painter, _hand_place(step, share), look)
    else:
        _test(painter, share)
        _hands(painter, QPointF(520, 330), look)
    painter.end()
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT_PX, image.bytesPerLine())
    return lines[:, : WIDTH_PX * 3].reshape(HEIGHT_PX, WIDTH_PX, 3).copy()


def _bench(painter: QPainter, look: Look) -> None:
    light = QLinearGradient(0, 0, WIDTH_PX, HEIGHT_PX)
    light.setColorAt(0.0, QColor(look.bench).lighter(116))
    light.setColorAt(1.0, QColor(look.bench).darker(126))
    painter.fillRect(0, 0, WIDTH_PX, HEIGHT_PX, light)
    painter.setPen(QPen(QColor(look.bench).darker(118), 1))
    for x in range(0, WIDTH_PX, 40):
        painter.drawLine(x, 0, x, HEIGHT_PX)
    for y in range(0, HEIGHT_PX, 40):
        painter.drawLine(0, y, WIDTH_PX, y)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#3d4349"))
    painter.drawRoundedRect(QRectF(18, 24, 118, 200), 10, 10)
    for at, colour in enumerate(("#e08a2c", "#f0cf4a", "#3f78c4", "#b9c0c6")):
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QRectF(36, 36 + at * 46, 34, 34))
        painter.drawRoundedRect(QRectF(82, 40 + at * 46, 40, 26), 4, 4)


def _come(share: float, begin: QPointF, end: QPointF) -> QPointF:
    """In the first half of a step the part comes to its place."""
    way = min(share * 2.0, 1.0)
    return begin + (end - begin) * (way * way * (3 - 2 * way))


def _housing(painter: QPainter, share: float) -> None:
    middle = _come(share, QPointF(760, 180), _MIDDLE)
    painter.setPen(QPen(QColor("#4b5258"), 4))
    painter.setBrush(QColor("#c3c9ce"))
    painter.drawRoundedRect(QRectF(middle.x() - 115, middle.y() - 95, 230, 190), 22, 22)
    painter.setBrush(QColor("#6d757c"))
    painter.drawEllipse(middle, 66, 66)
    painter.setBrush(QColor("#aab1b7"))
    painter.drawRoundedRect(QRectF(middle.x() + 112, middle.y() - 20, 46, 40), 6, 6)


def _seal(painter: QPainter, share: float) -> None:
    middle = _come(share, QPointF(60, 54), _MIDDLE)
    painter.setPen(QPen(QColor("#e07b1c"), 13))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, 58, 58)


def _grease(painter: QPainter, share: float) -> None:
    painter.setPen(QPen(QColor("#f6e27a"), 9, Qt.PenStyle.DotLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(_MIDDLE.x() - 58, _MIDDLE.y() - 58, 116, 116), 90 * 16, -round(360 * 16 * share))
    if share < 1.0:
        tip = _grease_tip(share)
        painter.setPen(QPen(QColor("#7a4a22"), 10, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(tip, tip + QPointF(70, 64))
        painter.setPen(QPen(QColor("#f0cf4a"), 18, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(tip, tip + QPointF(12, 11))


def _grease_tip(share: float) -> QPointF:
    angle = 2 * math.pi * (share - 0.25)
    return _MIDDLE + QPointF(math.cos(angle), math.sin(angle)) * 58


def _lid(painter: QPainter, share: float) -> None:
    middle = _come(share, QPointF(330, -120), _MIDDLE)
    painter.setPen(QPen(QColor("#214a80"), 4))
    painter.setBrush(QColor("#3f78c4"))
    painter.drawRoundedRect(QRectF(middle.x() - 108, middle.y() - 88, 216, 176), 20, 20)
    painter.setBrush(QColor("#2c5a99"))
    painter.drawEllipse(middle, 44, 44)
    painter.setBrush(QColor("#17365e"))
    for screw in _SCREWS:
        painter.drawEllipse(middle + (screw - _MIDDLE), 7, 7)


def _screws(painter: QPainter, share: float) -> None:
    at = min(int(share * 4), 4)
    for number, screw in enumerate(_SCREWS):
        if number < at or share >= 1.0:
            painter.setPen(QPen(QColor("#6b7177"), 3))
            painter.setBrush(QColor("#e4e7ea"))
            painter.drawEllipse(screw, 11, 11)
            painter.drawLine(screw - QPointF(6, 0), screw + QPointF(6, 0))
    if share < 1.0:
        screw, turn = _SCREWS[min(at, 3)], share * 40
        painter.setPen(QPen(QColor("#d7dade"), 7))
        painter.drawLine(screw, screw + QPointF(46, 40))
        painter.setPen(QPen(QColor("#c8372d"), 20, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(screw + QPointF(46, 40), screw + QPointF(100, 88))
        painter.setPen(QPen(QColor("#ffffff"), 3))
        painter.drawLine(screw, screw + QPointF(math.cos(turn), math.sin(turn)) * 13)


def _test(painter: QPainter, share: float) -> None:
    middle = QPointF(548, 120)
    painter.setPen(QPen(QColor("#24282c"), 12))
    painter.drawLine(QPointF(488, 180), middle + QPointF(0, 60))
    painter.setPen(QPen(QColor("#24282c"), 5))
    painter.setBrush(QColor("#f7f7f2"))
    painter.drawEllipse(middle, 66, 66)
    painter.setPen(QPen(QColor("#3d9a52"), 9))
    painter.drawArc(QRectF(middle.x() - 48, middle.y() - 48, 96, 96), 60 * 16, -80 * 16)
    angle = math.radians(215 - 190 * min(share * 1.4, 1.0) + 4 * math.sin(share * 60))
    painter.setPen(QPen(QColor("#c8372d"), 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(middle, middle + QPointF(math.cos(angle), -math.sin(angle)) * 46)


def _phone(painter: QPainter, share: float, look: Look) -> None:
    middle = QPointF(250 + 12 * math.sin(share * 30), 235)
    _hands(painter, middle + QPointF(60, 74), look)
    painter.setPen(QPen(QColor("#101214"), 6))
    painter.setBrush(QColor("#20262c"))
    painter.drawRoundedRect(QRectF(middle.x() - 74, middle.y() - 122, 148, 244), 18, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#7fd2f0"))
    painter.drawRoundedRect(QRectF(middle.x() - 62, middle.y() - 104, 124, 208), 6, 6)
    painter.setBrush(QColor("#2fae5b"))
    painter.drawEllipse(middle + QPointF(0, 62), 22 + 5 * math.sin(share * 50), 22 + 5 * math.sin(share * 50))


def _hand_place(step: int, share: float) -> QPointF:
    if step == 0:
        return _come(share, QPointF(760, 180), _MIDDLE) + QPointF(120, 70)
    if step == SEAL:
        return _come(share, QPointF(60, 54), _MIDDLE) + QPointF(40, 60)
    if step == GREASE:
        return _grease_tip(share) + QPointF(76, 70)
    if step == LID:
        return _come(share, QPointF(330, -120), _MIDDLE) + QPointF(90, 84)
    return _SCREWS[min(int(share * 4), 3)] + QPointF(92, 84)


def _hands(painter: QPainter, place: QPointF, look: Look) -> None:
    away = QPointF(WIDTH_PX + 30, HEIGHT_PX + 60)
    painter.setPen(QPen(QColor(look.sleeve), 62, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(place + (away - place) * 0.22, away)
    painter.setPen(QPen(QColor(look.glove).darker(125), 2))
    painter.setBrush(QColor(look.glove))
    for at in range(4):
        painter.drawRoundedRect(QRectF(place.x() - 24 + at * 13, place.y() - 34 + at * 5, 14, 46), 7, 7)
    painter.drawEllipse(place + QPointF(6, 20), 36, 30)
