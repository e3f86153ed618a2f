"""Webhooks: addresses that the server tells when jobs end and identities change."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.desktop.services import Services
from app.desktop.settings_page.secret_line import CopyLine
from core.webhooks.hooks import Webhook, add_hook, list_hooks, remove_hook
from widgets.flow import Card, ElidedLabel, label, push_button, separator


class WebhooksCard(Card):
    """Reads and writes away from the Qt thread."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._store = services.library.store
        self.url = QLineEdit()
        self.add = push_button(self.tr("Add webhook"), "add", small=True)
        self.secret = CopyLine(self.tr("Signing secret"))
        self._once = label(
            self.tr("This secret signs every body (X-Rushes-Signature). Copy it now: it is shown this once."),
            "warning",
            wrap=True,
        )
        self._problem = label("", "error", wrap=True)
        self._list = QVBoxLayout()
        self.rows: dict[str, QWidget] = {}
        self.removes: dict[str, QWidget] = {}
        self._build()

    def refresh(self) -> None:
        """Read the webhooks again."""
        self._services.background.run_query(
            lambda: list_hooks(self._store.read()), self._take, latest_key="webhooks", owner=self
        )

    def _add(self) -> None:
        url = self.url.text()
        self._services.background.run_edit(
            lambda: add_hook(self._store, url), self._added, failed=self._failed, owner=self
        )

    def _added(self, hook: Webhook) -> None:
        self.url.clear()
        self._problem.hide()
        self._show_secret(hook.secret)
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._problem.setText(str(error))
        self._problem.show()

    def _remove(self, webhook_id: str) -> None:
        self._show_secret("")
        self._services.background.run_edit(
            lambda: remove_hook(self._store, webhook_id),
            lambda _none: self.refresh(),
            failed=self._failed,
            owner=self,
        )

    def _show_secret(self, secret: str) -> None:
        self.secret.show_text(secret)
        self._once.setVisible(bool(secret))

    def _take(self, hooks: Sequence[Webhook]) -> None:
        for row in self.rows.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows, self.removes = {}, {}
        for hook in hooks:
            self.rows[hook.webhook_id] = self._row(hook)
            self._list.addWidget(self.rows[hook.webhook_id])

    def _row(self, hook: Webhook) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(separator())
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(ElidedLabel(hook.url, "body"), 2)
        line.addWidget(ElidedLabel(", ".join(hook.events), "small"), 3)
        remove = push_button(self.tr("Remove"), "trash", small=True)
        remove.setAccessibleName(self.tr("Remove {url}").format(url=hook.url))
        remove.clicked.connect(partial(self._remove, hook.webhook_id))
        self.removes[hook.webhook_id] = remove
        line.addWidget(remove)
        column.addLayout(line)
        return row

    def _build(self) -> None:
        self.body.addWidget(label(self.tr("Webhooks"), "strong"))
        text = self.tr(
            "While the server is on, these addresses are told when a job ends and when identities are merged or split. "
            "What could not be delivered is tried again."
        )
        self.body.addWidget(label(text, "small", wrap=True))
        self.url.setPlaceholderText("https://example.org/hook")
        self.url.setAccessibleName(self.tr("Address of the new webhook"))
        self.url.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.url, 1)
        row.addWidget(self.add)
        self.body.addLayout(row)
        self.body.addWidget(self._once)
        self.body.addWidget(self.secret)
        self.body.addWidget(self._problem)
        self.body.addLayout(self._list)
        self._problem.hide()
        self._show_secret("")
