"""How a row of the list of identities looks."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.review.types import IdentityRow
from widgets.cell_paint import paint_picture
from widgets.flow.labels import badge_width_px, paint_badge
from widgets.icons import paint_icon
from widgets.identity_look import identity_colour, identity_pattern, paint_initials
from widgets.image_loader import ImageLoader
from widgets.theme import Theme, current_theme
from widgets.time_text import format_span

if TYPE_CHECKING:
    from widgets.identity_list import IdentityModel

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
ROW_PX = 72
_PICTURE_PX = 52
_LEFT_PX = 12
_WORDS_LEFT_PX = _LEFT_PX + _PICTURE_PX + 12
LOOSE_BELOW = 0.6
"""Cohesion below this is shown in the colour of a warning."""


class IdentityDelegate(QStyledItemDelegate):
    """Crop, name, tracks, time on screen with a bar, cohesion, lock and a warning when it looks mixed."""

    def __init__(self, loader: ImageLoader, model: "IdentityModel", parent: QWidget) -> None:
        super().__init__(parent)
        self._loader = loader
        self._model = model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All rows are of one height."""
        return QSize(240, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, IdentityRow):
            return
        theme = current_theme()
        rect: QRect = option.rect  # type: ignore[attr-defined]  # the stubs leave the fields of style options out
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = _paint_ground(painter, rect, state, theme)
        picture = QRect(rect.left() + _LEFT_PX, rect.top() + (ROW_PX - _PICTURE_PX) // 2, _PICTURE_PX, _PICTURE_PX)
        paint_picture(painter, self._loader, row.best_crop, picture, "person", ground=ground)
        mark = QRectF(picture.left() - 4, picture.bottom() - 14, 24, 18)
        paint_initials(painter, mark, row.label, row.colour_index, theme.font("caption"))
        self._paint_words(painter, rect, row, theme)
        self._paint_bar(painter, rect, row, theme)
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        """A field for the name."""
        field = QLineEdit(parent)
        field.setMaxLength(200)
        field.setAccessibleName(self.tr("Name"))
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The name of now, selected."""
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Where the name stands."""
        rect: QRect = option.rect  # type: ignore[attr-defined]
        editor.setGeometry(rect.left() + _WORDS_LEFT_PX - 9, rect.top() + 5, rect.width() - _WORDS_LEFT_PX - 4, 30)

    def _paint_words(self, painter: QPainter, rect: QRect, row: IdentityRow, theme: Theme) -> None:
        left, right = rect.left() + _WORDS_LEFT_PX, rect.right() - 12
        if row.mixed:
            words = self.tr("mixed?")
            right -= round(badge_width_px(words, theme))
            paint_badge(painter, QPointF(right, rect.top() + 11), words, "warning", theme)
            right -= 6
        if row.locked:
            right -= 16
            paint_icon(painter, "lock", QRectF(right, rect.top() + 12, 15, 15), "text_muted")
            right -= 6
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.colour("text" if row.name else "text_muted"))
        name = QFontMetrics(theme.font("strong")).elidedText(row.label, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, rect.top() + 9, right - left, 20), Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text_muted"))
        count = len(row.track_ids)
        tracks = self.tr("1 track") if count == 1 else self.tr("{count} tracks").format(count=count)
        line = QRect(left, rect.top() + 29, rect.right() - 12 - left, 18)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, tracks)
        painter.setFont(theme.font("monosmall"))
        painter.setPen(theme.colour("text"))
        painter.drawText(
            line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, format_span(row.screen_time_s)
        )
        if count > 1:
            used_px = QFontMetrics(theme.font("small")).horizontalAdvance(tracks)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("warning" if row.cohesion < LOOSE_BELOW else "text_faint"))
            words = self.tr("cohesion {percent}").format(percent=f"{row.cohesion:.0%}")
            painter.drawText(line.adjusted(used_px + 10, 0, -64, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_bar(self, painter: QPainter, rect: QRect, row: IdentityRow, theme: Theme) -> None:
        left = rect.left() + _WORDS_LEFT_PX
        groove = QRectF(left, rect.bottom() - 18, rect.right() - 12 - left, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("border_strong", 0.5))
        painter.drawRoundedRect(groove, 2.5, 2.5)
        share = row.screen_time_s / self._model.longest_s if self._model.longest_s > 0 else 0.0
        done = QRectF(groove.left(), groove.top(), max(groove.width() * share, 5.0), groove.height())
        painter.setBrush(identity_colour(row.colour_index))
        painter.drawRoundedRect(done, 2.5, 2.5)
        if identity_pattern(row.colour_index) != Qt.BrushStyle.SolidPattern:
            painter.setBrush(theme.colour("surface", 0.35))
            painter.drawRoundedRect(done.adjusted(0, 2, 0, -1), 1, 1)


def _paint_ground(painter: QPainter, rect: QRect, state: QStyle.StateFlag, theme: Theme) -> str:
    """Paint the ground of a row; returns the name of its colour."""
    chosen = bool(state & QStyle.StateFlag.State_Selected)
    hovered = bool(state & QStyle.StateFlag.State_MouseOver)
    ground = "accent_surface" if chosen else "hover" if hovered else "surface"
    painter.fillRect(rect, theme.colour(ground))
    if chosen:
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.colour("accent"))
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(theme.colour("focus"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
    painter.setPen(theme.colour("border"))
    painter.drawLine(rect.left() + _WORDS_LEFT_PX, rect.bottom(), rect.right(), rect.bottom())
    return ground
