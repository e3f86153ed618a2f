"""A field for one or several languages: type a name or a code, choose from what is found."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

MOST_OFFERED = 12


class LanguageField(QLineEdit):
    """Shows names, speaks codes. With ``many`` several languages stand behind one another, parted by commas."""

    codes_changed = Signal()
    """What is written names other languages now, or none that is known."""

    def __init__(
        self, languages: Mapping[str, str], name: str, parent: QWidget | None = None, *, many: bool = False
    ) -> None:
        """``languages`` are names by code; ``name`` is what a screen reader says of the field."""
        super().__init__(parent)
        self._languages = dict(languages)
        self._many = many
        self._codes_of = {title.casefold(): code for code, title in languages.items()}
        self._said: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setPlaceholderText(self.tr("Languages") if many else self.tr("Language"))
        self._offers = QStringListModel(sorted(languages.values()), self)
        self._completer = QCompleter(self._offers, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setMaxVisibleItems(MOST_OFFERED)
        self._completer.setWidget(self)
        self._completer.activated.connect(self._take)
        self._completer.popup().installEventFilter(self)
        self.textEdited.connect(self._offer)
        self.textChanged.connect(lambda _text: self._tell())

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the languages that are written and known."""
        found = (self._code_of(part) for part in self._parts())
        return tuple(dict.fromkeys(code for code in found if code))

    @property
    def unknown(self) -> str:
        """The first part that is no known language; "" = all are."""
        return next((part for part in self._parts() if not self._code_of(part)), "")

    def set_codes(self, codes: Sequence[str]) -> None:
        """Show these languages; a code that is not known stays as it is written."""
        self.setText(", ".join(self._languages.get(code, code) for code in codes))
        self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down offers all languages in an empty field; Enter with an open list belongs to the list."""
        popup = self._completer.popup()
        if popup.isVisible() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Down and not popup.isVisible():
            self._offer(self.text())
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab in the list takes what is marked there, or the first, as Enter does."""
        if watched is self._completer.popup() and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            popup = self._completer.popup()
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                marked = popup.currentIndex()
                chosen = marked if marked.isValid() else self._completer.completionModel().index(0, 0)
                popup.hide()
                if chosen.isValid():
                    self._take(str(chosen.data()))
                return True
        return super().eventFilter(watched, event)

    def _parts(self) -> list[str]:
        parts = self.text().split(",") if self._many else [self.text()]
        return [part.strip() for part in parts if part.strip()]

    def _code_of(self, text: str) -> str:
        key = text.casefold()
        return self._codes_of.get(key) or (key if key in self._languages else "")

    def _offer(self, text: str) -> None:
        prefix = text[: self.cursorPosition()].rsplit(",", maxsplit=1)[-1].strip() if self._many else text.strip()
        self._completer.setCompletionPrefix(prefix)
        exact = prefix.casefold() in self._codes_of
        if self._completer.completionCount() and not exact:
            self._completer.complete()
        else:
            self._completer.popup().hide()

    def _take(self, name: str) -> None:
        if not self._many:
            self.setText(name)
            return
        before, at = self.text(), self.cursorPosition()
        start = before.rfind(",", 0, at) + 1
        end = before.find(",", at)
        rest = before[end:] if end >= 0 else ""
        head = before[:start].strip()
        self.setText(f"{head} {name}{rest}".strip() if head else f"{name}{rest}")
        self.setCursorPosition(len(self.text()) - len(rest))

    def _tell(self) -> None:
        invalid = bool(self.unknown)
        if self.property("invalid") != invalid:
            self.setProperty("invalid", invalid)
            self.style().unpolish(self)
            self.style().polish(self)
        said = (*self.codes, "?") if invalid else self.codes
        if said != self._said:
            self._said = said
            self.codes_changed.emit()
