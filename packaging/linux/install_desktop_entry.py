#!/usr/bin/env python3
"""Put Rushes into the menu of a Linux desktop for this user, or take it out again (``--remove``).

Standard library only. The entry points to this checkout; run it again after moving the folder.
"""

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ENTRY = "rushes.desktop"


def applications_folder() -> Path:
    """Where the menu looks for this user's own entries (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "applications"


def quoted(text: str) -> str:
    """An argument in ``Exec`` (Desktop Entry Specification, "The Exec key")."""
    for character in ("\\", '"', "`", "$"):
        text = text.replace(character, "\\" + character)
    # a backslash is escaped once more because the value is a string; % would begin a field code
    return '"{}"'.format(text.replace("\\", "\\\\").replace("%", "%%"))


def entry_text(root: Path, python: str) -> str:
    """The desktop entry for a checkout."""
    text = (HERE / "rushes.desktop.in").read_text(encoding="utf-8")
    icon = root / "resources" / "icons" / "rushes.svg"
    values = {"@PYTHON@": quoted(python), "@RUN@": quoted(str(root / "run.py"))}
    values["@ICON@"] = str(icon) if icon.exists() else "video-x-generic"
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def main() -> int:
    """Write or remove the entry."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--remove", action="store_true", help="take the entry out again")
    target = applications_folder() / ENTRY
    if parser.parse_args().remove:
        target.unlink(missing_ok=True)
        print(f"Removed {target}")
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".new")
    unfinished.write_text(entry_text(ROOT, getattr(sys, "_base_executable", sys.executable)), encoding="utf-8")
    unfinished.replace(target)
    print(f"Wrote {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
