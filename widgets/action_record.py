"""An action as plain data, for the command palette and the sheet of shortcuts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """``shortcut``: portable text (``Ctrl+K``; several with ``, `` between them); ``icon``: a name of widgets.icons."""

    id: str
    title: str
    group: str
    shortcut: str = ""
    icon: str = ""
    enabled: bool = True
    tip: str = ""
