"""The canvas of a report: text blocks, pictures, and page numbers that know how many pages there are."""

import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from core.reports import look, palette
from core.reports.text.embedding import EmbeddedFonts
from core.reports.text.layout import Block, Style, set_text
from core.reports.text.shaping import Shaped

rl_config.useA85 = 0  # streams as bytes: text encoding of them is slow and a quarter larger


class ReportCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A reportlab canvas that writes with embedded fonts only."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._fonts = EmbeddedFonts(self._doc)
        self._shared: dict[str, Callable[[], None]] = {}

    def _make_preamble(self) -> None:
        """Without reportlab's own initial font, which would stand in the file unused and not embedded."""
        self._preamble = "1 0 0 1 0 0 cm"

    def draw_line(self, line: Shaped, x: float, baseline: float, style: Style) -> None:
        """One line of text, its left end at (x, baseline)."""
        self.setFillColor(_colour(style.colour))
        self._code.append(self._fonts.operators(line, x, baseline, style.size))

    def draw_block(self, block: Block, x: float, top: float) -> float:
        """Text with its upper left corner at (x, top); returns where it ends below."""
        style, leading = block.style, block.leading
        for line in block.lines:
            height = (line.ascent - line.descent) * style.size
            baseline = top - (leading - height) / 2 - line.ascent * style.size
            self.draw_line(line, x + _indent(block, line), baseline, style)
            top -= leading
        return top

    def draw_text(self, text: str, style: Style, x: float, top: float, measure: float, *, most_lines: int = 1) -> float:
        """Set and draw a text; returns where it ends below."""
        return self.draw_block(set_text(text, style, measure, most_lines=most_lines), x, top)

    def draw_box(self, x: float, top: float, width: float, height: float, colour: str, *, radius: float = 0) -> None:
        """A filled rectangle; a radius larger than it allows is made smaller."""
        if width <= 0 or height <= 0:
            return
        self.setFillColor(_colour(colour))
        radius = min(radius, width / 2, height / 2)
        if radius > 0:
            self.roundRect(x, top - height, width, height, radius, stroke=0, fill=1)
        else:
            self.rect(x, top - height, width, height, stroke=0, fill=1)

    def draw_rule(self, x: float, y: float, width: float, *, colour: str = palette.RULE, weight: float = 0.6) -> None:
        """A horizontal hairline."""
        self.setStrokeColor(_colour(colour))
        self.setLineWidth(weight)
        self.line(x, y, x + width, y)

    def draw_picture(
        self, picture: Path | bytes | None, x: float, top: float, width: float, height: float, *, radius: float = 0
    ) -> bool:
        """A picture that fills the box, cut where its shape differs; False where it cannot be read."""
        size = _size(picture)
        if size is None or picture is None:
            return False
        picture_width, picture_height = size
        scale = max(width / picture_width, height / picture_height)
        drawn_width, drawn_height = picture_width * scale, picture_height * scale
        self.saveState()
        path = self.beginPath()
        path.roundRect(x, top - height, width, height, radius)
        self.clipPath(path, stroke=0, fill=0)
        left, bottom = x - (drawn_width - width) / 2, top - height - (drawn_height - height) / 2
        source = str(picture) if isinstance(picture, Path) else ImageReader(io.BytesIO(picture))
        self.drawImage(source, left, bottom, drawn_width, drawn_height)
        self.restoreState()
        return True

    def draw_shared(self, name: str, draw: Callable[[], None], x: float, y: float) -> None:
        """What stands in many places and is in the file once; ``draw`` draws it around (0, 0) at the end."""
        self._shared[name] = draw
        self.saveState()
        self.translate(x, y)
        self.doForm(name)
        self.restoreState()

    def draw_page_number(self) -> None:
        """The place of "Page 3 of 9", which is filled in when the number of pages is known."""
        number = self.getPageNumber()
        self.draw_shared(f"rushes-page-{number}", lambda: self._page_number(number), 0, 0)

    def save(self) -> None:
        """Draw what was left for the end, then write the file."""
        if self._code:
            self.showPage()
        self._pages = self.getPageNumber() - 1
        for name, draw in self._shared.items():
            self.beginForm(name, 0, 0, look.PAGE_WIDTH, look.PAGE_HEIGHT)
            draw()
            self.endForm()
        super().save()

    def _page_number(self, number: int) -> None:
        block = set_text(f"Page {number} of {self._pages}", _PAGE_NUMBER, 120)
        self.draw_block(block, look.PAGE_WIDTH - look.MARGIN_X - 120, 40)


_PAGE_NUMBER = Style(7.5, 10.4, colour=palette.FAINT, tabular=True, align="right")


@functools.cache
def _colour(text: str) -> Color:
    return HexColor(text)


def _indent(block: Block, line: Shaped) -> float:
    free = block.measure - line.width * block.style.size
    return {"left": 0.0, "centre": free / 2, "right": free}[block.style.align]


def _size(picture: Path | bytes | None) -> tuple[int, int] | None:
    """In pixels; None for a picture that is gone or is none: a report is not refused for it."""
    if picture is None:
        return None
    try:
        with Image.open(io.BytesIO(picture) if isinstance(picture, bytes) else picture) as image:
            image.verify()
            return image.size
    except (OSError, UnidentifiedImageError, SyntaxError):
        return None
