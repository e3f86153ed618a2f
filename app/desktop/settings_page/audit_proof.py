"""What makes the audit trail worth something: a check of its chain, signed exports, and a check of such a file."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QInputDialog, QLineEdit, QWidget

from app.desktop.services import Services
from app.desktop.settings_page.audit_key_dialog import SigningKeyDialog
from app.desktop.settings_page.secret_line import CopyLine
from core.audit import exporting, verifying
from core.audit.types import Export, Verified
from widgets.flow import Badge, Card, IconButton, label, push_button
from widgets.flow.labels import Tone

ACTOR = "desktop"
LIMITS = (500, exporting.MOST_ITEMS)
LANE = "audit-proof"


class Outcome(QWidget):
    """The outcome of a check: a badge, and what is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.badge = Badge("")
        self.text = label("", "small", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.badge)
        row.addWidget(self.text, 1)
        self.say("", "plain", "")

    def say(self, word: str, tone: Tone, text: str) -> None:
        """Show an outcome; an empty word hides it."""
        self.badge.set_badge(word, tone)
        self.text.setText(text)
        self.setVisible(bool(word))
        self.setAccessibleName(f"{word}. {text}")


class ChainCard(Card):
    """Each entry holds the hash of the one before it: a change anywhere is found."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self.check = push_button(self.tr("Check the chain"), "relink", small=True)
        self.outcome = Outcome()
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Is the trail whole?"), "strong"), 1)
        head.addWidget(self.check)
        self.body.addLayout(head)
        text = self.tr("Each entry holds the hash of the one before it. What was changed or taken out is found.")
        self.body.addWidget(label(text, "small", wrap=True))
        self.body.addWidget(self.outcome)
        self.check.clicked.connect(self._run)

    def _run(self) -> None:
        store = self._services.library.store
        self.check.setEnabled(False)
        self.outcome.say(self.tr("Checking"), "info", "")
        self._services.background.run_query(
            lambda: verifying.verify_chain(store), self._done, failed=self._failed, owner=self, lane=LANE
        )

    def _done(self, problems: tuple[str, ...]) -> None:
        self.check.setEnabled(True)
        if problems:
            self.outcome.say(self.tr("Broken"), "error", "\n".join(problems))
        else:
            self.outcome.say(self.tr("Whole"), "success", self.tr("No entry was changed, none is missing."))

    def _failed(self, error: Exception) -> None:
        self.check.setEnabled(True)
        self.outcome.say(self.tr("Not checked"), "error", str(error))


class ExportCard(Card):
    """Writes the newest entries, signed with the person's own key."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self.limit = QComboBox()
        self.export = push_button(self.tr("Export signed…"), "export", "primary", small=True)
        self.change = push_button(self.tr("Change key…"), "lock", small=True)
        self.copy_key = IconButton("copy", self.tr("Copy the key, for those who check your exports"))
        self.file = CopyLine(self.tr("Exported file"))
        self.show_folder = push_button(self.tr("Show folder"), "folder", small=True)
        self.outcome = Outcome()
        self._key_words = label("", "small", wrap=True)
        self._build()
        self.export.clicked.connect(self._start)
        self.change.clicked.connect(self._change_key)
        self.copy_key.clicked.connect(self._copy_key)
        self.show_folder.clicked.connect(self._open_folder)
        self.refresh()

    def refresh(self) -> None:
        """Show whether there is a key."""
        key = self._services.settings.audit_key()
        self.change.setVisible(key is not None)
        self.copy_key.setVisible(key is not None)
        self.copy_key.set_icon("copy")
        self._key_words.setText(
            self.tr("No signing key yet: the first export asks for one, or makes one.")
            if key is None
            else self.tr("Signed with your key “{name}”. Who checks an export needs the same key.").format(name=key[0])
        )

    def ask_for_key(self) -> bool:
        """Let the person choose a key; whether there is one now."""
        name, secret = self._services.settings.audit_key() or ("", "")
        dialog = SigningKeyDialog(self.window(), name, secret)
        taken = bool(dialog.exec())
        if taken:
            self._services.settings.set_audit_key(dialog.name, dialog.secret)
            self._services.settings.sync()
            self.refresh()
        dialog.deleteLater()
        return taken

    def _change_key(self) -> None:
        self.ask_for_key()

    def _start(self) -> None:
        if self._services.settings.audit_key() is None and not self.ask_for_key():
            return
        key = self._services.settings.audit_key()
        if key is None:
            return
        library, limit = self._services.library, int(self.limit.currentData())
        self.export.setEnabled(False)
        self.outcome.say(self.tr("Exporting"), "info", "")
        self._services.background.run_edit(
            lambda: exporting.export(library, limit=limit, key=key[1].encode(), key_id=key[0], actor=ACTOR),
            self._done,
            failed=self._failed,
            owner=self,
        )

    def _done(self, made: Export) -> None:
        self.export.setEnabled(True)
        words = self.tr("{count} entries, signed with the key “{name}”.")
        told = words.format(count=f"{made.item_count:,}", name=made.signature["key_id"])
        self.outcome.say(self.tr("Exported"), "success", told)
        self._show_file(made.file_path)

    def _failed(self, error: Exception) -> None:
        self.export.setEnabled(True)
        self.outcome.say(self.tr("Not exported"), "error", str(error))
        self._show_file("")

    def _show_file(self, path: str) -> None:
        self.file.show_text(path)
        self.show_folder.setVisible(bool(path))

    def _copy_key(self) -> None:
        key = self._services.settings.audit_key()
        if key is not None:
            QGuiApplication.clipboard().setText(key[1])
            self.copy_key.set_icon("check")

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self.file.text).parent)))

    def _build(self) -> None:
        for limit in LIMITS:
            self.limit.addItem(self.tr("the newest {count}").format(count=f"{limit:,}"), limit)
        self.limit.setAccessibleName(self.tr("How many entries"))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("Export"), "strong"), 1)
        head.addWidget(self.limit)
        head.addWidget(self.export)
        self.body.addLayout(head)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._key_words, 1)
        line.addWidget(self.copy_key)
        line.addWidget(self.change)
        self.body.addLayout(line)
        self.body.addWidget(self.outcome)
        shown = QHBoxLayout()
        shown.setSpacing(8)
        shown.addWidget(self.file, 1)
        shown.addWidget(self.show_folder)
        self.body.addLayout(shown)
        self._show_file("")


class VerifyCard(Card):
    """Checks an export that somebody sent: contents, signature, chain."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._path: Path | None = None
        self.choose = push_button(self.tr("Verify a file…"), "check-circle", small=True)
        self.other_key = push_button(self.tr("Check with another key…"), "lock", small=True)
        self.outcome = Outcome()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("Check an export"), "strong"), 1)
        head.addWidget(self.other_key)
        head.addWidget(self.choose)
        self.body.addLayout(head)
        text = self.tr("Says whether an exported file is as it was signed, and whether its chain holds.")
        self.body.addWidget(label(text, "small", wrap=True))
        self.body.addWidget(self.outcome)
        self.other_key.hide()
        self.choose.clicked.connect(self._choose)
        self.other_key.clicked.connect(self._ask_other_key)

    def verify(self, path: Path, secret: str | None) -> None:
        """Check a file, with a key or without."""
        self._path = path
        self.choose.setEnabled(False)
        self.outcome.say(self.tr("Checking"), "info", path.name)
        key = None if secret is None else secret.encode()
        self._services.background.run_query(
            lambda: verifying.verify(path, key), self._done, failed=self._failed, owner=self, lane=LANE
        )

    def _choose(self) -> None:
        folder = self._services.library.path / "reports"
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Verify a file"), str(folder), self.tr("Audit exports (*.json);;All files (*)")
        )
        if chosen:
            key = self._services.settings.audit_key()
            self.verify(Path(chosen), None if key is None else key[1])

    def _ask_other_key(self) -> None:
        words = self.tr("The key that the file was signed with")
        secret, taken = QInputDialog.getText(self, self.tr("Another key"), words, QLineEdit.EchoMode.Password)
        if taken and secret.strip() and self._path is not None:
            self.verify(self._path, secret.strip())

    def _done(self, found: Verified) -> None:
        self.choose.setEnabled(True)
        self.other_key.setVisible(found.signed is not True)
        name = self._path.name if self._path is not None else ""
        count = self.tr("{name}: {count} entries.").format(name=name, count=f"{found.items:,}")
        if found.problems:
            self.outcome.say(self.tr("Do not trust it"), "error", "\n".join((count, *found.problems)))
        elif found.signed is None:
            words = self.tr("Contents and chain fit together. The signature was not checked: no key was given.")
            self.outcome.say(self.tr("Not signed for you"), "warning", f"{count} {words}")
        else:
            words = self.tr("As it was signed: nothing was changed, nothing is missing between its entries.")
            self.outcome.say(self.tr("Genuine"), "success", f"{count} {words}")

    def _failed(self, error: Exception) -> None:
        self.choose.setEnabled(True)
        self.other_key.hide()
        self.outcome.say(self.tr("Not checked"), "error", str(error))
