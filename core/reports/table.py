"""Rows of cells in columns. A cell's text is set in its column's measure, so it cannot leave it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.flow import rule_below
from core.reports.text.layout import Block, Style, set_text

GUTTER = 12.0


class Cell(Protocol):
    """Something in a column; ``height`` in points."""

    @property
    def height(self) -> float:
        """How high it is."""

    def draw(self, canvas: ReportCanvas, x: float, top: float) -> None:
        """Draw it with its upper left corner at (x, top)."""


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` in points without the gutter behind it."""

    title: str
    width: float
    align: str = "left"


@dataclass(frozen=True, slots=True)
class TextCell:
    """Blocks of text below each other."""

    blocks: tuple[Block, ...]

    @property
    def height(self) -> float:
        """Of all blocks."""
        return sum(block.height for block in self.blocks)

    def draw(self, canvas: ReportCanvas, x: float, top: float) -> None:
        """Draw the blocks."""
        for block in self.blocks:
            top = canvas.draw_block(block, x, top)


@dataclass(frozen=True, slots=True)
class PictureCell:
    """A picture, or a tinted box with ``initials`` where there is none."""

    picture: Path | bytes | None
    width: float
    height: float
    ground: str = palette.TINT
    initials: str = ""
    radius: float = 4.0

    def draw(self, canvas: ReportCanvas, x: float, top: float) -> None:
        """Draw the picture."""
        if canvas.draw_picture(self.picture, x, top, self.width, self.height, radius=self.radius):
            return
        canvas.draw_box(x, top, self.width, self.height, self.ground, radius=self.radius)
        style = Style(10, 12, look.NAME.weight, palette.ink_on(self.ground), align="centre")
        block = set_text(self.initials, style, self.width, most_lines=1)
        canvas.draw_block(block, x, top - (self.height - block.height) / 2)


@dataclass(frozen=True, slots=True)
class BarCell:
    """A share in [0, 1] as a bar in its track."""

    share: float
    colour: str
    width: float
    height: float = 5.0

    def draw(self, canvas: ReportCanvas, x: float, top: float) -> None:
        """Draw track and bar; anything above nothing can be seen."""
        canvas.draw_box(x, top, self.width, self.height, palette.RULE, radius=self.height / 2)
        if self.share > 0:
            length = max(1.5, min(1.0, self.share) * self.width)
            canvas.draw_box(x, top, length, self.height, self.colour, radius=self.height / 2)


@dataclass(frozen=True, slots=True)
class MarkCell:
    """A small square in an identity's colour, ``lowered`` to stand beside the first line of a text."""

    colour: str
    size: float = 7.0
    lowered: float = 0.0

    @property
    def height(self) -> float:
        """Of the square and what is above it."""
        return self.size + self.lowered

    def draw(self, canvas: ReportCanvas, x: float, top: float) -> None:
        """Draw the square."""
        canvas.draw_box(x, top - self.lowered, self.size, self.size, self.colour, radius=2)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in columns; ``middle`` centres each in the row's height, else they hang from its top."""

    columns: Sequence[Column]
    cells: tuple[Cell, ...]
    padding: float = 5.0
    middle: bool = True
    ruled: bool = True
    height: float = field(init=False)

    def __post_init__(self) -> None:
        """The height is asked for often: once is enough."""
        object.__setattr__(self, "height", max(cell.height for cell in self.cells) + 2 * self.padding)

    def draw(self, canvas: ReportCanvas, x: float, top: float, width: float) -> None:
        """Draw the cells and the hairline below."""
        left = x
        for column, cell in zip(self.columns, self.cells, strict=True):
            inset = (self.height - cell.height) / 2 if self.middle else self.padding
            cell.draw(canvas, left, top - inset)
            left += column.width + GUTTER
        if self.ruled:
            rule_below(canvas, x, top, width, self.height)


@dataclass(frozen=True, slots=True)
class Head:
    """The titles of columns over a darker line."""

    columns: Sequence[Column]
    height: float = 20.0

    def draw(self, canvas: ReportCanvas, x: float, top: float, width: float) -> None:
        """Draw the titles."""
        left = x
        for column in self.columns:
            style = replace(look.LABEL, align=column.align)
            canvas.draw_block(set_text(column.title, style, column.width, most_lines=1), left, top - 4)
            left += column.width + GUTTER
        canvas.draw_rule(x, top - self.height, width, colour=palette.MUTED, weight=0.8)


def text_cell(column: Column, text: str, style: Style = look.BODY, *, most_lines: int = 0) -> TextCell:
    """A text in a column, aligned as the column is."""
    aligned = style if style.align == column.align else replace(style, align=column.align)
    return TextCell((set_text(text, aligned, column.width, most_lines=most_lines),))


def spread(widths: Sequence[float], measure: float = look.MEASURE) -> list[float]:
    """Column widths with those that are 0 sharing what the others and the gutters leave."""
    free = measure - sum(widths) - GUTTER * (len(widths) - 1)
    open_ones = sum(width == 0 for width in widths)
    return [width or free / open_ones for width in widths]
