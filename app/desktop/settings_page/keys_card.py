"""Keys of the HTTP APIs: made here, shown once, revoked."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.desktop.services import Services
from app.desktop.settings_page.secret_line import CopyLine
from core.access.keys import Key, Keys
from core.access.roles import Role
from widgets.flow import Badge, Card, ElidedLabel, label, push_button, separator


class KeysCard(Card):
    """Reads and writes away from the Qt thread."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._keys = Keys(services.library.store)
        self.role = QComboBox()
        self.note = QLineEdit()
        self.make_key = push_button(self.tr("Create key"), "add", small=True)
        self.secret = CopyLine(self.tr("New key"))
        self._once = label(self.tr("Copy it now: it is shown this once. Only its hash is kept."), "warning", wrap=True)
        self._problem = label("", "error", wrap=True)
        self._list = QVBoxLayout()
        self.rows: dict[str, QWidget] = {}
        self.revokes: dict[str, QWidget] = {}
        self._build()

    def refresh(self) -> None:
        """Read the keys again."""
        self._services.background.run_query(self._keys.list, self._take, latest_key="api-keys", owner=self)

    def _create(self) -> None:
        role, note = Role(self.role.currentData()), self.note.text()
        self.make_key.setEnabled(False)
        self._services.background.run_edit(
            lambda: self._keys.create(role, note, actor="desktop"), self._created, failed=self._failed, owner=self
        )

    def _created(self, made: tuple[str, str]) -> None:
        self.note.clear()
        self._show_secret(made[1])
        self._problem.hide()
        self.make_key.setEnabled(True)
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._problem.setText(str(error))
        self._problem.show()
        self.make_key.setEnabled(True)

    def _revoke(self, key_id: str) -> None:
        if self.secret.text.startswith(f"{key_id}."):
            self._show_secret("")
        self._services.background.run_edit(
            lambda: self._keys.revoke(key_id, actor="desktop"),
            lambda _key: self.refresh(),
            failed=self._failed,
            owner=self,
        )

    def _show_secret(self, plain: str) -> None:
        self.secret.show_text(plain)
        self._once.setVisible(bool(plain))

    def _take(self, keys: Sequence[Key]) -> None:
        for row in self.rows.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows, self.revokes = {}, {}
        for key in sorted(keys, key=lambda one: (one.revoked_at is not None, one.created_at)):
            self.rows[key.key_id] = self._row(key)
            self._list.addWidget(self.rows[key.key_id])

    def _row(self, key: Key) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(separator())
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(label(key.key_id, "body"))
        line.addWidget(Badge(self._role_title(key.role), "plain" if key.revoked_at else "accent"))
        line.addWidget(ElidedLabel(key.note, "muted"), 1)
        line.addWidget(label(self._when(key), "small"))
        if key.revoked_at is None:
            revoke = push_button(self.tr("Revoke"), "cancel", small=True)
            revoke.setAccessibleName(self.tr("Revoke {key}").format(key=key.key_id))
            revoke.clicked.connect(partial(self._revoke, key.key_id))
            self.revokes[key.key_id] = revoke
            line.addWidget(revoke)
        else:
            line.addWidget(Badge(self.tr("Revoked")))
        column.addLayout(line)
        return row

    def _when(self, key: Key) -> str:
        if key.last_used_at is None:
            return self.tr("never used")
        return self.tr("last used {when} UTC").format(when=key.last_used_at[:16].replace("T", " "))

    def _role_title(self, role: Role) -> str:
        return {
            Role.VIEWER: self.tr("Viewer"),
            Role.OPERATOR: self.tr("Operator"),
            Role.ADMIN: self.tr("Admin"),
        }[role]

    def _build(self) -> None:
        self.body.addWidget(label(self.tr("Keys"), "strong"))
        text = self.tr("Viewers read, operators also edit and run jobs, admins also delete and change settings.")
        self.body.addWidget(label(text, "small", wrap=True))
        for role in Role:
            self.role.addItem(self._role_title(role), str(role))
        self.role.setAccessibleName(self.tr("Role of the new key"))
        self.note.setPlaceholderText(self.tr("What it is for"))
        self.note.setAccessibleName(self.tr("Note of the new key"))
        self.note.setMaxLength(200)
        self.note.returnPressed.connect(self._create)
        self.make_key.clicked.connect(self._create)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.role)
        row.addWidget(self.note, 1)
        row.addWidget(self.make_key)
        self.body.addLayout(row)
        self.body.addWidget(self._once)
        self.body.addWidget(self.secret)
        self.body.addWidget(self._problem)
        self.body.addLayout(self._list)
        self._problem.hide()
        self._show_secret("")
