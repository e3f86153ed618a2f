"""The kinds of edits: each applies itself to the database and says how it is taken back.

A command is registered once with :func:`edit_command` and named in the edit log from then on, so its name and the
keys of its payload never change. Payloads and change sets are plain JSON data.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Step:
    """One command with what it is applied to."""

    command: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``inverse`` takes the step back exactly; it may be another command. ``change`` is what a view must show anew.

    The log adds the key ``command`` to the change, so that views know what else it holds.
    """

    inverse: Step
    change: dict[str, Any]


Apply = Callable[[sqlite3.Connection, str, dict[str, Any]], Outcome]
"""``apply(connection, ep_id, payload)`` inside a transaction; raises a RushesError when it cannot."""

_COMMANDS: dict[str, Apply] = {}


def edit_command(name: str) -> Callable[[Apply], Apply]:
    """Register a function as the command ``name``."""

    def register(apply: Apply) -> Apply:
        if name in _COMMANDS:
            raise ValueError(f"the command {name} is registered twice")
        _COMMANDS[name] = apply
        return apply

    return register


def apply_step(connection: sqlite3.Connection, ep_id: str, step: Step) -> Outcome:
    """Do a step. Raises InvalidRequest for a command that this Rushes does not know."""
    apply = _COMMANDS.get(step.command)
    if apply is None:
        raise InvalidRequest(f"This Rushes does not know the edit “{step.command}”.", action="Update Rushes.")
    return apply(connection, ep_id, step.payload)
