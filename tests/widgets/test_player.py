"""The picture with its boxes, and the bar below it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from widgets.identity_look import identity_colour
from widgets.player_view import OverlayBox, PlayerView
from widgets.transport import TransportBar

LEFT = Qt.MouseButton.LeftButton
BIG = OverlayBox("track-1", "identity-1", "Lisa", 0, (0.2, 0.2, 0.8, 0.9))
SMALL = OverlayBox("track-2", None, "?", None, (0.4, 0.4, 0.5, 0.6), interpolated=True)


@pytest.fixture
def player(qtbot: QtBot) -> PlayerView:
    made = PlayerView()
    qtbot.addWidget(made)
    made.resize(800, 600)
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    image.fill(QColor("#204060"))
    made.set_hud(True)
    made.set_frame(image, 1.5, 37)
    made.set_boxes([BIG, SMALL])
    made.show()
    qtbot.waitExposed(made)
    return made


def screen(player: PlayerView) -> object:
    return player.focusProxy()


def test_that_a_frame_keeps_its_shape_between_black_bars(player: PlayerView) -> None:
    frame = player.frame_rect()
    assert frame.width() / frame.height() == pytest.approx(16 / 9, rel=0.01)
    image = player.grab().toImage()
    assert image.pixelColor(400, 20).lightness() < 20
    assert image.pixelColor(20, round(frame.bottom()) - 20) == QColor("#204060")


def test_that_a_click_on_a_box_tells_the_smallest_one(qtbot: QtBot, player: PlayerView) -> None:
    inner, outer = player.rect_of_box("track-2"), player.rect_of_box("track-1")
    assert inner is not None
    assert outer is not None
    with qtbot.waitSignal(player.box_clicked) as caught:
        qtbot.mouseClick(screen(player), LEFT, pos=inner.center().toPoint())
    assert caught.args == ["track-2"]
    with qtbot.waitSignal(player.box_clicked) as caught:
        qtbot.mouseClick(screen(player), LEFT, pos=outer.topLeft().toPoint() + QPoint(8, 8))
    assert caught.args == ["track-1"]
    with qtbot.waitSignal(player.picture_clicked), qtbot.assertNotEmitted(player.box_clicked):
        qtbot.mouseClick(screen(player), LEFT, pos=QPoint(10, 300))


def test_that_boxes_can_be_reached_by_keyboard(qtbot: QtBot, player: PlayerView) -> None:
    player.setFocus()
    qtbot.keyClick(screen(player), Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(screen(player), Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(player.box_clicked) as caught:
        qtbot.keyClick(screen(player), Qt.Key.Key_Return)
    assert caught.args == ["track-2"]


def test_that_a_box_is_drawn_in_the_colour_of_its_identity(player: PlayerView) -> None:
    box = player.rect_of_box("track-1")
    assert box is not None
    image = player.grab().toImage()
    assert image.pixelColor(round(box.left()), round(box.center().y())).name() == identity_colour(0).name()


def test_that_every_state_without_a_picture_says_why(qtbot: QtBot, player: PlayerView) -> None:
    player.set_subtitle("Hello.", "Lisa")
    player.grab()
    player.show_error("clip.mp4 is damaged.", "Copy it again.")
    assert not player.has_frame()
    assert "clip.mp4 is damaged." in {child.accessibleName() for child in player.findChildren(type(player._message))}
    player.show_missing("/videos/Ünïcödé 你好.mp4")
    qtbot.waitUntil(lambda: any(button.isVisible() for button in player.findChildren(QPushButton)))
    [relink] = [button for button in player.findChildren(QPushButton) if button.isVisible()]
    with qtbot.waitSignal(player.relink_requested):
        relink.click()
    player.show_loading()
    qtbot.waitUntil(lambda: not [button for button in player.findChildren(QPushButton) if button.isVisible()])
    player.show_empty()
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    player.set_frame(image, 0.0, 0)
    assert player.has_frame()


@pytest.fixture
def transport(qtbot: QtBot) -> TransportBar:
    made = TransportBar()
    qtbot.addWidget(made)
    made.set_duration(100.0, 2500)
    made.set_available(True)
    made.show()
    return made


def button(transport: TransportBar, name: str) -> QToolButton:
    [found] = [one for one in transport.findChildren(QToolButton) if one.accessibleName() == name]
    return found


def test_that_every_button_asks_for_its_thing(qtbot: QtBot, transport: TransportBar) -> None:
    for name, signal, arguments in (
        ("Play", transport.play_pause_requested, []),
        ("Previous frame", transport.step_requested, [-1]),
        ("Next frame", transport.step_requested, [1]),
        ("Previous cut", transport.cut_requested, [-1]),
        ("Next cut", transport.cut_requested, [1]),
        ("Mute", transport.mute_requested, [True]),
    ):
        with qtbot.waitSignal(signal) as caught:
            button(transport, name).click()
        assert caught.args == arguments
    transport.set_playing(True)
    assert button(transport, "Pause")


def test_that_a_written_time_is_sought_and_nonsense_is_marked(qtbot: QtBot, transport: TransportBar) -> None:
    [field] = [one for one in transport.findChildren(QLineEdit) if one.accessibleName() == "Time"]
    field.setText("0:01:12.5")
    with qtbot.waitSignal(transport.seek_requested) as caught:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert caught.args == [72.5]
    field.setText("soon")
    with qtbot.assertNotEmitted(transport.seek_requested):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("invalid")


def test_that_setters_do_not_ask_back(qtbot: QtBot, transport: TransportBar) -> None:
    with qtbot.assertNotEmitted(transport.volume_requested), qtbot.assertNotEmitted(transport.speed_requested):
        transport.set_volume(0.3)
        transport.set_speed(2.0)
    [slider] = transport.findChildren(QSlider)
    [speed] = transport.findChildren(QComboBox)
    assert slider.value() == 30
    assert speed.currentText() == "2×"
    with qtbot.waitSignal(transport.volume_requested) as caught:
        slider.setValue(50)
    assert caught.args == [0.5]


def test_that_a_missing_audio_device_is_said(transport: TransportBar) -> None:
    transport.set_audio_state("no_device", "libpulse.so.0 is not installed")
    [slider] = transport.findChildren(QSlider)
    assert slider.isHidden()
    assert not button(transport, "Mute").isEnabled()
    assert transport._sound_note.text() == "No audio device"
    assert transport._sound_note.toolTip() == "libpulse.so.0 is not installed"
    transport.set_audio_state("ready")
    assert button(transport, "Mute").isEnabled()
