"""The kinds of edits by name. A name and the keys of its payload never change: they stand in the log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.errors import InvalidRequest
from core.identities.draft import Draft


@dataclass(frozen=True, slots=True)
class Step:
    """One command with what it is applied to: plain JSON data."""

    command: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """``name`` is what people read behind "Undo"; ``result`` joins the change set (``new_id``, ``target_id`` …)."""

    name: str
    result: dict[str, Any] = field(default_factory=dict)


Apply = Callable[[Draft, dict[str, Any]], Done]
"""``apply(draft, payload)`` inside a transaction; raises a RushesError when it cannot, and nothing is kept."""

_COMMANDS: dict[str, Apply] = {}


def edit_command(name: str) -> Callable[[Apply], Apply]:
    """Register a function as the command ``name``."""

    def register(apply: Apply) -> Apply:
        if name in _COMMANDS:
            raise ValueError(f"the command {name} is registered twice")
        _COMMANDS[name] = apply
        return apply

    return register


def apply_step(draft: Draft, step: Step) -> Done:
    """Do a step. Raises InvalidRequest for a command that this Rushes does not know."""
    apply = _COMMANDS.get(step.command)
    if apply is None:
        raise InvalidRequest(f"This Rushes does not know the edit “{step.command}”.", action="Update Rushes.")
    return apply(draft, step.payload)
