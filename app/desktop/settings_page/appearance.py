"""Theme and size of the surface."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout

from app.desktop.services import Services
from app.desktop.settings_page.section import Section
from widgets.flow import Card, label
from widgets.theme import Theme, apply_theme, load_theme, theme_names, theme_switch

SCALES = (1.0, 1.25, 1.5, 2.0)


class AppearanceSection(Section):
    """Choices that act at once, except the size, which needs a new start."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.theme = QComboBox()
        self.theme.setAccessibleName(self.tr("Theme"))
        for name in theme_names():
            self.theme.addItem(load_theme(name).title, name)
        self.scale = QComboBox()
        self.scale.setAccessibleName(self.tr("Size"))
        for factor in SCALES:
            self.scale.addItem(f"{factor:.0%}", factor)
        self.scale.setCurrentIndex(max(0, self.scale.findData(services.settings.scale)))
        self._scale_note = label(self.tr("On top of the system's own scaling."), "small")
        self.column.addWidget(
            _card(self.tr("Theme"), self.tr("Dark is made for long sessions with video."), self.theme)
        )
        card = _card(self.tr("Size"), "", self.scale)
        card.body.addWidget(self._scale_note)
        self.column.addWidget(card)
        self._show_theme(None)
        self.theme.currentIndexChanged.connect(self._on_theme)
        self.scale.currentIndexChanged.connect(self._on_scale)
        theme_switch().changed.connect(self._show_theme)

    def _on_theme(self, _index: int) -> None:
        name = self.theme.currentData()
        app = QApplication.instance()
        if isinstance(app, QApplication) and name != self.services.settings.theme:
            self.services.settings.theme = name
            apply_theme(app, name)

    def _on_scale(self, _index: int) -> None:
        self.services.settings.scale = float(self.scale.currentData())
        self._scale_note.setText(self.tr("Used from the next start of Rushes."))

    def _show_theme(self, _theme: Theme | None) -> None:
        with QSignalBlocker(self.theme):
            self.theme.setCurrentIndex(max(0, self.theme.findData(self.services.settings.theme)))


def _card(title: str, text: str, choice: QComboBox) -> Card:
    card = Card()
    row = QHBoxLayout()
    row.addWidget(label(title, "strong"), 1)
    choice.setMinimumWidth(160)
    row.addWidget(choice)
    card.body.addLayout(row)
    if text:
        card.body.addWidget(label(text, "small"))
    return card
