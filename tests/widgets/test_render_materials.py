"""Presets, stills and sounds of a cut: what they show and what they tell."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from widgets.poster_grid import BadgeSpec
from widgets.render import PresetCard, PresetCards, SoundInfo, SoundRow, StillItem, StillStrip
from widgets.render.still_grid import moved
from widgets.render.waveform import bars_of
from widgets.theme import apply_theme

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier


def filled(colour: str, width_px: int = 90, height_px: int = 160) -> QImage:
    image = QImage(width_px, height_px, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def drop(target: QWidget, paths: list[Path], between: Callable[[], object] = lambda: None) -> bool:
    """Drag files over a widget, look at it, and let them go; whether it took them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, LEFT, NONE)
    QApplication.sendEvent(target, enter)
    between()
    if enter.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, LEFT, NONE))
    return enter.isAccepted()


# ---- presets ----


@pytest.fixture
def cards(qtbot: QtBot) -> Iterator[PresetCards]:
    made = PresetCards()
    qtbot.addWidget(made)
    made.resize(320, 640)
    made.show()
    badges = (BadgeSpec("Brand safe", "success"), BadgeSpec("Subtle"), BadgeSpec("Inter"))
    made.set_cards(
        (
            PresetCard("clean", "Product hero, clean", "Product hero", badges, "Calm."),
            PresetCard("meme", "Meme", "Meme", (BadgeSpec("Chaotic"),)),
            PresetCard("mine", "Ours", "Overlay", own=True),
        )
    )
    yield made
    made.stop()


def test_that_a_preset_is_chosen_by_click_and_by_keyboard(qtbot: QtBot, cards: PresetCards) -> None:
    told: list[str] = []
    cards.chosen.connect(told.append)
    qtbot.mouseClick(cards.viewport(), LEFT, NONE, cards.rect_of(1).center())
    assert (told, cards.chosen_id()) == (["meme"], "meme")
    qtbot.keyClick(cards, Qt.Key.Key_Left)
    assert cards.chosen_id() == "meme", "arrows only go along"
    qtbot.keyClick(cards, Qt.Key.Key_Space)
    assert told == ["meme", "clean"]
    qtbot.keyClick(cards, Qt.Key.Key_Return)
    assert told == ["meme", "clean"], "it is chosen already"


def test_that_a_chosen_preset_is_told_to_a_screen_reader_with_all_that_is_known_of_it(cards: PresetCards) -> None:
    cards.set_chosen("clean")
    words = cards.words_of(cards.item(0))
    for part in ("Product hero, clean", "chosen", "Brand safe", "Subtle", "Inter", "Calm."):
        assert part in words
    assert "chosen" not in cards.words_of(cards.item(1))
    assert "your own preset" in cards.words_of(cards.item(2))


def test_that_a_preset_keeps_its_picture_and_the_choice_when_the_presets_are_read_anew(
    qtbot: QtBot, cards: PresetCards
) -> None:
    cards.set_picture("meme", filled("#ff0000"))
    cards.set_chosen("meme")
    cards.set_cards((PresetCard("meme", "Meme", "Meme"), PresetCard("new", "New", "Overlay")))
    assert cards.chosen_id() == "meme"
    cell = cards.rect_of(0)

    def red() -> bool:
        return bool(cards.grab().toImage().pixelColor(cell.center().x(), cell.top() + 60) == QColor("#ff0000"))

    qtbot.waitUntil(red)
    assert red()


def test_that_a_long_name_makes_all_cards_as_high_as_its_two_lines(cards: PresetCards) -> None:
    high = cards.rect_of(0).height()
    cards.set_cards((PresetCard("meme", "Meme", "Meme"),))
    assert cards.rect_of(0).height() < high
    assert cards.content_height(320) >= cards.rect_of(0).height()
    assert cards.content_height(180) > cards.content_height(320), "one row either way, of a wider card"


def test_that_the_menu_of_a_preset_is_asked_for_with_its_id(cards: PresetCards) -> None:
    told: list[str] = []
    cards.menu_requested.connect(lambda preset_id, _place: told.append(preset_id))
    cards.context_menu_requested.emit(2, QPoint(1, 1))
    cards.context_menu_requested.emit(-1, QPoint(1, 1))
    assert told == ["mine"]


# ---- stills ----


@pytest.fixture
def strip(qtbot: QtBot, tmp_path: Path) -> Iterator[StillStrip]:
    for colour in ("red", "green", "blue"):
        filled(colour, 120, 80).save(str(tmp_path / f"{colour}.png"))
    made = StillStrip()
    qtbot.addWidget(made)
    made.resize(320, 520)
    made.show()
    made.set_stills(stills(tmp_path))
    yield made
    made.stop()


def stills(folder: Path, **changes: object) -> list[StillItem]:
    names = ("red", "green", "blue")
    return [StillItem(name, folder / f"{name}.png", f"{name}.png", **changes) for name in names]


@given(st.integers(1, 9), st.data())
def test_that_moving_keeps_each_still_once_and_the_moved_ones_together(count: int, data: st.DataObject) -> None:
    chosen = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1)))
    before = data.draw(st.integers(0, count))
    order = moved(count, chosen, before)
    assert sorted(order) == list(range(count))
    start = order.index(chosen[0])
    assert list(order[start : start + len(chosen)]) == chosen
    rest = [at for at in order if at not in chosen]
    assert rest == sorted(rest)


def test_that_alt_and_an_arrow_ask_for_another_order_and_the_page_decides(qtbot: QtBot, strip: StillStrip) -> None:
    told: list[tuple[int, ...]] = []
    strip.order_changed.connect(told.append)
    strip.select(0)
    qtbot.keyClick(strip.grid, Qt.Key.Key_Right, ALT)
    assert told == [(1, 0, 2)]
    assert [strip.grid.item(at).key for at in range(3)] == ["red", "green", "blue"], "only told"
    qtbot.keyClick(strip.grid, Qt.Key.Key_Left, ALT)
    assert told == [(1, 0, 2)], "the first one cannot go further"


def test_that_a_drag_puts_a_still_elsewhere(qtbot: QtBot, strip: StillStrip) -> None:
    told: list[tuple[int, ...]] = []
    strip.order_changed.connect(told.append)
    view = strip.grid.viewport()
    start, end = strip.grid.rect_of(0).center(), strip.grid.rect_of(2).center() + QPoint(20, 0)
    qtbot.mousePress(view, LEFT, NONE, start)
    qtbot.mouseMove(view, end)
    assert told == []
    assert not strip.grid.grab().isNull()
    qtbot.mouseRelease(view, LEFT, NONE, end)
    assert told == [(1, 2, 0)]


def test_that_delete_and_the_button_remove_what_is_selected(qtbot: QtBot, strip: StillStrip) -> None:
    told: list[tuple[int, ...]] = []
    strip.removed.connect(told.append)
    strip.grid.set_selected([0, 2])
    qtbot.keyClick(strip.grid, Qt.Key.Key_Delete)
    qtbot.mouseClick(strip.remove_button, LEFT)
    assert told == [(0, 2), (0, 2)]


def test_that_the_current_still_stays_current_when_the_order_changes(tmp_path: Path, strip: StillStrip) -> None:
    strip.select(0)
    first, second, third = stills(tmp_path)
    strip.set_stills([second, third, first])
    assert strip.current() == 2
    assert strip.grid.selected() == [2]
    strip.set_stills([second])
    assert strip.current() == 0


def test_that_a_still_is_moved_on_and_on_though_its_keys_are_only_places(qtbot: QtBot, strip: StillStrip) -> None:
    names = ["a", "b", "a", "c"]

    def show() -> None:
        strip.set_stills([StillItem((at, name), name, name) for at, name in enumerate(names)])

    def reorder(order: tuple[int, ...]) -> None:
        names[:] = [names[at] for at in order]
        show()

    strip.order_changed.connect(reorder)
    show()
    strip.select(0)
    for expected in (["b", "a", "a", "c"], ["b", "a", "a", "c"], ["b", "a", "c", "a"]):
        qtbot.keyClick(strip.grid, Qt.Key.Key_Right, ALT)
        assert names == expected
    assert strip.current() == 3
    assert strip.grid.selected() == [3]
    strip.set_stills([StillItem((0, "c"), "c", "c"), StillItem((1, "a"), "a", "a")])
    assert strip.current() == 1, "by its picture"


def test_that_a_click_into_the_large_picture_sets_the_focus_there(qtbot: QtBot, strip: StillStrip) -> None:
    told: list[tuple[int, float, float]] = []
    strip.focus_changed.connect(lambda *focus: told.append(focus))
    strip.select(1)
    qtbot.waitUntil(lambda: not strip.picker.picture_rect().isEmpty())
    picture = strip.picker.picture_rect()
    assert picture.width() / picture.height() == pytest.approx(1.5, abs=0.02), "whole, and not distorted"
    place = QPoint(round(picture.left() + picture.width() * 0.25), round(picture.top() + picture.height() * 0.75))
    qtbot.mouseClick(strip.picker, LEFT, NONE, place)
    assert len(told) == 1
    assert told[0] == pytest.approx((1, 0.25, 0.75), abs=0.01)
    assert not strip.picker.grab().isNull()


def test_that_arrows_move_the_focus_and_delete_takes_it_away(qtbot: QtBot, tmp_path: Path, strip: StillStrip) -> None:
    told: list[tuple[float, ...]] = []
    strip.focus_changed.connect(lambda *focus: told.append(focus))
    strip.focus_cleared.connect(lambda at: told.append((at,)))
    strip.set_stills(stills(tmp_path, focus=(0.99, 0.5)))
    strip.select(2)
    qtbot.keyClick(strip.picker, Qt.Key.Key_Right)
    qtbot.keyClick(strip.picker, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(strip.picker, Qt.Key.Key_Delete)
    assert told == [(2, 1.0, 0.5), (2, 1.0, 0.4), (2,)]


def test_that_a_mask_is_asked_for_and_taken_away_for_the_current_still(
    qtbot: QtBot, tmp_path: Path, strip: StillStrip
) -> None:
    told: list[tuple[str, int]] = []
    strip.mask_requested.connect(lambda at: told.append(("choose", at)))
    strip.mask_cleared.connect(lambda at: told.append(("clear", at)))
    strip.select(1)
    qtbot.mouseClick(strip.mask_button, LEFT)
    assert strip.no_mask_button.isHidden()
    strip.set_stills(stills(tmp_path, masked=True))
    assert strip.mask_button.isHidden()
    qtbot.mouseClick(strip.no_mask_button, LEFT)
    assert told == [("choose", 1), ("clear", 1)]
    assert "cut out by a mask" in strip.grid.words_of(strip.grid.item(1))


def test_that_pictures_are_taken_and_other_files_are_left_to_the_page(strip: StillStrip) -> None:
    told: list[list[Path]] = []
    strip.files_dropped.connect(told.append)
    shown: list[str] = []
    assert drop(
        strip,
        [Path("/a/one.PNG"), Path("/a/song.mp3"), Path("/a/Ünïcödé 你好.jpg")],
        lambda: shown.append(strip._frame._text),
    )
    assert shown == ["Add 2 pictures"]
    assert strip._frame.isHidden()
    assert told == [[Path("/a/one.PNG"), Path("/a/Ünïcödé 你好.jpg")]]
    assert not drop(strip, [Path("/a/song.mp3")])
    assert len(told) == 1


def test_that_a_still_that_cannot_be_used_says_why(tmp_path: Path, strip: StillStrip) -> None:
    strip.set_stills([StillItem("gone", tmp_path / "red.png", "gone.png", problem="The file is gone.")])
    assert "The file is gone." in strip.grid.words_of(strip.grid.item(0))
    assert strip._problem.text() == "The file is gone."
    assert strip._problem.isVisible()


def test_that_an_empty_strip_offers_to_add_and_a_full_one_does_not(qtbot: QtBot, strip: StillStrip) -> None:
    told: list[int] = []
    strip.add_requested.connect(lambda: told.append(1))
    assert not strip.empty.isVisible()
    strip.set_stills([])
    assert strip.empty.isVisible()
    qtbot.mouseClick(strip.empty.button, LEFT)
    qtbot.mouseClick(strip.add_button, LEFT)
    assert told == [1, 1]
    strip.set_limit(0)
    assert not strip.add_button.isEnabled()


def test_that_the_strip_is_as_high_as_its_rows_up_to_three(tmp_path: Path, strip: StillStrip) -> None:
    one_row = strip.grid.height()
    many = [StillItem(number, tmp_path / "red.png", str(number)) for number in range(40)]
    strip.set_stills(many[:9])
    three_rows = strip.grid.height()
    assert strip.grid.verticalScrollBar().maximum() == 0
    strip.set_stills(many)
    assert strip.grid.height() == three_rows > one_row


# ---- sounds ----


@pytest.fixture
def sound(qtbot: QtBot) -> SoundRow:
    made = SoundRow("Music", "music")
    qtbot.addWidget(made)
    made.resize(320, 120)
    made.show()
    return made


@given(st.lists(st.floats(0, 1), max_size=60), st.integers(1, 40))
def test_that_the_bars_of_a_waveform_keep_its_loudest_moments(peaks: list[float], count: int) -> None:
    bars = bars_of(np.array(peaks, dtype=np.float64), count)
    assert len(bars) == count
    if len(peaks) >= count:
        assert bars.max() == max(peaks)
    assert set(bars.tolist()) <= {*peaks, 0.0}


def test_that_no_sound_shows_only_where_to_put_one(sound: SoundRow) -> None:
    assert sound.choose.isVisible()
    assert not sound.wave.isVisible()
    assert not sound.clear.isVisible()
    assert sound.accessibleDescription() == "none"


def test_that_a_sound_is_heard_sought_and_taken_away(qtbot: QtBot, sound: SoundRow) -> None:
    told: list[object] = []
    sound.play_requested.connect(told.append)
    sound.sought.connect(told.append)
    sound.cleared.connect(lambda: told.append("cleared"))
    sound.set_sound(SoundInfo("song.mp3", 12.5, [0.2, 0.9, 0.4]))
    assert sound.accessibleDescription() == "song.mp3, 12.5 s"
    qtbot.mouseClick(sound.play, LEFT)
    sound.set_playing(True)
    assert sound.play.accessibleName() == "Stop Music"
    qtbot.keyClick(sound.wave, Qt.Key.Key_Space)
    sound.set_position(0.5)
    qtbot.keyClick(sound.wave, Qt.Key.Key_Right)
    qtbot.mouseClick(sound.wave, LEFT, NONE, QPoint(0, 10))
    qtbot.keyClick(sound.wave, Qt.Key.Key_Delete)
    assert told == [True, False, pytest.approx(0.55), 0.0, "cleared"]
    assert not sound.grab().isNull()


def test_that_a_sound_that_is_read_or_broken_is_shown_as_such(sound: SoundRow) -> None:
    sound.set_sound(SoundInfo("song.mp3"))
    assert sound.wave._timer.isActive()
    sound.set_sound(SoundInfo("song.mp3", None, (), "“song.mp3” holds no sound."))
    assert not sound.wave._timer.isActive()
    assert not sound.play.isVisible()
    assert sound._problem.text() == "“song.mp3” holds no sound."
    assert sound.clear.isVisible()


def test_that_the_first_sound_of_a_drop_is_taken_and_pictures_are_not(sound: SoundRow) -> None:
    told: list[Path] = []
    sound.dropped.connect(told.append)
    assert drop(sound, [Path("/a/one.png"), Path("/a/one.MP3"), Path("/a/two.wav")])
    assert not drop(sound, [Path("/a/one.png")])
    assert told == [Path("/a/one.MP3")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_the_materials_are_painted_in_each_theme(
    qapp: QApplication, theme: str, cards: PresetCards, strip: StillStrip, sound: SoundRow
) -> None:
    sound.set_sound(SoundInfo("song.mp3", 3.0, [0.5] * 400))
    parts: tuple[Callable[[], object], ...] = (cards.grab, strip.grab, sound.grab)
    before = [part() for part in parts]
    apply_theme(qapp, theme)
    after = [part() for part in parts]
    apply_theme(qapp, "dark")
    same = [a.toImage() == b.toImage() for a, b in zip(before, after, strict=True)]
    assert any(same) is (theme == "dark")
