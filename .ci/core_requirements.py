"""Print what ``core`` and ``models`` need with their tests: all but Qt and the checkers."""

import re
import sys
import tomllib
from pathlib import Path

LEFT_OUT = {"pyside6-addons", "pyside6-essentials", "shiboken6", "pyqtgraph", "pytest-qt"}
LEFT_OUT |= {"mypy", "ruff", "import-linter", "scipy-stubs", "types-regex"}


def requirements(pyproject: Path) -> list[str]:
    """Requirement lines that stay."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    lines: list[str] = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return [line for line in lines if re.split(r"[^A-Za-z0-9._-]", line)[0].lower() not in LEFT_OUT]


if __name__ == "__main__":
    sys.stdout.write("\n".join(requirements(Path(__file__).resolve().parents[1] / "pyproject.toml")) + "\n")
