"""The picture that explains a score: gold steps above, what the trainee did below, ribbons between them."""

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.procedures.types import Comparison, FindingVerdict
from widgets.cell_words import draw_words
from widgets.painted_canvas import PaintedCanvas
from widgets.procedures import alignment_paint as painting
from widgets.procedures.alignment_places import AlignmentPlaces, time_width_px
from widgets.procedures.alignment_scene import AlignmentScene, Band, Ribbon, scene_of
from widgets.procedures.alignment_words import band_tip, finding_tip, summary
from widgets.procedures.outcome_look import MARK_PX
from widgets.procedures.own_keys import ENDS, ENTER, ZOOM, keeps
from widgets.procedures.sliced_layer import SlicedLayer
from widgets.theme import Theme, current_theme
from widgets.time_text import format_time
from widgets.timeline.time_axis import TimeAxis

_ZOOM = 1.25
_OWN_KEYS = ZOOM | ENDS | ENTER | {Qt.Key.Key_Left, Qt.Key.Key_Right}


class AlignmentStrip(PaintedCanvas):
    """Both recordings on one scale of time. A step that was not done is hatched and its ribbon ends in a cross; steps
    that changed places cross; an extra one has a plus, too long a clock, done differently a warning.

    Mouse: a click goes there in both recordings, on a mark it selects the finding; Ctrl+wheel zooms, Shift+wheel moves
    along. Keyboard: Left and Right go from finding to finding, Enter goes to it, plus, minus and 0 zoom.
    """

    seek_requested = Signal(float, float)
    """Gold and trainee seconds. Where one side has no matching moment it stays where it is."""
    finding_selected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: Comparison | None = None
        self._verdicts: Mapping[str, FindingVerdict] = {}
        self._scene = AlignmentScene()
        self._axis = TimeAxis(0.0, 1.0)
        self._now: tuple[float | None, float | None] = (None, None)
        self._selected: str | None = None
        self._hover: Band | Ribbon | str | None = None
        self._marks: dict[str, QPointF] = {}
        self._pressed = False
        self._layer = SlicedLayer(self, self._layer_slices)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(QSize(320, 190))
        self.setAccessibleName(self.tr("Alignment of gold and trainee"))
        self.setAccessibleDescription(self.tr("Empty"))

    # ---- what a page says ----

    def set_comparison(
        self, comparison: Comparison | None, gold_duration_s: float = 0.0, trainee_duration_s: float = 0.0
    ) -> None:
        """Show a comparison; None = nothing."""
        self._comparison = comparison
        self._verdicts, self._selected, self._hover = {}, None, None
        self._make_scene(max(gold_duration_s, 0.0), max(trainee_duration_s, 0.0))
        self._axis = TimeAxis(self._scene.duration_s, time_width_px(self.width())).fitted()
        self.renew()

    def set_verdicts(self, verdicts: Mapping[str, FindingVerdict]) -> None:
        """What was said of the findings: dismissed ones fade, confirmed ones get a tick."""
        self._verdicts = dict(verdicts)
        self._make_scene(self._scene.gold_duration_s, self._scene.trainee_duration_s)
        self.renew()

    def set_position(self, gold_s: float | None, trainee_s: float | None) -> None:
        """Where both players are; None = not shown."""
        if (gold_s, trainee_s) != self._now:
            self._now = (gold_s, trainee_s)
            self.update()

    def set_selected(self, finding_id: str | None) -> None:
        """Highlight a finding and bring it into view."""
        wanted = finding_id if finding_id in self._scene.findings else None
        if wanted == self._selected:
            return
        self._selected = wanted
        if wanted is not None:
            self._bring_into_view(wanted)
            self.setAccessibleDescription(finding_tip(self._scene, wanted).replace("\n", ", "))
        self.update()

    def selected(self) -> str | None:
        """The highlighted finding."""
        return self._selected

    def clear(self) -> None:
        """Show nothing."""
        self._now = (None, None)
        self.set_comparison(None)

    # ---- where things are ----

    @property
    def painted(self) -> bool:
        """Whether all of it is on the screen; a picture of very many steps takes some frames."""
        return self._layer.ready

    @property
    def scene(self) -> AlignmentScene:
        """What is shown, in seconds."""
        return self._scene

    @property
    def places(self) -> AlignmentPlaces:
        """Where it is on the widget."""
        return AlignmentPlaces(self.width(), self.height(), self._axis)

    def mark_place(self, finding_id: str) -> QPointF:
        """Where a finding is marked. KeyError for one that is not there."""
        return self._mark_places()[finding_id]

    def view(self) -> tuple[float, float]:
        """The stretch of time on the screen."""
        return self._axis.left_s, self._axis.right_s

    def zoom_by(self, factor: float, at_px: float | None = None) -> None:
        """Larger or smaller; the time at a place of the lanes stays there."""
        self._axis = self._axis.zoomed(factor, self._axis.width_px / 2 if at_px is None else at_px)
        self.renew()

    def fit(self) -> None:
        """Everything on the screen."""
        self._axis = self._axis.fitted()
        self.renew()

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Room for ribbons that can be followed."""
        return QSize(900, 260)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._axis = self._axis.resized(time_width_px(self.width()))
        self.renew()

    def event(self, event: QEvent) -> bool:
        """Tool tips with times; own keys."""
        if self._scene.duration_s and keeps(event, _OWN_KEYS):
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A mark selects its finding; elsewhere both players go there."""
        if event.button() != Qt.MouseButton.LeftButton or not self._scene.duration_s:
            return
        under = self._under(event.position())
        if isinstance(under, str):
            self._select(under)
            return
        self._pressed = True
        self._seek(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the pointer; while pressed the players follow."""
        if self._pressed:
            self._seek(event.position())
            return
        under = self._under(event.position())
        if under != self._hover:
            self._hover = under
            hand = isinstance(under, str)
            self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The drag ends."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = False

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._hover = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms around the pointer, Shift moves along; otherwise the page scrolls."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(_ZOOM if turned > 0 else 1 / _ZOOM, event.position().x() - self.places.left_px)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x():
            self._axis = self._axis.panned(turned / 2)
            self.renew()
        else:
            event.ignore()
            return
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End) and self._scene.marks:
            self._step_finding(Qt.Key(key))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected is not None:
            self._seek_to_finding(self._selected)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / _ZOOM)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The kept picture, and over it what moves."""
        theme = current_theme()
        painter = QPainter(self)
        self._layer.paint(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._scene.duration_s:
            self._paint_moving(painter, theme)
        if self.hasFocus():
            painter.setClipping(False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def tip_at(self, place: QPointF) -> str:
        """The tool tip of a place."""
        under = self._under(place)
        if isinstance(under, str):
            return finding_tip(self._scene, under)
        if isinstance(under, Band):
            return band_tip(self._scene, under)
        if isinstance(under, Ribbon):
            return next((band_tip(self._scene, band) for band in self._scene.bands if band.step == under.step), "")
        return ""

    # ---- what a person does ----

    def _seek(self, place: QPointF) -> None:
        gold_s, trainee_s = self._times_at(place)
        here_gold_s, here_trainee_s = self._now
        gold_s = gold_s if gold_s is not None else here_gold_s or 0.0
        trainee_s = trainee_s if trainee_s is not None else here_trainee_s or 0.0
        self.seek_requested.emit(gold_s, trainee_s)

    def _times_at(self, place: QPointF) -> tuple[float | None, float | None]:
        """What a click means: in the upper half the gold leads, in the lower half the trainee, in a ribbon both."""
        places, match = self.places, self._scene.match
        under = self._under(place)
        if isinstance(under, Ribbon):
            return places.in_ribbon(under, place) or (None, None)
        t_s = places.t_s(place.x())
        if place.y() < places.between.center().y():
            gold_s = min(t_s, self._scene.gold_duration_s)
            return gold_s, match.trainee_s(gold_s)
        trainee_s = min(t_s, self._scene.trainee_duration_s)
        return match.gold_s(trainee_s), trainee_s

    def _select(self, finding_id: str) -> None:
        self.set_selected(finding_id)
        self.finding_selected.emit(finding_id)

    def _step_finding(self, key: Qt.Key) -> None:
        ids = self._scene.ids()
        at = ids.index(self._selected) if self._selected in ids else -1
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            at = 0 if key == Qt.Key.Key_Home else len(ids) - 1
        else:
            at = at + 1 if key == Qt.Key.Key_Right else max(at - 1, 0)
        self._select(ids[min(at, len(ids) - 1)])

    def _seek_to_finding(self, finding_id: str) -> None:
        finding = self._scene.findings[finding_id]
        gold_s = finding.gold.start_s if finding.gold is not None else None
        trainee_s = finding.trainee.start_s if finding.trainee is not None else None
        here_gold_s, here_trainee_s = self._now
        self.seek_requested.emit(
            gold_s if gold_s is not None else here_gold_s or 0.0,
            trainee_s if trainee_s is not None else here_trainee_s or 0.0,
        )

    def _bring_into_view(self, finding_id: str) -> None:
        mark = next(one for one in self._scene.marks if one.finding_id == finding_id)
        t_s = mark.gold_s if mark.height < 0.5 else mark.trainee_s
        if not self._axis.left_s <= t_s <= self._axis.right_s:
            self._axis = self._axis.centred_on(t_s)
            self.renew()

    def _under(self, place: QPointF) -> Band | Ribbon | str | None:
        """A finding's mark first, then bands, then the uppermost ribbon."""
        for finding_id, middle in reversed(self._mark_places().items()):
            if (middle - place).manhattanLength() <= MARK_PX * 0.75:
                return finding_id
        places = self.places
        for band in reversed(self._scene.bands):
            if places.band_rect(band).contains(place):
                return band
        for ribbon in reversed(self._scene.ribbons):
            if places.in_ribbon(ribbon, place) is not None:
                return ribbon
        return None

    # ---- painting ----

    def _make_scene(self, gold_duration_s: float, trainee_duration_s: float) -> None:
        if self._comparison is None:
            self._scene = AlignmentScene()
            self.setAccessibleDescription(self.tr("Empty"))
            return
        self._scene = scene_of(self._comparison, gold_duration_s, trainee_duration_s, self._verdicts)
        self.setAccessibleDescription(summary(self._scene))

    def _mark_places(self) -> dict[str, QPointF]:
        if not self._marks and self._scene.marks:
            self._marks = self.places.mark_places(self._scene)
        return self._marks

    def renew(self) -> None:
        """Paint everything anew."""
        self._marks = {}
        self._layer.renew()

    def _layer_slices(self, painter: QPainter, ratio: float) -> Iterator[None]:
        if self._scene.duration_s:
            yield from painting.scene_slices(
                painter, self.places, self._scene, self._mark_places(), current_theme(), ratio
            )
        else:
            words = self.tr("Here gold and trainee are laid side by side once they are scored.")
            draw_words(painter, self.rect(), words, "body", "text_muted", Qt.AlignmentFlag.AlignHCenter)

    def _paint_moving(self, painter: QPainter, theme: Theme) -> None:
        places = self.places
        painter.setClipRect(QRectF(places.left_px - 12, 0, places.axis.width_px + 24, self.height()))
        lit = self._lit_step()
        if lit is not None:
            finding = self._scene.findings.get(self._selected or "")
            other = {finding.other_step} if finding is not None and finding.gold_step == lit else set()
            painting.paint_lit(painter, places, self._scene, {lit} | other, theme)
        mark = next((one for one in self._scene.marks if one.finding_id == self._selected), None)
        if mark is not None:
            painting.paint_finding_mark(painter, self._mark_places()[mark.finding_id], mark, theme, chosen=True)
        gold_s, trainee_s = self._now
        painter.setClipRect(QRectF(places.left_px - 1, 0, places.axis.width_px + 2, self.height()))
        if gold_s is not None:
            words = format_time(gold_s)
            painting.paint_now(painter, places, places.gold, places.x_px(gold_s), words, theme, below=False)
        if trainee_s is not None:
            words = format_time(trainee_s)
            painting.paint_now(painter, places, places.trainee, places.x_px(trainee_s), words, theme, below=True)

    def _lit_step(self) -> int | None:
        if isinstance(self._hover, Band | Ribbon):
            return self._hover.step
        finding = self._scene.findings.get(self._hover or self._selected or "")
        return None if finding is None else finding.gold_step
