"""The context menu of the step editor."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from core.procedures.types import Step
from widgets.procedures.step_editing import LEAST_STEP_S, gap_at, step_at

if TYPE_CHECKING:
    from widgets.procedures.step_timeline import StepTimeline

translate = QCoreApplication.translate


def step_menu(timeline: "StepTimeline") -> QMenu:
    """What can be done with the selected step and at the line of now; what cannot is greyed."""
    menu = QMenu(timeline)
    menu.aboutToHide.connect(menu.deleteLater)
    index, steps = timeline.selected(), timeline.steps()
    chosen = index is not None and timeline.editable
    at = step_at(steps, timeline.position_s)
    splits = at is not None and all(
        abs(edge_s - timeline.position_s) >= LEAST_STEP_S for edge_s in (steps[at].start_s, steps[at].end_s)
    )
    gap = gap_at(steps, timeline.position_s, timeline.duration_s)
    _add(menu, translate("StepMenu", "Rename…"), "F2", timeline.begin_rename, enabled=chosen)
    _add(
        menu,
        translate("StepMenu", "Split at the line of now"),
        "S",
        timeline.split_at_position,
        enabled=splits and timeline.editable,
    )
    _add(
        menu,
        translate("StepMenu", "Join with the next step"),
        "J",
        timeline.join_with_next,
        enabled=chosen and len(steps) > 1,
    )
    _add(
        menu,
        translate("StepMenu", "Fill the gap with a step"),
        "I",
        timeline.insert_at_position,
        enabled=gap is not None and timeline.editable,
    )
    _add(menu, translate("StepMenu", "Delete the step"), "Del", timeline.delete_selected, enabled=chosen)
    if chosen and index is not None:
        menu.addSeparator()
        _add_flags(menu, timeline, index, steps[index])
    return menu


def _add(menu: QMenu, words: str, keys: str, run: Callable[[], object], *, enabled: bool) -> QAction:
    action = menu.addAction(words)
    action.setShortcut(QKeySequence(keys))
    action.setEnabled(enabled)
    action.triggered.connect(lambda _checked=False: run())
    return action


def _add_flags(menu: QMenu, timeline: "StepTimeline", index: int, step: Step) -> None:
    flags = (
        (translate("StepMenu", "Critical"), step.critical, replace(step, critical=not step.critical)),
        (translate("StepMenu", "Optional"), step.optional, replace(step, optional=not step.optional)),
        (translate("StepMenu", "May come in any order"), step.any_order, replace(step, any_order=not step.any_order)),
    )
    for words, on, other in flags:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(on)
        name = translate("StepMenu", "Change “{flag}”").format(flag=words)
        action.triggered.connect(lambda _checked=False, other=other, name=name: timeline.change(index, other, name))
