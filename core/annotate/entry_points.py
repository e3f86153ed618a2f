"""Entry points of one group, found quickly: only files that name the group are read as such."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ENTRY_POINT_GROUP = "rushes.pipelines"


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """``value`` is ``module:attribute``."""

    name: str
    value: str


def find_entry_points(group: str = ENTRY_POINT_GROUP, path: Iterable[str] | None = None) -> tuple[EntryPoint, ...]:
    """Entry points of a group in all packages of ``path`` (None = ``sys.path``), the first of a name counting.

    ``importlib.metadata`` parses the metadata of every package, which takes longer than all else that a listing does.
    """
    found: dict[str, EntryPoint] = {}
    for file in _entry_point_files(sys.path if path is None else path):
        for point in _points(file, group):
            found.setdefault(point.name, point)
    return tuple(found.values())


def _entry_point_files(path: Iterable[str]) -> Iterator[Path]:
    for folder in dict.fromkeys(path):
        where = Path(folder or ".")
        if where.is_dir():
            yield from sorted(where.glob("*.dist-info/entry_points.txt"))
            yield from sorted(where.glob("*.egg-info/entry_points.txt"))


def _points(file: Path, group: str) -> Iterator[EntryPoint]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return  # a package that is just being removed, or is none
    if group not in text:
        return
    import configparser  # noqa: PLC0415  hardly ever needed

    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    if parser.has_section(group):
        yield from (EntryPoint(name, value) for name, value in parser.items(group))
