"""Everything that was found, as cards that a person confirms, dismisses or comments on."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.procedures.types import Finding, FindingVerdict, Verdict
from widgets.flow import label
from widgets.image_loader import Provide
from widgets.procedures.finding_cards import CardLayout, FindingCards, cards_of

LONGEST_COMMENT = 2_000
_OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CommentField(QLineEdit):
    """Enter and leaving the field take the comment, Escape gives it up."""

    accepted = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._open = False
        self.setMaxLength(LONGEST_COMMENT)
        self.setAccessibleName(self.tr("Comment"))
        self.setPlaceholderText(self.tr("What do you say to it? Enter keeps it."))
        self.hide()

    def begin(self, text: str) -> None:
        """Write over this comment."""
        self._open = True
        self.setText(text)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def close_field(self, *, take: bool) -> None:
        """Close; with ``take`` tell the comment."""
        if self._open:
            self._open = False
            self.hide()
            if take:
                self.accepted.emit(self.text().strip())
            self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Escape from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape; all else is writing."""
        if event.key() in _OWN_KEYS:
            self.close_field(take=event.key() != Qt.Key.Key_Escape)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was written is kept; menus and other windows leave the field open."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.close_field(take=True)


class FindingList(QWidget):
    """The page stores verdicts and shows the findings again; nothing changes by itself."""

    finding_selected = Signal(str)
    """A finding's id, "" = none."""
    finding_activated = Signal(str)
    """Enter or a double click: both players should go there."""
    verdict_given = Signal(str, str, str)
    """A finding's id; confirmed, dismissed or nothing; the comment."""

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = FindingCards(provide)
        self.field = CommentField(self.cards.viewport())
        self._heading = label("", "strong")
        self._facts = label("", "small")
        self._writing = ""
        self._quiet = False
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 16, 4)
        row.setSpacing(10)
        row.addWidget(self._heading)
        row.addWidget(self._facts)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.cards, 1)
        self.setFocusProxy(self.cards)
        self.cards.selection_changed.connect(self._on_selection)
        self.cards.activated.connect(lambda row: self.finding_activated.emit(self.cards.item(row).finding.finding_id))
        self.cards.said.connect(self._on_said)
        self.cards.comment_wanted.connect(self.begin_comment)
        self.field.accepted.connect(self._on_comment)
        self.field.closed.connect(self.cards.setFocus)
        self.cards.verticalScrollBar().valueChanged.connect(lambda _value: self.field.close_field(take=True))
        self.set_empty_text(self.tr("Nothing was found."))
        self.set_findings((), {}, ())

    # ---- what a page says ----

    def set_findings(
        self, findings: Sequence[Finding], verdicts: Mapping[str, FindingVerdict], step_names: Sequence[str]
    ) -> None:
        """Show these with what was said of them; selection and place stay where the findings are the same."""
        chosen = self.selected()
        cards = cards_of(findings, verdicts, step_names)
        self._quiet = True
        if [card.finding.finding_id for card in cards] == self._ids():
            self.cards.refresh_items(cards)
        else:
            self.field.close_field(take=False)
            self.cards.set_items(cards)
            self.select(chosen)
        self._quiet = False
        if self.selected() != chosen:
            self.finding_selected.emit(self.selected() or "")
        self._show_heading(cards_open=sum(1 for card in cards if card.verdict is Verdict.NONE), count=len(cards))

    def set_empty_text(self, text: str) -> None:
        """What is written where nothing was found, or nothing was scored."""
        self.cards.set_empty_text(text)

    def set_stills(self, provide: Provide | None) -> None:
        """``provide((gold_s, trainee_s, side, t_s))`` gives the still of a side, in a worker thread."""
        self.cards.loader.set_provide(provide)
        self.cards.viewport().update()

    def selected(self) -> str | None:
        """The id of the selected finding."""
        rows = self.cards.selected()
        return self.cards.item(rows[0]).finding.finding_id if rows else None

    def select(self, finding_id: str | None) -> None:
        """Select a finding and bring it into view; nothing is told."""
        ids = self._ids()
        before, self._quiet = self._quiet, True
        if finding_id in ids:
            self.cards.set_current(ids.index(finding_id))
        else:
            self.cards.set_selected(())
        self._quiet = before

    def begin_comment(self, row: int) -> None:
        """Open the field on a card."""
        card = self.cards.item(row)
        self.cards.set_current(row)
        layout = CardLayout(self.cards.rect_of(row))
        self.field.setGeometry(layout.buttons.adjusted(0, -6, 0, 2))
        self._writing = card.finding.finding_id
        self.field.begin(card.comment)

    def stop(self) -> None:
        """End the threads that load stills."""
        self.cards.stop()

    # ---- inside ----

    def _ids(self) -> list[str]:
        return [self.cards.item(at).finding.finding_id for at in range(self.cards.count)]

    def _on_selection(self) -> None:
        if not self._quiet:
            self.finding_selected.emit(self.selected() or "")

    def _on_said(self, finding_id: str, verdict: str) -> None:
        card = self.cards.item(self._ids().index(finding_id))
        self.verdict_given.emit(finding_id, verdict, card.comment)

    def _on_comment(self, text: str) -> None:
        if self._writing in self._ids():
            card = self.cards.item(self._ids().index(self._writing))
            if text != card.comment:
                self.verdict_given.emit(self._writing, str(card.verdict), text)

    def _show_heading(self, *, cards_open: int, count: int) -> None:
        self._heading.setText(self.tr("1 finding") if count == 1 else self.tr("{count} findings").format(count=count))
        if cards_open:
            self._facts.setText(self.tr("{count} not judged yet").format(count=cards_open))
        else:
            self._facts.setText(self.tr("all judged") if count else "")
        self._heading.setVisible(bool(count))
        self._facts.setVisible(bool(count))
