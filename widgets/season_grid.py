"""People down, episodes across: who is where, and for how long."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from core.cast.types import Appearance, SeasonRow
from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words
from widgets.flow.labels import badge_width_px, paint_badge
from widgets.image_loader import ImageLoader, Provide
from widgets.moderation_mime import tracks_words
from widgets.theme import Theme, current_theme
from widgets.time_text import format_span

NAME_PX = 220
EPISODE_PX = 132
HEAD_PX = 36
ROW_PX = 56
_FACE_PX = 40


class SeasonGrid(QAbstractScrollArea):
    """The more time, the stronger the ground of a cell. Arrows move, Enter or a double click opens the episode."""

    episode_activated = Signal(str)
    """An episode's id."""
    cell_activated = Signal(str, str)
    """A cast id ("" for somebody without), an episode's id; together with ``episode_activated``."""
    current_changed = Signal()

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._episodes: tuple[tuple[str, str], ...] = ()
        self._rows: tuple[SeasonRow, ...] = ()
        self._cells: list[dict[str, Appearance]] = []
        self._longest_s = 0.0
        self._at = QPoint(-1, -1)
        self.loader = ImageLoader(provide, self)
        self.loader.loaded.connect(lambda _key: self.viewport().update())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setAccessibleName(self.tr("Season"))
        self.setMinimumSize(QSize(240, 120))
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(lambda _value: self.viewport().update())

    # ---- what a page says ----

    def set_season(self, episodes: Sequence[tuple[str, str]], rows: Sequence[SeasonRow]) -> None:
        """(episode's id, title) across, people down."""
        self._episodes, self._rows = tuple(episodes), tuple(rows)
        self._cells = [{one.ep_id: one for one in row.appearances} for row in self._rows]
        times_s = [one.screen_time_s for row in self._rows for one in row.appearances]
        self._longest_s = max(times_s, default=0.0)
        within = self._at.x() < len(self._episodes) and self._at.y() < len(self._rows)
        self._at = self._at if within else QPoint(-1, -1)
        self._relayout()

    def current(self) -> tuple[int, int] | None:
        """(row, episode) with the keyboard's place."""
        return (self._at.y(), self._at.x()) if self._at.x() >= 0 else None

    def set_current(self, row: int, episode: int) -> None:
        """Give a cell the keyboard's place and bring it into view."""
        if not (0 <= row < len(self._rows) and 0 <= episode < len(self._episodes)):
            return
        self._at = QPoint(episode, row)
        self._scroll_to(row, episode)
        self.setAccessibleDescription(self.words_at(row, episode))
        self.viewport().update()
        self.current_changed.emit()

    def appearance(self, row: int, episode: int) -> Appearance | None:
        """Where and how long a person is in an episode; None = not at all."""
        return self._cells[row].get(self._episodes[episode][0])

    def words_at(self, row: int, episode: int) -> str:
        """A cell as a screen reader says it, and as its tool tip."""
        found = self.appearance(row, episode)
        head = f"{self._rows[row].name}, {self._episodes[episode][1]}"
        if found is None:
            return self.tr("{head}: not seen").format(head=head)
        people = len(found.identity_ids)
        parts = [head, self.tr("{span} on screen").format(span=format_span(found.screen_time_s))]
        parts.append(tracks_words(found.tracks))
        if people > 1:
            parts.append(self.tr("as {count} people on the board").format(count=people))
        return "\n".join(parts)

    def rect_of(self, row: int, episode: int) -> QRect:
        """Where a cell is on the viewport."""
        x = NAME_PX + episode * EPISODE_PX - self.horizontalScrollBar().value()
        return QRect(x, HEAD_PX + row * ROW_PX - self.verticalScrollBar().value(), EPISODE_PX, ROW_PX)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.loader.stop()

    # ---- what Qt says ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._relayout()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring; the first cell gets it when none had."""
        super().focusInEvent(event)
        if self._at.x() < 0 and event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.set_current(0, 0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home, End, Page; Enter opens."""
        row, episode = max(self._at.y(), 0), max(self._at.x(), 0)
        page = max(self.viewport().height() // ROW_PX - 1, 1)
        moves = {
            int(Qt.Key.Key_Left): (0, -1),
            int(Qt.Key.Key_Right): (0, 1),
            int(Qt.Key.Key_Up): (-1, 0),
            int(Qt.Key.Key_Down): (1, 0),
            int(Qt.Key.Key_PageUp): (-page, 0),
            int(Qt.Key.Key_PageDown): (page, 0),
            int(Qt.Key.Key_Home): (0, -len(self._episodes)),
            int(Qt.Key.Key_End): (0, len(self._episodes)),
        }
        move = moves.get(event.key())
        if move is not None and self._rows and self._episodes:
            down, across = move if self._at.x() >= 0 else (0, 0)
            self.set_current(
                min(max(row + down, 0), len(self._rows) - 1), min(max(episode + across, 0), len(self._episodes) - 1)
            )
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A cell gets the keyboard's place."""
        found = self._cell_at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.set_current(*found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Belongs to the press."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the episode."""
        if self._cell_at(event.position().toPoint()) is not None and event.button() == Qt.MouseButton.LeftButton:
            self._activate()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._cell_at(event.pos())
            words = self.words_at(*found) if found is not None else self._words_of_name(event.pos())
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells that can be seen; names and episodes stay in place."""
        with self.loader.resting():
            painter = QPainter(self.viewport())
            painter.fillRect(event.rect(), current_theme().colour("surface"))
            if self._rows and self._episodes:
                self._paint_all(painter)
            else:
                area = self.viewport().rect().adjusted(24, 24, -24, -24)
                painter.setPen(current_theme().colour("text_muted"))
                align = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(area, align, self.tr("Nobody was named or recognised in these episodes yet."))
            painter.end()

    # ---- parts ----

    def _paint_all(self, painter: QPainter) -> None:
        theme = current_theme()
        view = self.viewport().rect()
        top, left = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        rows = range(top // ROW_PX, min((top + view.height() - HEAD_PX) // ROW_PX + 1, len(self._rows)))
        columns = range(left // EPISODE_PX, min((left + view.width() - NAME_PX) // EPISODE_PX + 1, len(self._episodes)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRect(NAME_PX, HEAD_PX, view.width() - NAME_PX, view.height() - HEAD_PX))
        for row in rows:
            for column in columns:
                self._paint_cell(painter, row, column, theme)
        painter.setClipRect(QRect(0, HEAD_PX, NAME_PX, view.height() - HEAD_PX))
        for row in rows:
            self._paint_name(painter, row, theme)
        painter.setClipRect(QRect(NAME_PX, 0, view.width() - NAME_PX, HEAD_PX))
        for column in columns:
            place = self.rect_of(0, column)
            title = QRect(place.left() + 8, 0, EPISODE_PX - 16, HEAD_PX)
            draw_words(painter, title, self._episodes[column][1], "strong", "text_muted", Qt.AlignmentFlag.AlignHCenter)
        painter.setClipping(False)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawLine(0, HEAD_PX - 1, view.width(), HEAD_PX - 1)
        painter.drawLine(NAME_PX - 1, 0, NAME_PX - 1, min(HEAD_PX + len(self._rows) * ROW_PX - top, view.height()))

    def _paint_cell(self, painter: QPainter, row: int, column: int, theme: Theme) -> None:
        cell = self.rect_of(row, column).adjusted(4, 3, -4, -3)
        found = self.appearance(row, column)
        if found is None:
            draw_words(painter, cell, "–", "body", "text_disabled", Qt.AlignmentFlag.AlignHCenter)
        else:
            share = found.screen_time_s / self._longest_s if self._longest_s > 0 else 0.0
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(QRectF(cell), theme.radius("m"), theme.radius("m"))
            painter.setBrush(theme.colour("accent", 0.08 + 0.37 * share))
            painter.drawRoundedRect(QRectF(cell), theme.radius("m"), theme.radius("m"))
            face = QRect(cell.left() + 5, cell.top() + 5, _FACE_PX, _FACE_PX)
            self._paint_face(painter, found, face)
            words = QRect(face.right() + 8, cell.top() + 6, cell.right() - face.right() - 12, 20)
            draw_words(painter, words, format_span(found.screen_time_s), "monosmall", "text")
            draw_words(painter, words.translated(0, 18), tracks_words(found.tracks), "caption", "text_muted")
        if self._at == QPoint(column, row) and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(QRectF(cell).adjusted(-1, -1, 1, 1), theme.radius("m") + 1, theme.radius("m") + 1)

    def _paint_face(self, painter: QPainter, found: Appearance, face: QRect) -> None:
        """The corners of the face stay square on the tinted ground, so they are rounded by a clip of the cell alone."""
        paint_picture(painter, self.loader, found.best_crop, face, "person", ground="raised", radius_px=0)

    def _paint_name(self, painter: QPainter, row: int, theme: Theme) -> None:
        person = self._rows[row]
        top = self.rect_of(row, 0).top()
        painter.fillRect(QRect(0, top, NAME_PX - 1, ROW_PX), theme.colour("surface"))
        line = QRect(16, top + 8, NAME_PX - 28, 20)
        draw_words(painter, line, person.name, "strong", "text")
        under = line.translated(0, 20)
        total = sum(one.screen_time_s for one in person.appearances)
        draw_words(painter, under, format_span(total), "small", "text_muted")
        right = float(NAME_PX - 12)
        if not person.has_reference:
            words = self.tr("no reference")
            right -= badge_width_px(words, theme)
            paint_badge(painter, QPointF(right, under.top() + 1), words, "warning", theme)
            right -= 6
        if person.same_as:
            words = self.tr("+{count} alike").format(count=len(person.same_as))
            right -= badge_width_px(words, theme)
            if right > 90:
                paint_badge(painter, QPointF(right, under.top() + 1), words, "info", theme)

    def _words_of_name(self, place: QPoint) -> str:
        row = (place.y() - HEAD_PX + self.verticalScrollBar().value()) // ROW_PX
        if place.x() >= NAME_PX or place.y() < HEAD_PX or not 0 <= row < len(self._rows):
            return ""
        person = self._rows[row]
        lines = [person.name, "" if person.has_reference else self.tr("has no reference photo")]
        titles = dict(self._episodes)
        for ep_id, identity_id, likeness in person.same_as[:6]:
            looks = self.tr("{episode}: {person} looks alike ({percent})")
            lines.append(looks.format(episode=titles.get(ep_id, ep_id), person=identity_id, percent=f"{likeness:.0%}"))
        return "\n".join(line for line in lines if line)

    def _cell_at(self, place: QPoint) -> tuple[int, int] | None:
        if place.x() < NAME_PX or place.y() < HEAD_PX:
            return None
        column = (place.x() - NAME_PX + self.horizontalScrollBar().value()) // EPISODE_PX
        row = (place.y() - HEAD_PX + self.verticalScrollBar().value()) // ROW_PX
        return (row, column) if row < len(self._rows) and column < len(self._episodes) else None

    def _activate(self) -> None:
        if self._at.x() >= 0:
            ep_id = self._episodes[self._at.x()][0]
            self.cell_activated.emit(self._rows[self._at.y()].cast_id, ep_id)
            self.episode_activated.emit(ep_id)

    def _scroll_to(self, row: int, episode: int) -> None:
        place, view = self.rect_of(row, episode), self.viewport().rect()
        for bar, low, high, start, end in (
            (self.horizontalScrollBar(), place.left(), place.right(), NAME_PX, view.right()),
            (self.verticalScrollBar(), place.top(), place.bottom(), HEAD_PX, view.bottom()),
        ):
            if low < start:
                bar.setValue(bar.value() + low - start)
            elif high > end:
                bar.setValue(bar.value() + high - end)

    def _relayout(self) -> None:
        view = self.viewport().size()
        wide, high = len(self._episodes) * EPISODE_PX, len(self._rows) * ROW_PX
        for bar, whole, room, step in (
            (self.horizontalScrollBar(), wide, view.width() - NAME_PX, EPISODE_PX),
            (self.verticalScrollBar(), high, view.height() - HEAD_PX, ROW_PX),
        ):
            bar.setRange(0, max(whole - room, 0))
            bar.setPageStep(max(room, 1))
            bar.setSingleStep(step // 2)
        self.viewport().update()
