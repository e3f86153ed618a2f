"""What is wrong with a file that somebody brings: every bad line by its number, its text and why."""

from dataclasses import dataclass, field

from core.errors import InvalidRequest

SHOWN_FAULTS = 20
MOST_FAULTS = 10_000
"""A file with more bad lines than this is not of the format at all."""
_SHOWN_CHARACTERS = 120
_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that cannot be read. ``line`` counts from 1; in formats without lines (XML, JSON) it counts ``unit``s."""

    line: int
    text: str
    why: str
    unit: str = "line"

    def __str__(self) -> str:
        return f"{self.unit.capitalize()} {self.line}: {self.why} (“{self.text}”)" if self.text else self.short

    @property
    def short(self) -> str:
        """Without the text of the line."""
        return f"{self.unit.capitalize()} {self.line}: {self.why}"


@dataclass(slots=True)
class Faults:
    """Collects the bad lines of one file, and notes on what was understood in a certain way."""

    title: str
    unit: str = "line"
    found: list[LineFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, line: int, text: object, why: str, *, unit: str = "") -> None:
        """A line that is left out. Raises InvalidRequest when there are too many of them for a file of this kind."""
        shown = " ".join(str(text)[:_LOOKED_AT].split())
        if len(shown) > _SHOWN_CHARACTERS:
            shown = f"{shown[:_SHOWN_CHARACTERS]}…"
        self.found.append(LineFault(line, shown, why, unit or self.unit))
        if len(self.found) > MOST_FAULTS:
            raise InvalidRequest(
                f"More than {MOST_FAULTS:,} entries of the {self.title} file cannot be read. First: {self.found[0]}",
                action="Check that the file is of the chosen format and was saved whole.",
            )

    def remark(self, text: str) -> None:
        """Something that the reader should know; said once."""
        if text not in self.notes:
            self.notes.append(text)


def refusal(name: str, title: str, faults: tuple[LineFault, ...]) -> InvalidRequest:
    """The error for a file with bad lines that is to be imported whole or not at all."""
    shown = "\n".join(str(one) for one in faults[:SHOWN_FAULTS])
    more = f"\n… and {len(faults) - SHOWN_FAULTS:,} more" if len(faults) > SHOWN_FAULTS else ""
    what = "1 entry" if len(faults) == 1 else f"{len(faults):,} entries"
    return InvalidRequest(
        f"{name} ({title}) has {what} that cannot be read; nothing was imported.\n{shown}{more}",
        action="Correct them in the file, or import the rest and skip them.",
    )
