"""The look: colours that can be read, icons that parse, a live switch."""

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.flow import IconButton
from widgets.icons import app_icon, icon, icon_names, icon_pixmap
from widgets.identity_look import contrast, identity_colour, identity_pattern, initials, text_on
from widgets.theme import (
    RESOURCES,
    apply_theme,
    current_theme,
    load_fonts,
    load_theme,
    stylesheet_of,
    theme_names,
    theme_switch,
)

GROUNDS = ("window", "rail", "surface", "raised", "field", "hover")
INKS = ("text", "text_muted", "text_faint")
READABLE = 4.5


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_that_text_can_be_read_on_every_ground(name: str, ink: str, ground: str) -> None:
    theme = load_theme(name)
    assert contrast(theme.colour(ink), theme.colour(ground)) >= READABLE


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("on_accent", "accent_fill"),
        ("on_accent", "accent_fill_hover"),
        ("on_accent", "accent_fill_pressed"),
        ("on_danger", "danger_fill"),
        ("on_danger", "danger_fill_hover"),
        ("selection_text", "selection"),
        ("text", "accent_surface"),
        ("text_muted", "accent_surface"),
        ("text_muted", "pressed"),
        ("accent", "surface"),
        ("accent", "accent_surface"),
        ("text", "tooltip"),
        *((tone, f"{tone}_surface") for tone in ("success", "warning", "error", "info")),
        *(("text", f"{tone}_surface") for tone in ("success", "warning", "error", "info")),
        *((tone, "raised") for tone in ("success", "warning", "error", "info")),
    ],
)
def test_that_marked_text_can_be_read(name: str, ink: str, ground: str) -> None:
    theme = load_theme(name)
    assert contrast(theme.colour(ink), theme.colour(ground)) >= READABLE


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_the_focus_ring_stands_out(name: str) -> None:
    theme = load_theme(name)
    assert all(contrast(theme.colour("focus"), theme.colour(ground)) >= 3.0 for ground in GROUNDS)


def test_that_both_themes_name_the_same_things() -> None:
    dark, light = load_theme("dark"), load_theme("light")
    assert dark.colours.keys() == light.colours.keys()
    assert dark.fonts.keys() == light.fonts.keys()
    assert theme_names()[0] == "dark"


def test_that_an_unknown_theme_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="sepia"):
        load_theme("sepia")


def test_that_the_stylesheet_leaves_nothing_unfilled() -> None:
    assert "$" not in stylesheet_of(load_theme("light"))


def test_that_a_live_switch_reaches_palette_and_icons(qtbot: QtBot, qapp: QApplication) -> None:
    button = IconButton("play", "Play")
    qtbot.addWidget(button)
    before = button.icon().pixmap(20, 20).toImage()
    with qtbot.waitSignal(theme_switch().changed):
        apply_theme(qapp, "light")
    assert current_theme().name == "light"
    assert qapp.palette().color(QPalette.ColorRole.Window) == current_theme().colour("window")
    assert button.icon().pixmap(20, 20).toImage() != before


def test_that_the_font_that_comes_along_is_loaded(qapp: QApplication) -> None:
    assert "Inter" in load_fonts()
    assert (RESOURCES / "fonts" / "inter" / "OFL.txt").is_file()


@pytest.mark.parametrize("name", sorted(path.stem for path in (RESOURCES / "icons").glob("*.svg")))
def test_that_every_icon_parses(name: str) -> None:
    assert QSvgRenderer(str(RESOURCES / "icons" / f"{name}.svg")).isValid()


def test_that_every_icon_paints_something_in_its_colour(qapp: QApplication) -> None:
    for name in icon_names():
        image = icon_pixmap(name, 24, QColor("#ff0000"), 2.0).toImage()
        painted = [image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 200]
        assert painted, name
        assert all(pixel.red() > 200 and pixel.green() < 60 for pixel in painted), name


def test_that_icons_have_a_disabled_look_and_unknown_names_are_refused(qapp: QApplication) -> None:
    made = icon("play")
    assert made.pixmap(20, 20, made.Mode.Disabled).toImage() != made.pixmap(20, 20).toImage()
    assert not app_icon().pixmap(64, 64).isNull()
    with pytest.raises(ValueError, match="no-such-icon"):
        icon("no-such-icon")


def test_that_identities_differ_by_colour_or_pattern() -> None:
    looks = {(identity_colour(index).name(), identity_pattern(index)) for index in range(72)}
    assert len(looks) == 72
    assert all(contrast(text_on(identity_colour(index)), identity_colour(index)) >= READABLE for index in range(12))


@pytest.mark.parametrize(
    ("label", "expected"),
    [("Person 3", "P3"), ("Lisa", "Li"), ("Lisa Vanderpump", "LV"), ("", "?"), ("Person 112", "P12"), ("你好", "你好")],
)
def test_that_initials_are_short(label: str, expected: str) -> None:
    assert initials(label) == expected
