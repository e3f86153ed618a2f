"""The typography of a report in one place. Sizes in points; A4."""

from dataclasses import replace

from reportlab.lib.pagesizes import A4

from core.reports import palette
from core.reports.text.faces import Weight
from core.reports.text.layout import Style

PAGE_WIDTH, PAGE_HEIGHT = float(A4[0]), float(A4[1])
MARGIN_X = 56.0
TOP, BOTTOM = 78.0, 66.0
MEASURE = PAGE_WIDTH - 2 * MARGIN_X

TITLE = Style(30, 36, Weight.BOLD)
HEADING = Style(17, 22, Weight.SEMIBOLD)
SUBHEADING = Style(10.5, 14, Weight.SEMIBOLD)
FIGURE = Style(17, 21, Weight.SEMIBOLD, tabular=True)
BODY = Style(9, 13.2)
QUIET = Style(9, 13.2, colour=palette.MUTED)
NAME = Style(9.5, 13, Weight.SEMIBOLD)
SMALL = Style(7.5, 10.4, colour=palette.FAINT)
LABEL = Style(7.5, 10.4, Weight.MEDIUM, colour=palette.FAINT)
NUMBER = Style(8.5, 12.4, tabular=True, align="right")
NUMBER_LEFT = replace(NUMBER, align="left")
STRONG_NUMBER = replace(NUMBER, weight=Weight.SEMIBOLD)
