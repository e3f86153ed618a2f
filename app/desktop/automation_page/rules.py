"""Rules: the list on the left, the chosen rule on the right, and which files it matches while it is written."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.automation_page.frame import Notice, Section
from app.desktop.automation_page.languages import Languages
from app.desktop.automation_page.rule_book import RuleBook
from app.desktop.automation_page.rule_draft import Draft, copy_of, draft_of, free_name, problems_of, usual_rules
from app.desktop.automation_page.rule_editor import RuleEditor
from app.desktop.automation_page.words import error_words, files_words
from app.desktop.services import Services
from core.scanning.types import Preview, Rule
from widgets.file_list import FileList, FileRow
from widgets.flow import EmptyState, IconButton, label, push_button
from widgets.rule_list import RuleList, RuleRow
from widgets.rule_words import rule_sentence

PREVIEW_AFTER_MS = 300
LIST_PX, EDITOR_PX = 380, 640
PREVIEW_PX = 96
NEW = -1
"""The id that a rule has in the list while it was never saved."""


class RulesSection(Section):
    """Changes are kept per rule until they are saved, also while another rule is looked at."""

    def __init__(self, services: Services, book: RuleBook, languages: Languages) -> None:
        super().__init__(services)
        self._book = book
        self._languages = languages
        self._drafts: dict[int, Draft] = {}
        self._shown: int | None = None
        self.list = RuleList()
        self.editor = RuleEditor(languages.names)
        self.undo = Notice()
        self.count = label("", "strong")
        self.count_note = label("", "small", wrap=True)
        self.files = FileList(self.tr("Files that match"))
        self.new = push_button(self.tr("New rule"), "add", "primary", small=True)
        self.duplicate = IconButton("copy", self.tr("Duplicate the rule"), size_px=16)
        self.up = IconButton("arrow-up", self.tr("Ask this rule earlier (Alt+Up)"), size_px=16)
        self.down = IconButton("arrow-down", self.tr("Ask this rule later (Alt+Down)"), size_px=16)
        self.remove = IconButton("trash", self.tr("Delete the rule (Delete)"), size_px=16)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PREVIEW_AFTER_MS)
        self._soon.timeout.connect(self._ask_preview)
        self._build()
        self._connect()

    # ------------------------------------------------------------------ what the page says

    def entered(self) -> None:
        """Read rules and files again."""
        self._book.refresh()
        if self._shown is not None:
            self._soon.start()

    def close_section(self) -> None:
        """No preview any more."""
        self._soon.stop()

    def show_rule(self, rule_id: int | None) -> None:
        """Bring a rule into the form; None = none."""
        self._shown = rule_id
        self.list.select(rule_id)
        draft = self._draft(rule_id)
        self._side.setCurrentWidget(self._form if draft is not None else self._hint)
        if draft is not None:
            self.editor.show_draft(draft)
            self._check()
            self._ask_preview()
        self._enable()

    def begin(self, draft: Draft | None = None) -> None:
        """Begin a new rule, empty or as one of the usual ones."""
        taken = self._taken(None)
        made = draft or Draft(name=self.tr("New rule"))
        self._drafts[NEW] = replace(made, rule_id=None, name=free_name(made.name, taken))
        self._show_rows()
        self.show_rule(NEW)
        self.editor.name.setFocus()
        self.editor.name.selectAll()

    # ------------------------------------------------------------------ what a person asks

    def _save(self) -> None:
        shown, draft = self._shown, self.editor.draft

        def saved(rule: Rule) -> None:
            self._drafts.pop(shown if shown is not None else NEW, None)
            self._show_rows()
            self.show_rule(rule.id)

        self._book.save(draft, saved, lambda error: self.editor.show_problems({"saving": error_words(error)}))

    def _revert(self) -> None:
        shown = self._shown
        self._drafts.pop(shown if shown is not None else NEW, None)
        self._show_rows()
        self.show_rule(shown if self._book.rule(shown) is not None else self._first())

    def _duplicate(self) -> None:
        draft = self._draft(self._shown)
        if draft is not None:
            self.begin(copy_of(draft, self._taken(None)))

    def delete(self, rule_id: int) -> None:
        """Delete a rule at once, and offer to bring it back."""
        if rule_id == NEW:
            self._revert()
            return
        rule = self._book.rule(rule_id)
        if rule is None:
            return
        self._drafts.pop(rule_id, None)
        self._book.delete(rule_id)

        def bring_back() -> None:
            self.undo.say("")
            self._book.restore(rule)

        words = self.tr("The rule “{name}” was deleted.").format(name=rule.name)
        self.undo.say(words, "info", self.tr("Undo"), bring_back)

    def _toggle(self, rule_id: int) -> None:
        draft = self._drafts.get(rule_id)
        if draft is not None:
            self._drafts[rule_id] = replace(draft, enabled=not draft.enabled)
            if rule_id == self._shown:
                self.editor.show_draft(self._drafts[rule_id])
        if rule_id != NEW:
            self._book.toggle(rule_id)
        else:
            self._show_rows()

    def _step(self, by: int) -> None:
        ids = [rule.id for rule in self._book.rules]
        if self._shown in ids:
            to = ids.index(self._shown) + by
            if 0 <= to < len(ids):
                self._book.move(self._shown, to)

    def _move(self, rule_id: int, to: int) -> None:
        if rule_id != NEW:
            self._book.move(rule_id, min(to, len(self._book.rules) - 1))

    # ------------------------------------------------------------------ showing

    def _on_book(self) -> None:
        known = {rule.id for rule in self._book.rules}
        self._drafts = {rule_id: draft for rule_id, draft in self._drafts.items() if rule_id in known | {NEW}}
        self._show_rows()
        if self._shown is None or self._draft(self._shown) is None:
            self.show_rule(self._first())
        elif self._shown not in self._drafts:
            draft = self._draft(self._shown)
            if draft is not None and draft != self.editor.draft:
                self.show_rule(self._shown)
        self._enable()

    def _show_rows(self) -> None:
        counts = self._book.reading.counts
        rows = []
        for rule in self._book.rules:
            draft = self._drafts.get(rule.id)
            shown = draft or draft_of(rule)
            name = self.tr("{name} (not saved)").format(name=shown.name) if draft is not None else rule.name
            sentence = rule_sentence(shown.conditions, shown.action, self._languages.name_of)
            rows.append(RuleRow(rule.id, name, sentence, shown.enabled, counts.get(rule.id)))
        if (new := self._drafts.get(NEW)) is not None:
            sentence = rule_sentence(new.conditions, new.action, self._languages.name_of)
            rows.append(RuleRow(NEW, self.tr("{name} (not saved)").format(name=new.name), sentence, new.enabled))
        self.list.set_rules(rows)
        self.list.select(self._shown)

    def _on_selected(self) -> None:
        chosen = self.list.selected_id()
        if chosen != self._shown and chosen is not None:
            self.show_rule(chosen)

    def _on_edited(self) -> None:
        shown = self._shown if self._shown is not None else NEW
        rule, draft = self._book.rule(shown), self.editor.draft
        if rule is not None and draft_of(rule) == draft:
            self._drafts.pop(shown, None)
        else:
            self._drafts[shown] = draft
        self._show_rows()
        self._check()
        self._soon.start()

    def _check(self) -> None:
        draft = self.editor.draft
        problems = problems_of(draft, self.editor.unknown_language, self._taken(draft.rule_id))
        is_new = self._shown == NEW
        dirty = self._shown in self._drafts
        # a form that was only just begun is not told off
        told = problems if dirty and not (is_new and draft.conditions == Draft().conditions) else {}
        self.editor.show_problems(told)
        self.editor.show_state(dirty=dirty, valid=not problems, is_new=is_new)

    def _ask_preview(self) -> None:
        if self._shown is None:
            return
        draft = self.editor.draft
        if draft.conditions == Draft().conditions:
            self._book_drop()
            self._show_matches((), self.tr("No condition yet"), "")
            return
        self._book.preview(draft, self._on_preview, self._on_preview_failed)

    def _book_drop(self) -> None:
        self.services.background.drop("automation-preview")

    def _on_preview(self, preview: Preview) -> None:
        count = len(preview.matches)
        words = self.tr("Matches {count} of {files}").format(count=f"{count:,}", files=files_words(preview.files))
        if not preview.files:
            note = self.tr("No file is known yet. Add a folder and scan it; then the files are counted here.")
        elif preview.stale:
            note = self.tr("As of the last scan; a folder has changed since.")
        else:
            note = self.tr("Counted alone. A file goes to the first rule in the list that matches it.")
        self._show_matches(tuple(FileRow(path) for path, _ in preview.matches), words, note)

    def _on_preview_failed(self, error: Exception) -> None:
        self._show_matches((), self.tr("The files cannot be counted"), error_words(error))

    def _show_matches(self, rows: tuple[FileRow, ...], words: str, note: str) -> None:
        self.count.setText(words)
        self.count_note.setText(note)
        self.files.set_files(rows)
        self.files.setVisible(bool(rows))

    def _enable(self) -> None:
        ids = [rule.id for rule in self._book.rules]
        at = ids.index(self._shown) if self._shown in ids else -1
        self.duplicate.setEnabled(self._shown is not None)
        self.remove.setEnabled(self._shown is not None)
        self.up.setEnabled(at > 0)
        self.down.setEnabled(0 <= at < len(ids) - 1)

    # ------------------------------------------------------------------ parts

    def _draft(self, rule_id: int | None) -> Draft | None:
        if rule_id is None:
            return None
        rule = self._book.rule(rule_id)
        return self._drafts.get(rule_id) or (draft_of(rule) if rule is not None else None)

    def _first(self) -> int | None:
        return self._book.rules[0].id if self._book.rules else None

    def _taken(self, but: int | None) -> frozenset[str]:
        return frozenset(rule.name.casefold() for rule in self._book.rules if rule.id != but)

    def _connect(self) -> None:
        self._book.changed.connect(self._on_book)
        self.list.selection_changed.connect(self._on_selected)
        self.list.toggled.connect(self._toggle)
        self.list.moved.connect(self._move)
        self.list.delete_requested.connect(self.delete)
        self.editor.changed.connect(self._on_edited)
        self.editor.save_requested.connect(self._save)
        self.editor.revert_requested.connect(self._revert)
        self.duplicate.clicked.connect(self._duplicate)
        self.up.clicked.connect(lambda: self._step(-1))
        self.down.clicked.connect(lambda: self._step(1))
        self.remove.clicked.connect(lambda: self.delete(self._shown) if self._shown is not None else None)

    def fill_templates(self, menu: QMenu) -> None:
        """The usual rules, then an empty one."""
        menu.clear()
        for draft in usual_rules(self._languages.name_of, self._languages.own):
            menu.addAction(draft.name, lambda draft=draft: self.begin(draft))
        menu.addSeparator()
        menu.addAction(self.tr("Empty rule"), self.begin)

    def _build(self) -> None:
        menu = QMenu(self.new)
        menu.aboutToShow.connect(lambda: self.fill_templates(menu))
        self.new.setMenu(menu)
        self._hint = EmptyState(
            "filter",
            self.tr("Rules decide which files get subtitles"),
            self.tr("Each file goes to the first rule in the list that matches it. Begin with one of the usual rules."),
        )
        begin = self._hint.add_action(self.tr("New rule"), "add", primary=True)
        begin_menu = QMenu(begin)
        begin_menu.aboutToShow.connect(lambda: self.fill_templates(begin_menu))
        begin.setMenu(begin_menu)
        self._form = self._form_area()
        self._side = QStackedWidget()
        self._side.addWidget(self._hint)
        self._side.addWidget(self._form)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._list_area())
        splitter.addWidget(self._side)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([LIST_PX, EDITOR_PX])
        splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(splitter, 1)

    def _list_area(self) -> QWidget:
        area = QWidget()
        area.setProperty("role", "panel")
        area.setMinimumWidth(300)
        head = QHBoxLayout()
        head.setContentsMargins(16, 20, 12, 0)
        head.setSpacing(4)
        head.addWidget(label(self.tr("Rules"), "heading"))
        head.addStretch(1)
        for button in (self.up, self.down, self.duplicate, self.remove):
            head.addWidget(button)
        head.addWidget(self.new)
        note = label(
            self.tr("The first rule that matches a file counts. Drag to change the order."), "small", wrap=True
        )
        note.setContentsMargins(16, 0, 12, 0)
        notice = QVBoxLayout()
        notice.setContentsMargins(12, 0, 12, 0)
        notice.addWidget(self.undo)
        column = QVBoxLayout(area)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(note)
        column.addLayout(notice)
        column.addWidget(self.list, 1)
        return area

    def _form_area(self) -> QWidget:
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        padded = QVBoxLayout(inner)
        padded.setContentsMargins(20, 20, 20, 12)
        padded.addWidget(self.editor)
        padded.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        preview = QFrame()
        preview.setProperty("role", "footer")
        preview.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        words = QVBoxLayout(preview)
        words.setContentsMargins(20, 10, 12, 8)
        words.setSpacing(4)
        head = self.editor.foot()
        head.insertWidget(0, self.count)
        head.insertStretch(1, 1)
        words.addLayout(head)
        words.addWidget(self.count_note)
        words.addWidget(self.files)
        self.files.setFixedHeight(PREVIEW_PX)
        area = QWidget()
        column = QVBoxLayout(area)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addWidget(preview)
        return area
