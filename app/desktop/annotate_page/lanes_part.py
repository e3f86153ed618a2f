"""Lanes: the player with boxes drawn, everything found and marked below it, and the mark in hand beside it."""

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.desktop.actions import ActionTable
from app.desktop.annotate_page.book import Entry, Lane, LaneBook
from app.desktop.annotate_page.marking import MarkingPane
from app.desktop.message import PageMessage
from app.desktop.review.player_area import PlayerArea
from core.annotate.types import OwnMark, TierKind
from widgets.annotate import CanvasMark, LaneCanvas, LaneRow
from widgets.flow import ElidedLabel, push_button

SIDE_SHARE, SIDE_PX = 0.28, (250, 360)
LANES_SHARE, LEAST_LANES_PX = 0.46, 200
TOOLS = (
    "annotate.new_lane",
    "annotate.import",
    "annotate.export",
    "annotate.anonymise",
    "annotate.zoom_out",
    "annotate.zoom_in",
    "annotate.zoom_fit",
)
LEAST_PLAYED_S = 0.4
"""A point is played for so long."""


class LanesPart(QWidget):
    """Shows a LaneBook; every wish goes out as a signal. ``stop`` before dropping it."""

    selection_changed = Signal()
    """Another lane is in hand, or other marks are selected."""
    coder_requested = Signal()
    hidden_requested = Signal()

    def __init__(self, player: PlayerArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.player = player
        self.canvas = LaneCanvas()
        self.marking = MarkingPane()
        self.message = PageMessage()
        self.below = QStackedWidget()
        self.title = ElidedLabel("", "strong")
        self.coder = push_button("", "person", "quiet", small=True)
        self.hidden = push_button("", "filter", "quiet", small=True)
        self.book: LaneBook | None = None
        self.brushes: dict[str, str] = {}
        """The label of the marks to come, by lane."""
        self._hidden: frozenset[str] = frozenset()
        self._extra: tuple[LaneRow, ...] = ()
        self._entry: Entry | None = None
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._moved_by_hand = False
        self._stop_at_s: float | None = None
        self.bar = QHBoxLayout()
        self._build()
        self._connect()

    # ---- what the page says

    def open_entry(self, entry: Entry | None) -> None:
        """Open a video's film, once."""
        before, self._entry = self._entry, entry
        if entry is None:
            self.title.set_text("")
            self.player.close_film()
            self.player.view.show_empty(self.tr("No video"), self.tr("Choose a video on the left."))
            self.canvas.set_rows(())
            self.book = None
            self._show_selection()
            return
        self.title.set_text(entry.title)
        if before is not None and (before.key, before.path, before.missing) == (entry.key, entry.path, entry.missing):
            return
        self._extra = ()
        self.book = None
        self.canvas.set_rows(())
        self.canvas.set_duration(entry.duration_s)
        self.canvas.fit()
        if entry.missing:
            self.player.close_film()
            self.player.view.show_missing(
                str(entry.path),
                self.tr("{name}: show where it is now. Lanes and results are kept.").format(name=entry.path.name),
            )
        else:
            self.player.open(entry.path, 0.0, entry.info)

    def show_book(self, book: LaneBook, hidden: Iterable[str]) -> None:
        """Show these lanes; what was selected stays so where it is still there."""
        self.book = book
        self._hidden = frozenset(hidden)
        extra = [row for row in self._extra if row.lane_id not in self._hidden]
        rows = [row for row in book.rows if row.lane_id not in self._hidden]
        own = sum(1 for row in rows if row.editable)
        rows = [*rows[:own], *extra, *rows[own:]]
        lane_id, marks = self.canvas.selected()
        self.canvas.set_rows(rows)
        self.canvas.set_shots(self._cuts(book))
        there = {row.lane_id for row in rows}
        if lane_id in there:
            self.canvas.set_selected(lane_id, marks)
        if self.canvas.active_lane() not in there:
            first = next((row.lane_id for row in rows if row.editable), rows[0].lane_id if rows else None)
            self.canvas.set_active_lane(first)
        gone = len([row for row in (*book.rows, *self._extra) if row.lane_id in self._hidden])
        self.hidden.setText(self.tr("{count} hidden").format(count=gone))
        self.hidden.setVisible(bool(gone))
        self.below.setCurrentWidget(self.canvas if book.rows else self.message)
        self._draw_boxes()
        self._show_selection()

    def show_extra(self, rows: Sequence[LaneRow]) -> None:
        """Lanes that nobody stored, such as where two coders agree, below the own ones; () takes them away."""
        self._extra = tuple(rows)
        if self.book is not None:
            self.show_book(self.book, self._hidden)

    @property
    def has_extra(self) -> bool:
        """Whether such lanes are shown."""
        return bool(self._extra)

    def say(self, icon: str, title: str, text: str, *buttons: tuple[str, str, object]) -> None:
        """Words in place of the lanes."""
        self.message.say(icon, title, text, *buttons)  # type: ignore[arg-type]
        self.below.setCurrentWidget(self.message)

    def show_coder(self, name: str, *, chosen: bool) -> None:
        """Whose lanes new ones are; a name that nobody chose is the account's."""
        words = self.tr("Coder: {name}") if chosen else self.tr("Coder: {name} - set…")
        self.coder.setText(words.format(name=name))

    def set_active(self, lane_id: str) -> None:
        """Take a lane in hand."""
        self.canvas.set_active_lane(lane_id)
        self._show_selection()

    # ---- what is in hand

    def lane(self) -> Lane | None:
        """The lane in hand."""
        lane_id = self.canvas.active_lane()
        return self.book.lane(lane_id) if self.book is not None and lane_id is not None else None

    def selected_ids(self) -> tuple[int, ...]:
        """Selected marks of an own lane."""
        lane_id, marks = self.canvas.selected()
        lane = self.book.lane(lane_id) if self.book is not None and lane_id is not None else None
        return tuple(marks) if lane is not None and lane.editable else ()

    def selected(self) -> list[OwnMark]:
        """The same, as they are."""
        return self.book.marks_of(self.selected_ids()) if self.book is not None else []

    def brush(self) -> str:
        """The label that the next mark of the lane in hand gets."""
        lane = self.lane()
        if lane is None:
            return ""
        vocabulary = lane.tier.vocabulary
        return self.brushes.get(lane.lane_id, vocabulary[0] if vocabulary else "")

    def toggle_boxes(self) -> None:
        """Show or hide the boxes over the picture."""
        self.player.boxes_visible = not self.player.boxes_visible
        self._draw_boxes()

    def play_mark(self) -> None:
        """Play the selected mark and stand still at its end; without one, play on."""
        lane_id, marks = self.canvas.selected()
        row = next((one for one in self.canvas.rows() if one.lane_id == lane_id), None)
        place = row.places.get(marks[0]) if row is not None and marks else None
        if row is None or place is None:
            self.player.playback.toggle()
            return
        mark = row.marks[place]
        self._stop_at_s = max(mark.end_s, mark.start_s + LEAST_PLAYED_S)
        self.player.seek(mark.start_s)
        self.player.playback.play(self.player.playback.usual_speed)

    def stop(self) -> None:
        """End the playback's threads."""
        self.player.stop()

    # ---- inside

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room, until the person moves a bar."""
        super().resizeEvent(event)
        if self._moved_by_hand:
            return
        side_px = min(max(round(self.width() * SIDE_SHARE), SIDE_PX[0]), SIDE_PX[1])
        self._across.setSizes([max(1, self.width() - side_px), side_px])
        lanes_px = max(LEAST_LANES_PX, round(self.height() * LANES_SHARE))
        self._down.setSizes([max(1, self.height() - lanes_px), lanes_px])

    def _on_frame(self, t_s: float, _frame: int) -> None:
        if self._stop_at_s is not None and t_s >= self._stop_at_s and self.player.playback.is_playing:
            self._stop_at_s = None
            self.player.playback.pause()
        self.canvas.set_position(t_s)
        self._draw_boxes()

    def _draw_boxes(self) -> None:
        player, book = self.player, self.book
        if player.shown is None or book is None or not player.boxes_visible:
            player.view.set_boxes([])
            return
        rows = {row.lane_id: row for row in self.canvas.rows()}
        boxes = []
        for tier in book.boxes:
            if (row := rows.get(tier.lane_id)) is not None:
                boxes += tier.at(player.t_s, partial(self.canvas.colour_of, row))
        player.view.set_boxes(boxes)

    def refresh_selection(self) -> None:
        """Show the lane and the mark in hand again."""
        self._show_selection()

    def _show_selection(self) -> None:
        lane = self.lane()
        lane_id, marks = self.canvas.selected()
        machine: CanvasMark | None = None
        if lane is not None and not lane.editable and lane_id == lane.lane_id and len(marks) == 1:
            row = next((one for one in self.canvas.rows() if one.lane_id == lane_id), None)
            place = row.places.get(marks[0]) if row is not None else None
            machine = row.marks[place] if row is not None and place is not None else None
        own = self.selected() if lane is not None and lane_id == lane.lane_id else []
        self.marking.show_lane(lane, self.book, own, machine, self.brush())
        self.selection_changed.emit()

    @staticmethod
    def _cuts(book: LaneBook) -> Sequence[float]:
        """Where shots begin, from the lane that has them."""
        shots = next((one for one in book.lanes if one.tier.name == "shots" and one.kind is TierKind.INTERVALS), None)
        return [mark.start_s for mark in shots.tier.marks] if shots is not None else []

    def _on_box(self, box_id: str) -> None:
        lane_id, _, _track = box_id.rpartition("|")
        self.set_active(lane_id)

    def _build(self) -> None:
        top = QSplitter(Qt.Orientation.Horizontal)
        self._across = top
        top.setChildrenCollapsible(False)
        top.addWidget(self.player)
        top.addWidget(self.marking)
        top.setStretchFactor(0, 1)
        head = QFrame()
        head.setProperty("role", "bar")
        head.setLayout(self.bar)
        self.bar.setContentsMargins(12, 4, 8, 4)
        self.bar.setSpacing(6)
        self.bar.addWidget(self.title, 1)
        self.bar.addWidget(self.hidden)
        self.bar.addWidget(self.coder)
        self.coder.setToolTip(self.tr("Your name as a coder: new lanes carry it. Press to change it."))
        self.hidden.setToolTip(self.tr("Show all lanes"))
        self.hidden.hide()
        self.below.addWidget(self.message)
        self.below.addWidget(self.canvas)
        lanes = QWidget()
        column = QVBoxLayout(lanes)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.below, 1)
        self._down.setChildrenCollapsible(False)
        self._down.addWidget(top)
        self._down.addWidget(lanes)
        self._down.setStretchFactor(0, 1)
        for split in (self._across, self._down):
            split.splitterMoved.connect(self._note_moved)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._down)

    def add_tools(self, actions: ActionTable) -> None:
        """Buttons over the lanes: what is done most."""
        short = {
            "annotate.new_lane": self.tr("Lane"),
            "annotate.import": self.tr("Import"),
            "annotate.export": self.tr("Export"),
            "annotate.anonymise": self.tr("Anonymise"),
        }
        for action_id in TOOLS:
            qaction = actions.qaction(action_id)
            qaction.setIconText(short.get(action_id, ""))
            button = QToolButton()
            button.setDefaultAction(qaction)
            beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            button.setToolButtonStyle(beside if action_id in short else Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(actions.record(action_id).title)
            button.setAutoRaise(True)
            self.bar.addWidget(button)

    def _note_moved(self) -> None:
        self._moved_by_hand = True

    def _connect(self) -> None:
        self.player.place_changed.connect(self._on_frame)
        self.player.track_clicked.connect(self._on_box)
        self.canvas.seek_requested.connect(self.player.seek)
        self.canvas.selection_changed.connect(lambda _lane, _marks: self._show_selection())
        self.canvas.active_lane_changed.connect(lambda _lane: self._show_selection())
        self.coder.clicked.connect(self.coder_requested)
        self.hidden.clicked.connect(self.hidden_requested)
