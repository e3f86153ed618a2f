"""The colours of a report: those of the light theme, and of each identity the one that it has on the screen."""

INK = "#15181d"
MUTED = "#4a525e"
FAINT = "#6b7380"
RULE = "#dce0e7"
TINT = "#f3f4f7"
ACCENT = "#3651d4"
GOOD = "#0f7046"
BAD = "#bd2a31"
UNASSIGNED = "#a1a8b3"

IDENTITY_COLOURS = (
    "#56b4e9",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#d6c93a",
    "#d55e00",
    "#7b8cff",
    "#44aa99",
    "#cc6677",
    "#999933",
    "#b07ad6",
    "#88ccee",
)
"""As in the desktop, where they are told apart by people with each kind of colour blindness; names stand beside."""


def identity_colour(index: int) -> str:
    """The colour that belongs to an identity's id."""
    return IDENTITY_COLOURS[index % len(IDENTITY_COLOURS)]


def ink_on(colour: str) -> str:
    """Dark or light, whichever reads better on a ground (relative luminance of WCAG 2.2)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.179 else "#ffffff"
