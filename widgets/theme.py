"""Named colours, spacing, radii and fonts of the surface, and how they reach Qt and pyqtgraph.

A theme is a file ``resources/themes/<name>.toml``. Widgets that paint themselves read ``current_theme()`` when they
paint, so a live switch needs nothing but the repaint that Qt asks for by itself.
"""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pyqtgraph
from PySide6.QtCore import QDir, QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

import resources

RESOURCES = Path(resources.__file__).parent
DEFAULT_THEME = "dark"
FAMILIES = ("Inter", "Segoe UI", "Noto Sans", "DejaVu Sans", "sans-serif")
TABULAR_ROLES = ("mono", "monosmall")


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. Lengths are device-independent pixels."""

    name: str
    title: str
    dark: bool
    colours: Mapping[str, QColor]
    spacing: Mapping[str, int]
    radii: Mapping[str, int]
    fonts: Mapping[str, tuple[int, int]]

    def colour(self, name: str, alpha: float | None = None) -> QColor:
        """A named colour, a copy; ``alpha`` in [0, 1] makes it see-through. KeyError for a name that is not there."""
        colour = QColor(self.colours[name])
        if alpha is not None:
            colour.setAlphaF(alpha)
        return colour

    def space(self, name: str) -> int:
        """A length of the spacing scale: xs 4, s 8, m 12, l 16, xl 24."""
        return self.spacing[name]

    def radius(self, name: str) -> int:
        """A corner radius: s, m, l."""
        return self.radii[name]

    def font(self, role: str) -> QFont:
        """A font of the typographic scale; ``mono`` and ``monosmall`` have figures of one width."""
        return QFont(_font(*self.fonts[role], role in TABULAR_ROLES))


class ThemeSwitch(QObject):
    """Tells that the theme was switched while the application runs."""

    changed = Signal(object)
    """The new ``Theme``."""

    def __init__(self) -> None:
        super().__init__()
        self.theme: Theme | None = None


def theme_names() -> tuple[str, ...]:
    """Names of the themes that there are, the default first."""
    found = sorted(path.stem for path in (RESOURCES / "themes").glob("*.toml"))
    return tuple(sorted(found, key=lambda name: name != DEFAULT_THEME))


@lru_cache(maxsize=8)
def load_theme(name: str) -> Theme:
    """The theme of a name. ValueError for a name that is not there."""
    path = RESOURCES / "themes" / f"{name}.toml"
    if not path.is_file():
        raise ValueError(f"no theme is called {name!r}; there are {', '.join(theme_names())}")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Theme(
        name=name,
        title=data["title"],
        dark=data["dark"],
        colours=MappingProxyType({key: _colour(text) for key, text in data["colours"].items()}),
        spacing=MappingProxyType(dict(data["spacing"])),
        radii=MappingProxyType(dict(data["radii"])),
        fonts=MappingProxyType({key: (size, weight) for key, (size, weight) in data["fonts"].items()}),
    )


@lru_cache(maxsize=1)
def theme_switch() -> ThemeSwitch:
    """The one that tells of a switch."""
    return ThemeSwitch()


def current_theme() -> Theme:
    """The theme applied last, the default one before that."""
    return theme_switch().theme or load_theme(DEFAULT_THEME)


def apply_theme(app: QApplication, theme: Theme | str) -> Theme:
    """Give the whole application a look; also while it runs."""
    chosen = load_theme(theme) if isinstance(theme, str) else theme
    load_fonts()
    QDir.setSearchPaths("rushes", [str(RESOURCES)])
    theme_switch().theme = chosen
    app.setStyle("Fusion")
    app.setPalette(palette_of(chosen))
    app.setFont(chosen.font("body"))
    app.setStyleSheet(stylesheet_of(chosen))
    pyqtgraph.setConfigOptions(
        background=chosen.colour("surface"), foreground=chosen.colour("text_muted"), antialias=True
    )
    theme_switch().changed.emit(chosen)
    return chosen


@lru_cache(maxsize=1)
def load_fonts() -> tuple[str, ...]:
    """Make the fonts that come with Rushes known to Qt; returns their families. Needs an application."""
    families: list[str] = []
    for path in sorted((RESOURCES / "fonts").glob("*/*.[ot]tf")):
        font_id = QFontDatabase.addApplicationFont(str(path))
        families.extend(QFontDatabase.applicationFontFamilies(font_id) if font_id >= 0 else [])
    return tuple(dict.fromkeys(families))


def palette_of(theme: Theme) -> QPalette:
    """The palette for what the stylesheet does not reach."""
    palette = QPalette()
    for role, name in _PALETTE.items():
        palette.setColor(role, theme.colour(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.colour("text_disabled"))
    return palette


def stylesheet_of(theme: Theme) -> str:
    """The one stylesheet, with the named colours filled in."""
    template = (RESOURCES / "themes" / "rushes.qss").read_text(encoding="utf-8")
    values = {name: _css(colour) for name, colour in theme.colours.items()}
    values |= {f"space_{name}": f"{px}px" for name, px in theme.spacing.items()}
    values |= {f"radius_{name}": f"{px}px" for name, px in theme.radii.items()}
    values |= {f"size_{name}": f"{px}px" for name, (px, _weight) in theme.fonts.items()}
    return string.Template(template).substitute(values)


_PALETTE = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "lane_alternate",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "text_faint",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.ToolTipBase: "tooltip",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "selection_text",
    QPalette.ColorRole.Accent: "accent_fill",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Light: "hover",
    QPalette.ColorRole.Midlight: "raised",
    QPalette.ColorRole.Mid: "border_strong",
    QPalette.ColorRole.Dark: "border",
    QPalette.ColorRole.Shadow: "window",
}


@lru_cache(maxsize=64)
def _font(size_px: int, weight: int, tabular: bool) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(size_px)
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _colour(text: str) -> QColor:
    """``#rrggbb`` or ``#rrggbbaa``."""
    digits = text.removeprefix("#")
    red, green, blue, *alpha = (int(digits[at : at + 2], 16) for at in range(0, len(digits), 2))
    return QColor(red, green, blue, *alpha)


def _css(colour: QColor) -> str:
    return f"rgba({colour.red()}, {colour.green()}, {colour.blue()}, {colour.alpha()})"
