"""Where the remote engine is and the key for it. The key is never shown again once it was kept."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from core.render.settings import KEY_VARIABLE, URL_VARIABLE, RemoteSettings
from widgets.flow import label


class RemoteDialog(QDialog):
    """``url`` and ``key`` after it was accepted; ``key`` None = the one that is kept stays."""

    def __init__(self, settings: RemoteSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Remote engine"))
        self.setMinimumWidth(480)
        self._had_key = bool(settings.key)
        self.url_field = QLineEdit(settings.url)
        self.key_field = QLineEdit()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self._build(settings)

    @property
    def url(self) -> str:
        """Its address, "" = there is none."""
        return self.url_field.text().strip()

    @property
    def key(self) -> str | None:
        """The key that was typed; None = nothing was."""
        return self.key_field.text().strip() or None

    def _build(self, settings: RemoteSettings) -> None:
        self.url_field.setPlaceholderText("https://…")
        self.url_field.setAccessibleName(self.tr("Address"))
        self.key_field.setEchoMode(QLineEdit.EchoMode.Password)
        self.key_field.setAccessibleName(self.tr("Key"))
        self.key_field.setPlaceholderText(
            self.tr("A key is kept; type to replace it") if self._had_key else self.tr("None is needed by some engines")
        )
        note = self.tr(
            "A service that draws segments for you. It is asked only by cuts whose engine allows it, and only when "
            "“Pictures and texts may leave this machine” is ticked. Leave the address empty to have none."
        )
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(self.tr("Address"), self.url_field)
        form.addRow(self.tr("Key"), self.key_field)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addWidget(label(note, "muted", wrap=True))
        column.addLayout(form)
        if settings.from_environment:
            words = self.tr("{url} and {key} are set and win over what is kept here.")
            column.addWidget(label(words.format(url=URL_VARIABLE, key=KEY_VARIABLE), "warning", wrap=True))
            self.url_field.setEnabled(False)
            self.key_field.setEnabled(False)
        column.addWidget(self.buttons)
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setProperty("role", "primary")
        save.setEnabled(not settings.from_environment)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
