"""Writes ``docs/SHORTCUTS.md`` from the action table: ``python -m app.desktop.shortcuts_document``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.desktop.actions import GROUPS, Action, ActionTable

DOCUMENT = Path("docs") / "SHORTCUTS.md"
_HEAD = """# Keyboard shortcuts

Made from the action table by `python -m app.desktop.shortcuts_document`; do not edit it by hand. In Rushes the same
list opens with `?`, and `Ctrl+K` finds every command by its name. On macOS, Ctrl is the Command key.
"""


def document_of(records: Sequence[Action]) -> str:
    """The whole document: one table for each menu, commands without a shortcut included."""
    parts = [_HEAD]
    for group in GROUPS:
        rows = [record for record in records if record.group == group]
        if rows:
            parts.append(f"\n## {group}\n\n| command | keys | where |\n|---|---|---|\n")
            parts.extend(_row(record) for record in rows)
    return "".join(parts)


def _row(record: Action) -> str:
    keys = ", ".join(f"`{shortcut}`" for shortcut in record.shortcuts) or "–"
    return f"| {record.title} | {keys} | {record.page.capitalize() or 'everywhere'} |\n"


def write_document(table: ActionTable, target: Path) -> None:
    """Write it, through a temporary file."""
    temp = target.with_name(f".{target.name}.tmp")
    target.parent.mkdir(parents=True, exist_ok=True)
    temp.write_text(document_of(table.records), encoding="utf-8")
    temp.replace(target)


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the real window on an empty library, off the screen, and write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DOCUMENT)
    options = parser.parse_args(arguments)
    from app.desktop.stage import Stage

    with Stage() as stage:
        stage.open_library()
        write_document(stage.window.actions_table, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
