"""The rules of the library as the page knows them: read, changed and tried out away from the Qt thread."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.automation_page.rule_draft import Draft
from app.desktop.services import Services
from core.scanning.types import Preview, Rule, RuleDraft

if TYPE_CHECKING:
    from core.subtitling.automation import Automation

PRIORITY_STEP = 10
Failed = Callable[[Exception], object]


@dataclass(frozen=True, slots=True)
class RuleReading:
    """Rules in the order in which they are asked; ``counts`` matching files by a rule's id; ``files`` known in all."""

    rules: tuple[Rule, ...] = ()
    counts: Mapping[int, int] = field(default_factory=dict)
    files: int = 0
    stale: bool = False


def read_rules(automation: "Automation") -> RuleReading:
    """Rules, and what they would match now. Slow: never in the Qt thread."""
    rules = tuple(automation.rules.list())
    preview = automation.scanner.preview(None)
    by_name = Counter(name for _, name in preview.matches)
    counts = {rule.id: by_name[rule.name] for rule in rules if rule.enabled}
    return RuleReading(rules, counts, preview.files, preview.stale)


def put_in_order(automation: "Automation", rule_ids: list[int]) -> None:
    """Give rules priorities so that they are asked in this order; only those that change are written."""
    present = {rule.id: rule for rule in automation.rules.list()}
    known = [rule_id for rule_id in rule_ids if rule_id in present]
    for at, rule_id in enumerate(known):
        priority = (len(known) - at) * PRIORITY_STEP
        if present[rule_id].priority != priority:
            automation.rules.update(rule_id, priority=priority)


def save_rule(automation: "Automation", draft: Draft, priority: int | None = None) -> Rule:
    """Write a draft; a new one is asked last unless a priority is given. Raises InvalidRequest, Conflict, NotFound."""
    if draft.rule_id is not None:
        return automation.rules.update(
            draft.rule_id,
            name=draft.name,
            enabled=draft.enabled,
            conditions=draft.conditions,
            action=draft.action,
        )
    if priority is None:
        priority = min((rule.priority for rule in automation.rules.list()), default=2 * PRIORITY_STEP) - PRIORITY_STEP
    return automation.rules.create(
        name=draft.name, conditions=draft.conditions, action=draft.action, enabled=draft.enabled, priority=priority
    )


class RuleBook(QObject):
    """Signals ``changed`` after every read; errors of changes go to the caller or become notices."""

    changed = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.reading = RuleReading()
        self.was_read = False

    @property
    def rules(self) -> tuple[Rule, ...]:
        """As of the last read."""
        return self.reading.rules

    def rule(self, rule_id: int | None) -> Rule | None:
        """A rule by its id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def refresh(self, done: Callable[[], object] | None = None) -> None:
        """Read again."""
        automation = self._services.automation

        def take(reading: RuleReading) -> None:
            first = not self.was_read
            changed = reading != self.reading
            self.reading, self.was_read = reading, True
            if changed or first:
                self.changed.emit()
            if done is not None:
                done()

        # with a callback no newer read may take this one's place
        key = None if done is not None else "automation-rules"
        self._services.background.run_query(lambda: read_rules(automation), take, latest_key=key, owner=self)

    def preview(self, draft: Draft, done: Callable[[Preview], object], failed: Failed) -> None:
        """What a draft alone would match."""
        automation = self._services.automation
        rule = RuleDraft(draft.name, draft.conditions, draft.action)
        self._services.background.run_query(
            lambda: automation.scanner.preview(rule),
            done,
            failed=failed,
            latest_key="automation-preview",
            owner=self,
        )

    def save(self, draft: Draft, done: Callable[[Rule], object], failed: Failed) -> None:
        """Write a draft."""
        automation = self._services.automation

        def saved(rule: Rule) -> None:
            self.refresh(lambda: done(rule))

        self._services.background.run_edit(lambda: save_rule(automation, draft), saved, failed=failed, owner=self)

    def delete(self, rule_id: int) -> None:
        """Delete a rule."""
        automation = self._services.automation
        self._change(lambda: automation.rules.delete(rule_id))

    def restore(self, rule: Rule) -> None:
        """Bring a deleted rule back as it was."""
        automation = self._services.automation
        draft = Draft(None, rule.name, rule.enabled, rule.conditions, rule.action)
        self._change(lambda: save_rule(automation, draft, rule.priority))

    def toggle(self, rule_id: int) -> None:
        """Turn a rule on or off."""
        automation = self._services.automation
        self._change(lambda: automation.rules.toggle(rule_id))

    def move(self, rule_id: int, to: int) -> None:
        """Let a rule be asked at a place, 0 = first."""
        automation = self._services.automation
        order = [rule.id for rule in self.rules if rule.id != rule_id]
        order.insert(to, rule_id)
        self._change(lambda: put_in_order(automation, order))

    def _change(self, call: Callable[[], object]) -> None:
        self._services.background.run_edit(call, lambda _none: self.refresh(), owner=self)
