"""The small parts, the command palette and the sheet of shortcuts."""

import gc
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.action_record import ActionRecord
from widgets.command_palette import CommandPalette
from widgets.flow import (
    Badge,
    Chip,
    ChipFlow,
    ElidedLabel,
    EmptyState,
    NoticeBar,
    NoticePanel,
    ProgressLine,
    SearchField,
    label,
)
from widgets.fuzzy import fuzzy_fit
from widgets.icons import paint_icon
from widgets.shortcut_sheet import ShortcutSheet

RECORDS = (
    ActionRecord("file.add", "Add files…", "File", "Ctrl+O", "add"),
    ActionRecord("go.next_cut", "Next cut", "Go", "]", "next-cut"),
    ActionRecord("go.next_frame", "Next frame", "Go", "Right"),
    ActionRecord("edit.undo", "Undo rename", "Edit", "Ctrl+Z", enabled=False),
    ActionRecord("view.theme", "Light theme", "View"),
)


@dataclass(frozen=True)
class Button:
    title: str
    press: Callable[[], object]


@dataclass(frozen=True)
class Notice:
    level: str
    message: str
    action: str = ""
    buttons: tuple[Button, ...] = ()
    posted_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def as_text(self) -> str:
        return f"{self.message} {self.action}"


@pytest.mark.parametrize(
    ("given", "shown"), [(0.5, 0.5), (1.7, 1.0), (-3.0, 0.0), (None, None), (math.nan, None), (math.inf, None)]
)
def test_that_progress_is_never_above_the_end(qtbot: QtBot, given: float | None, shown: float | None) -> None:
    line = ProgressLine()
    qtbot.addWidget(line)
    line.set_fraction(given)
    line.grab()
    assert line.fraction == shown


def test_that_an_unknown_progress_moves_only_while_it_is_seen(qtbot: QtBot) -> None:
    line = ProgressLine()
    qtbot.addWidget(line)
    line.set_fraction(None)
    assert not line._timer.isActive()
    line.show()
    assert line._timer.isActive()
    line.hide()
    assert not line._timer.isActive()


def test_that_a_search_waits_for_the_last_key(qtbot: QtBot) -> None:
    search = SearchField("Search")
    qtbot.addWidget(search)
    search.show()
    said: list[str] = []
    search.searched.connect(said.append)
    qtbot.keyClicks(search, "lisa")
    assert said == []
    qtbot.waitUntil(lambda: said == ["lisa"])
    qtbot.keyClicks(search, "x")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert said == ["lisa", "lisax"]
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert said == ["lisa", "lisax", ""]


def test_that_a_long_line_is_shortened_and_told_whole(qtbot: QtBot) -> None:
    line = ElidedLabel("a very long name of an episode " * 5)
    qtbot.addWidget(line)
    line.resize(120, 20)
    line.show()
    assert line.text().endswith("…")
    assert line.toolTip() == line.whole_text == line.accessibleName()
    line.set_text("short")
    assert line.text() == "short"
    assert line.toolTip() == ""


def test_that_file_names_never_become_mark_up(qtbot: QtBot) -> None:
    name = label("<b>clip</b>.mp4")
    qtbot.addWidget(name)
    assert name.textFormat() == Qt.TextFormat.PlainText


def test_that_an_empty_badge_is_hidden(qtbot: QtBot) -> None:
    badge = Badge("Done", "success")
    qtbot.addWidget(badge)
    assert badge.sizeHint().width() > 20
    badge.set_badge("")
    assert badge.isHidden()


def test_that_a_removable_chip_goes_with_delete(qtbot: QtBot) -> None:
    chip = Chip("Lisa", removable=True)
    qtbot.addWidget(chip)
    chip.show()
    with qtbot.waitSignal(chip.removed):
        qtbot.keyClick(chip, Qt.Key.Key_Delete)


def test_that_an_empty_state_offers_something_to_do(qtbot: QtBot) -> None:
    state = EmptyState("sample", "Nothing yet", "Try the sample.")
    qtbot.addWidget(state)
    pressed: list[bool] = []
    state.add_action("Try the sample", "sample", primary=True).clicked.connect(lambda: pressed.append(True))
    [button] = state.findChildren(QPushButton)
    button.click()
    assert pressed == [True]
    assert state.accessibleName() == "Nothing yet"
    state.grab()
    state.clear_actions()
    qtbot.waitUntil(lambda: not state.findChildren(QPushButton))


def test_that_a_notice_is_shown_copied_and_dismissed(qtbot: QtBot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    pressed: list[str] = []
    bar.show_notice(
        Notice(
            "error", "clip.mp4 is damaged.", "Copy it again.", (Button("Relink…", lambda: pressed.append("relink")),)
        )
    )
    assert not bar.isHidden()
    [button] = [one for one in bar.findChildren(QPushButton) if one.text() == "Relink…"]
    button.click()
    assert pressed == ["relink"]
    tips = {one.accessibleName(): one for one in bar.findChildren(QToolButton)}
    tips["Copy this message"].click()
    assert QGuiApplication.clipboard().text() == "clip.mp4 is damaged. Copy it again."
    with qtbot.waitSignal(bar.dismissed):
        tips["Dismiss"].click()
    assert bar.isHidden()


def test_that_the_panel_has_all_notices_with_the_newest_on_top(qtbot: QtBot) -> None:
    panel = NoticePanel()
    qtbot.addWidget(panel)
    panel.resize(400, 400)
    panel.show()
    panel.set_notices([Notice("info", "first"), Notice("warning", "second")])
    panel.add_notice(Notice("error", "third"))
    words = [one for one in panel.findChildren(QLabel) if one.text() in {"first", "second", "third"}]
    words.sort(key=lambda one: one.mapTo(panel, QPoint()).y())
    panel.grab()
    assert panel.count == 3
    [copy] = [one for one in panel.findChildren(QPushButton) if one.text() == "Copy all"]
    copy.click()
    assert QGuiApplication.clipboard().text().split("\n\n") == ["first ", "second ", "third "]
    panel.set_notices([])
    assert panel.count == 0
    assert not copy.isEnabled()


def test_that_fuzzy_search_prefers_beginnings_of_words() -> None:
    assert fuzzy_fit("nc", "Next cut") is not None
    assert fuzzy_fit("zz", "Next cut") is None
    both, apart = fuzzy_fit("cut", "Next cut"), fuzzy_fit("cut", "Cancel analysis until")
    assert both is not None
    assert both.places == (5, 6, 7)
    assert apart is None or apart.score < both.score
    assert fuzzy_fit("", "x") is not None


@pytest.fixture
def palette(qtbot: QtBot) -> CommandPalette:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    made = CommandPalette(window)
    made.window_kept = window  # type: ignore[attr-defined]
    made.set_records(RECORDS)
    made.open_over(window)
    return made


def test_that_the_palette_filters_and_enter_does_it(qtbot: QtBot, palette: CommandPalette) -> None:
    assert palette.shown_ids()[-1] == "edit.undo"
    qtbot.keyClicks(palette.field, "nexfr")
    assert palette.shown_ids() == ["go.next_frame"]
    palette.grab()
    with qtbot.waitSignal(palette.triggered) as caught:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert caught.args == ["go.next_frame"]
    assert palette.isHidden()


def test_that_arrows_choose_and_what_cannot_be_done_is_not_done(qtbot: QtBot, palette: CommandPalette) -> None:
    qtbot.keyClicks(palette.field, "next")
    first = palette.shown_ids()
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.triggered) as caught:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert caught.args == [first[1]]
    palette.open_over(palette.parentWidget())
    qtbot.keyClicks(palette.field, "undo")
    assert palette.shown_ids() == ["edit.undo"]
    with qtbot.assertNotEmitted(palette.triggered):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.keyClicks(palette.field, "qqqq")
    assert palette.shown_ids() == []
    palette.close()


def test_that_the_sheet_shows_every_shortcut_and_searches(qtbot: QtBot) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    sheet.set_records(RECORDS)
    assert set(sheet.shown_ids()) == {"file.add", "go.next_cut", "go.next_frame", "edit.undo"}
    sheet.search.setText("ctrl+z")
    assert sheet.shown_ids() == ["edit.undo"]
    sheet.search.setText("no such thing")
    assert sheet.shown_ids() == []
    sheet.grab()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_that_icons_are_sharp_at_every_scale(qtbot: QtBot, ratio: float) -> None:
    canvas = QPixmap(round(32 * ratio), round(32 * ratio))
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(Qt.GlobalColor.black)
    painter = QPainter(canvas)
    paint_icon(painter, "pause", QRectF(0, 0, 32, 32), "text")
    painter.end()
    image = canvas.toImage()
    middle = image.pixelColor(round(11.1 * ratio), round(16 * ratio))
    assert middle.lightness() > 200


# ---- chips on lines ----


def chips(count: int, words: str = "a word") -> list[Chip]:
    return [Chip(f"{words} {number}") for number in range(count)]


def laid_out() -> None:
    """What a part asks for reaches the window's layout in the next round."""
    for _ in range(3):
        QApplication.processEvents()


@pytest.fixture
def flow(qtbot: QtBot) -> ChipFlow:
    """Nine chips above a label, as in a form."""
    window = QWidget()
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    made = ChipFlow(chips(9))
    column.addWidget(made)
    column.addWidget(QLabel("below"))
    column.addStretch(1)
    qtbot.addWidget(window)
    made.window_kept = window  # type: ignore[attr-defined]
    window.resize(300, 400)
    window.show()
    laid_out()
    return made


def lines_of(flow: ChipFlow) -> list[int]:
    return sorted({part.y() for part in flow.parts() if not part.isHidden()})


def test_that_chips_go_on_where_the_width_ends_and_what_is_below_moves(flow: ChipFlow) -> None:
    wide = lines_of(flow)
    flow.window().resize(180, 400)
    laid_out()
    narrow = lines_of(flow)
    assert 1 < len(wide) < len(narrow)
    last = flow.parts()[-1]
    assert flow.height() == flow.heightForWidth(flow.width()) == last.geometry().bottom() + 1
    assert all(part.geometry().right() < flow.width() for part in flow.parts())
    below = flow.window().findChild(QLabel)
    assert below is not None
    assert below.y() > flow.geometry().bottom()


def test_that_hidden_chips_take_no_room_and_a_wide_one_is_cut(flow: ChipFlow) -> None:
    for part in flow.parts()[1:]:
        part.hide()
    laid_out()
    assert len(lines_of(flow)) == 1
    assert flow.height() == flow.parts()[0].height()
    flow.set_parts(chips(1, "very long words " * 20))
    laid_out()
    assert flow.parts()[0].width() == flow.width() == 300
    flow.set_parts([])
    assert flow.heightForWidth(300) == 0


def test_that_tab_goes_through_the_chips_in_their_order(flow: ChipFlow) -> None:
    flow.set_parts(chips(4, "other"))
    seen: list[QWidget] = []
    now = flow.nextInFocusChain()
    while now is not None and now is not flow and len(seen) < 4:
        if now in flow.parts():
            seen.append(now)
        now = now.nextInFocusChain()
    assert seen == list(flow.parts())


def test_that_a_chip_can_have_all_chips_renewed_while_it_tells_of_its_click(qtbot: QtBot, flow: ChipFlow) -> None:
    told: list[int] = []

    def renew() -> None:
        told.append(len(told))
        made = chips(5, f"round {len(told)}")
        for chip in made:
            chip.clicked.connect(renew)
        flow.set_parts(made)

    renew()
    for _ in range(30):
        qtbot.mouseClick(flow.parts()[2], Qt.MouseButton.LeftButton)
        qtbot.keyClick(flow.parts()[1], Qt.Key.Key_Space)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    assert len(told) == 61
    assert len(flow.findChildren(Chip)) == 5, "the chips before are gone"
    assert [chip.text() for chip in flow.findChildren(Chip)][-1] == "round 61 4"
