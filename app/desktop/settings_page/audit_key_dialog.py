"""Asks for the key that signs exports of the audit trail, or makes one."""

import secrets

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from widgets.flow import label

KEY_BYTES = 32
LEAST_LENGTH = 16
DEFAULT_NAME = "desktop"


class SigningKeyDialog(QDialog):
    """``name`` and ``secret`` are what was chosen."""

    def __init__(self, parent: QWidget | None, name: str = "", secret: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Signing key"))
        self.setMinimumWidth(460)
        self._had = secret
        self.make_new = QRadioButton(self.tr("Make a new key"))
        self.use_own = QRadioButton(self.tr("Use a key that I have"))
        self.own = QLineEdit()
        self.key_name = QLineEdit(name or DEFAULT_NAME)
        self._problem = label("", "error", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._build()
        self.make_new.toggled.connect(lambda _on: self._show())
        self.own.textChanged.connect(lambda _text: self._show())
        self.key_name.textChanged.connect(lambda _text: self._show())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.make_new.setChecked(not secret)
        self.use_own.setChecked(bool(secret))
        self.own.setText(secret)
        self._show()

    @property
    def secret(self) -> str:
        """The key as text."""
        return secrets.token_hex(KEY_BYTES) if self.make_new.isChecked() else self.own.text().strip()

    @property
    def name(self) -> str:
        """By which others know which key it was."""
        return self.key_name.text().strip()

    def _show(self) -> None:
        own = self.use_own.isChecked()
        self.own.setEnabled(own)
        short = own and 0 < len(self.own.text().strip()) < LEAST_LENGTH
        words = self.tr("A key has at least {count} signs.").format(count=LEAST_LENGTH)
        self._problem.setText(words if short else "")
        self._problem.setVisible(short)
        ready = bool(self.name) and (not own or len(self.own.text().strip()) >= LEAST_LENGTH)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)

    def _build(self) -> None:
        text = self.tr(
            "An export is signed with a secret key. Who has the same key can check that nothing in the file was "
            "changed. The key is kept in your own settings on this computer, not in the library."
        )
        self.own.setEchoMode(QLineEdit.EchoMode.Password)
        self.own.setAccessibleName(self.tr("Your key"))
        self.own.setPlaceholderText(self.tr("Your key"))
        self.key_name.setAccessibleName(self.tr("Name of the key"))
        self.key_name.setMaxLength(60)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(label(text, "body", wrap=True))
        column.addWidget(self.make_new)
        column.addWidget(self.use_own)
        column.addWidget(self.own)
        column.addWidget(self._problem)
        column.addWidget(label(self.tr("Name of the key; it stands in the file"), "muted"))
        column.addWidget(self.key_name)
        column.addWidget(self.buttons)
