"""What is drawn and written in the lanes becomes edits; each is one step that can be undone."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from app.desktop.annotate_page.book import Lane
from app.desktop.annotate_page.doing import AnnotateDoing
from app.desktop.notices import NoticeButton
from core.annotate.types import OwnMark, TierKind
from widgets.annotate import LaneRow

if TYPE_CHECKING:
    from app.desktop.annotate_page.page import AnnotatePage


class LaneDesk(QObject):
    """Connects the canvas and the marking pane to ``AnnotateDoing``."""

    def __init__(self, page: "AnnotatePage", doing: AnnotateDoing) -> None:
        super().__init__(page)
        self._page = page
        self._part = page.body.lanes
        self._doing = doing
        canvas, marking = self._part.canvas, self._part.marking
        canvas.mark_drawn.connect(self._on_drawn)
        canvas.mark_moved.connect(self._on_moved)
        canvas.marks_deleted.connect(lambda _lane, ids: doing.delete_marks(ids))
        canvas.split_requested.connect(lambda _lane, mark_id, t_s: doing.split_mark(mark_id, t_s))
        canvas.label_requested.connect(lambda _lane, _ids: marking.focus_label())
        canvas.label_key.connect(lambda _lane, ids, text: self._give(ids, text))
        canvas.mark_activated.connect(self._on_activated)
        canvas.lane_menu_requested.connect(self._open_menu)
        canvas.lane_moved.connect(self._on_lane_moved)
        canvas.refused.connect(self._on_refused)
        self._coming: list[str | None] = []
        """For each mark that is being stored, the label that was given to it meanwhile."""
        marking.label_given.connect(lambda text: self._give(self._part.selected_ids(), text))
        marking.left.connect(canvas.setFocus)
        marking.times_given.connect(self._on_times)
        marking.comment_given.connect(self._on_comment)
        marking.correct_requested.connect(self.correct)
        marking.edit_lane_requested.connect(page.commands.edit_lane)

    # ---- what the action table does

    def own_lane(self) -> Lane | None:
        """The lane in hand, if it can be marked in."""
        lane = self._part.lane()
        return lane if lane is not None and lane.editable else None

    def can_correct(self) -> bool:
        """Whether the lane in hand can be copied to be corrected."""
        lane = self._part.lane()
        return lane is not None and not lane.editable and lane.kind is not TierKind.SERIES

    def correct(self) -> None:
        """Copy the lane in hand into one of the person's own."""
        lane, book = self._part.lane(), self._part.book
        if lane is None or book is None or book.media_id is None or not self.can_correct():
            return
        self._doing.copy_tier(
            book.media_id,
            lane.tier,
            coder=self._page.choices.coder,
            origin=f"{lane.origin}: {lane.tier.name}",
            then=lambda tier: self._page.wait_for_tier(tier.tier_id),
        )

    def join(self) -> None:
        """Several selected intervals become one."""
        self._doing.join_marks(self._part.selected_ids())

    def give_key(self, number: int) -> None:
        """The label of a digit, for the selected marks or those to come."""
        text = self._part.marking.label_of_key(number)
        lane = self.own_lane()
        if text is not None and lane is not None:
            self._part.canvas.label_by_digit(number - 1)

    def delete_lane(self) -> None:
        """Take the lane in hand away; undo brings it back."""
        lane = self.own_lane()
        if lane is not None and lane.tier_id is not None:
            self._doing.delete_tier(lane.tier_id)

    def move_lane(self, by: int) -> None:
        """Put the lane in hand higher or lower among the own ones."""
        lane = self.own_lane()
        if lane is not None and lane.tier_id is not None and lane.own is not None:
            self._doing.move_tier(lane.tier_id, max(lane.own.position + by, 0))

    def toggle_boxes(self) -> None:
        """Show or hide the boxes over the picture."""
        self._part.toggle_boxes()
        self._page.services.actions.refresh()

    # ---- inside

    def _tier_id(self, lane_id: str) -> int | None:
        book = self._part.book
        lane = book.lane(lane_id) if book is not None else None
        return lane.tier_id if lane is not None else None

    def _on_drawn(self, lane_id: str, start_s: float, end_s: float) -> None:
        tier_id = self._tier_id(lane_id)
        if tier_id is None:
            return
        self._part.canvas.set_active_lane(lane_id)
        self._coming.append(None)
        self._doing.add_mark(tier_id, start_s, end_s, self._part.brush(), then=self._on_added, failed=self._not_added)

    def _on_added(self, mark: OwnMark) -> None:
        label = self._coming.pop(0)
        if label is not None and label != mark.label:
            self._doing.set_labels((mark.mark_id,), label)
        self._page.wait_for_mark(mark)

    def _not_added(self) -> None:
        self._coming.pop(0)

    def _on_refused(self, why: str) -> None:
        """A key did nothing: say so, with the way on."""
        notices, lane = self._page.services.notices, self._part.lane()
        if why:
            notices.info(why)
        elif self.can_correct():
            notices.info(
                self.tr("“{lane}” was found by a pipeline and stays as it is.").format(lane=lane.title if lane else ""),
                self.tr("Correct a copy of it, or mark in a lane of your own."),
                buttons=(
                    NoticeButton(self.tr("Correct this lane"), self.correct),
                    NoticeButton(self.tr("New lane…"), self._page.commands.new_lane),
                ),
            )
        else:
            notices.info(
                self.tr("There is no lane of your own in hand to mark in."),
                buttons=(NoticeButton(self.tr("New lane…"), self._page.commands.new_lane),),
            )

    def _on_moved(self, _lane_id: str, mark_id: int, start_s: float, end_s: float) -> None:
        self._doing.move_mark(mark_id, start_s, end_s)

    def _give(self, mark_ids: tuple[int, ...], text: str) -> None:
        """A label for these; where none is selected, for the marks to come."""
        lane = self.own_lane()
        if lane is not None:
            self._part.brushes[lane.lane_id] = text
        if mark_ids:
            self._doing.set_labels(mark_ids, text)
            return
        if self._coming and self._part.canvas.pending_start() is None:
            self._coming[-1] = text
        self._part.refresh_selection()

    def _on_activated(self, lane_id: str, mark_id: int) -> None:
        """A double click: that moment, and in an own lane its label."""
        row: LaneRow | None = next((one for one in self._part.canvas.rows() if one.lane_id == lane_id), None)
        place = row.places.get(mark_id) if row is not None else None
        if row is None or place is None:
            return
        self._part.player.seek(row.marks[place].start_s)
        if row.editable:
            self._part.marking.focus_label()

    def _on_times(self, start_s: float, end_s: float) -> None:
        ids = self._part.selected_ids()
        if len(ids) == 1:
            self._doing.move_mark(ids[0], min(start_s, end_s), max(start_s, end_s))

    def _on_comment(self, text: str) -> None:
        ids = self._part.marking.shown_ids()
        if len(ids) == 1:
            self._doing.set_comment(ids[0], text)

    def _on_lane_moved(self, lane_id: str, position: int) -> None:
        tier_id = self._tier_id(lane_id)
        if tier_id is not None:
            self._doing.move_tier(tier_id, position)

    def _open_menu(self, lane_id: str, place: QPoint) -> None:
        self._part.canvas.set_active_lane(lane_id)
        menu = QMenu(self._part)
        self._page.services.actions.fill(
            menu,
            (
                "annotate.label",
                "annotate.split",
                "annotate.join",
                "annotate.delete_marks",
                "",
                "annotate.correct",
                "annotate.edit_lane",
                "annotate.lane_up",
                "annotate.lane_down",
                "annotate.delete_lane",
                "",
                "annotate.hide_lane",
                "annotate.show_all_lanes",
                "",
                "annotate.export",
                "annotate.anonymise",
            ),
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
