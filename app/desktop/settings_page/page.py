"""The Settings page: a list of sections on the left, the chosen one on the right."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.page import Page
from app.desktop.services import Services
from app.desktop.settings_page.appearance import AppearanceSection
from app.desktop.settings_page.audit_section import AuditSection
from app.desktop.settings_page.devices import DevicesSection
from app.desktop.settings_page.models import ModelsSection
from app.desktop.settings_page.section import Section
from app.desktop.settings_page.server import ServerSection
from app.desktop.settings_page.shortcuts import ShortcutsSection
from app.desktop.settings_page.storage import StorageSection
from widgets.flow import label
from widgets.icons import icon
from widgets.theme import theme_switch

TEXT_WIDTH_PX = 860
SECTION_ROW_PX = 34


class SettingsPage(Page):
    """Models, devices, server, storage, audit, appearance, shortcuts."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("settingsPage")
        self.setAccessibleName(self.tr("Settings"))
        makers: tuple[tuple[str, str, str, Callable[[Services], Section]], ...] = (
            ("models", self.tr("Models"), "model", ModelsSection),
            ("devices", self.tr("Devices"), "device", DevicesSection),
            ("server", self.tr("Server"), "server", ServerSection),
            ("storage", self.tr("Storage"), "folder", StorageSection),
            ("audit", self.tr("Audit"), "log", AuditSection),
            ("appearance", self.tr("Appearance"), "palette", AppearanceSection),
            ("shortcuts", self.tr("Shortcuts"), "keyboard", ShortcutsSection),
        )
        self.sections: dict[str, Section] = {}
        self._icons = [icon_name for _, _, icon_name, _ in makers]
        self._list = QListWidget()
        self._list.setObjectName("settingsList")
        self._list.setAccessibleName(self.tr("Sections"))
        self._list.setFixedWidth(200)
        self._list.setIconSize(QSize(18, 18))
        self._stack = QStackedWidget()
        for section_id, title, _, make in makers:
            section = make(services)
            self.sections[section_id] = section
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, section_id)
            item.setSizeHint(QSize(0, SECTION_ROW_PX))
            self._list.addItem(item)
            self._stack.addWidget(_scrolled(title, section))
        self._build()
        self._list.setCurrentRow(0)  # before it is heard: a section reads when the page is shown, not when it is made
        self._list.currentRowChanged.connect(self._on_row)
        self._renew_icons()
        theme_switch().changed.connect(self._renew_icons)

    def entered(self) -> None:
        """Read what the section shows again."""
        self.sections[self.section].entered()
        self._list.setFocus()

    def show_section(self, section: str) -> None:
        """Show a section by its id."""
        if section in self.sections:
            self._list.setCurrentRow(list(self.sections).index(section))

    @property
    def section(self) -> str:
        """The id of the section that is shown."""
        return list(self.sections)[max(0, self._list.currentRow())]

    def _build(self) -> None:
        side = QFrame()
        side.setProperty("role", "panel")
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(12)
        title = label(self.tr("Settings"), "title")
        title.setIndent(8)
        column.addWidget(title)
        column.addWidget(self._list, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        line = QFrame()
        line.setProperty("role", "vline")
        row.addWidget(line)
        row.addWidget(self._stack, 1)

    def _on_row(self, row: int) -> None:
        self._stack.setCurrentIndex(row)
        self.sections[self.section].entered()

    def _renew_icons(self) -> None:
        for row, name in enumerate(self._icons):
            item = self._list.item(row)
            if item is not None:
                item.setIcon(icon(name))


def _scrolled(title: str, section: Section) -> QScrollArea:
    """A section under its title, no wider than text reads well."""
    inner = QWidget()
    inner.setProperty("role", "scrolled")
    centre = QHBoxLayout(inner)
    centre.setContentsMargins(32, 24, 32, 24)
    page = QWidget()
    page.setMaximumWidth(TEXT_WIDTH_PX)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    column.addWidget(label(title, "heading"))
    column.addWidget(section)
    column.addStretch(1)
    centre.addWidget(page, 100)
    centre.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(inner)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
