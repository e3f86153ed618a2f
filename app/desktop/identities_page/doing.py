"""What the actions of the Identities page do with the people and faces that are selected."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.desktop.identities_page import words
from app.desktop.identities_page.board_data import BoardData
from app.desktop.services import Services

if TYPE_CHECKING:
    from app.desktop.identities_page.page import IdentitiesPage


class BoardDoing(QObject):
    """Reads the selection from the page and asks core for edits."""

    def __init__(self, page: "IdentitiesPage", services: Services) -> None:
        super().__init__(page)
        self._page = page
        self._services = services

    # ------------------------------------------------------------------ for the action table

    def has_people(self) -> bool:
        """Whether there is anybody."""
        return self._page.data is not None and bool(self._page.data.identities)

    def has_selection(self) -> bool:
        """Whether people are selected."""
        return bool(self._page.selected())

    def has_one(self) -> bool:
        """Whether one person is selected."""
        return len(self._page.selected()) == 1

    def has_faces(self) -> bool:
        """Whether faces are selected."""
        return bool(self._page.side.crops.selected())

    def has_something_to_move(self) -> bool:
        """Whether people or faces are selected."""
        return self.has_selection() or self.has_faces()

    def has_deleted(self) -> bool:
        """Whether tracks were taken out."""
        return self._page.data is not None and bool(self._page.data.deleted)

    def is_narrowed(self) -> bool:
        """Whether a filter or a search is on."""
        return self._page.filters.narrowed

    def all_locked(self) -> bool:
        """Whether everybody who is selected is locked."""
        data, chosen = self._page.data, self._page.selected()
        return data is not None and bool(chosen) and all(data.identities[one].locked for one in chosen)

    def faces_first(self) -> bool:
        """Whether an edit means the selected faces, not the selected people: the keyboard is among the faces."""
        return self.has_faces() and self._page.side.crops.isAncestorOf(self._page.focusWidget() or self._page)

    # ------------------------------------------------------------------ what the actions do

    def begin_rename(self) -> None:
        """Write the name of the selected person."""
        for identity_id in self._page.selected()[:1]:
            self._page.area.begin_rename(identity_id)

    def choose_target(self) -> None:
        """Ask into whom the selected people, or to whom the selected faces, go."""
        data = self._page.data
        if data is None:
            return
        faces, chosen = self._page.side.crops.selected(), self._page.selected()
        if self.faces_first() or not chosen:
            self._ask_for_faces(data, faces)
        else:
            self._ask_for_people(data, chosen)

    def choose_cast(self) -> None:
        """Ask which cast member the selected people are."""
        chosen = self._page.selected()
        if chosen:
            self._page.asker.ask_cast(
                self.tr("{name} is").format(name=self._label(chosen)),
                lambda cast_id: self._page.edits.assign_all(chosen, cast_id),
            )

    def toggle_lock(self) -> None:
        """Lock those who are selected; when all are locked, unlock them."""
        self._page.edits.set_locked(self._page.selected(), not self.all_locked())

    def revert(self) -> None:
        """Give the selected person back what the machine found."""
        for identity_id in self._page.selected()[:1]:
            self._page.edits.revert(identity_id)

    def use_as_reference(self) -> None:
        """Make the best face of the selected person a reference photo."""
        data = self._page.data
        for identity in [data.identities[one] for one in self._page.selected()[:1]] if data is not None else []:
            if identity.person_id:
                self._page.feed.use_best_crop(identity, identity.person_id)
            else:
                self._page.asker.ask_cast(
                    self.tr("{name} is a reference of").format(name=identity.label),
                    lambda cast_id, identity=identity: self._page.feed.use_best_crop(identity, cast_id),  # type: ignore[misc]
                )

    def delete(self) -> None:
        """Take the selected faces, or the tracks of the selected people, out."""
        self._take_out("excluded", "")

    def not_a_face(self) -> None:
        """Take out what shows no face."""
        self._take_out("not_a_face", "not_a_face")

    def include(self) -> None:
        """Put the selected excluded faces back."""
        rows = [row for row in self._page.side.crops.selected_rows() if row.excluded]
        self._page.edits.include_faces([(row.track_id, row.frame) for row in rows])

    def split_off(self) -> None:
        """Make a new person of the selected faces."""
        self._page.edits.move_crops(self._page.side.crops.selected(), None)

    def restore_deleted(self) -> None:
        """Bring all deleted tracks back."""
        if self._page.data is not None:
            self._page.edits.restore_tracks(list(self._page.data.deleted))

    def search(self) -> None:
        """Go to the search field."""
        self._page.filters.search.setFocus()
        self._page.filters.search.selectAll()

    def go_to_unnamed(self) -> None:
        """Select the next person without a name."""
        if not self._page.area.go_to_unnamed():
            self._services.notices.info(self.tr("Everybody has a name."), self.tr("The report can be exported."))

    def open_in_review(self) -> None:
        """Show the first time that the selected person is on screen."""
        data = self._page.data
        for identity in [data.identities[one] for one in self._page.selected()[:1]] if data is not None else []:
            starts = [start_s for start_s, _ in identity.intervals_s]
            self._services.navigator.open_episode(self._page.ep_id, min(starts, default=0.0))

    def export_pdf(self) -> None:
        """Ask where the report goes, and write it."""
        if self._page.data is not None:
            self._page.exporting.ask_pdf(self._page.ep_id, self._page.data.title, self._page.side.time.gap_s)

    def export_screen_time(self, kind: str) -> None:
        """Ask where the screen time goes, and write it."""
        if self._page.data is not None:
            self._page.exporting.ask_screen_time(
                self._page.ep_id, self._page.data.title, kind, self._page.side.time.gap_s
            )

    # ------------------------------------------------------------------ inside

    def _take_out(self, crop_reason: str, track_reason: str) -> None:
        data = self._page.data
        if data is None:
            return
        if self.faces_first() or not self.has_selection():
            rows = [row for row in self._page.side.crops.selected_rows() if not row.excluded]
            self._page.edits.exclude_faces([(row.track_id, row.frame) for row in rows], crop_reason)
        else:
            self._page.edits.delete_tracks(data.tracks_of(self._page.selected()), track_reason)

    def _ask_for_people(self, data: BoardData, chosen: list[str]) -> None:
        self._page.asker.ask_person(
            self.tr("Merge {name} into").format(name=self._label(chosen)),
            [data.identities[one] for one in data.shown_order() if one not in chosen],
            lambda target_id: self._page.edits.merge(chosen, target_id, data.seen([*chosen, target_id])),
            cast_chosen=lambda cast_id: self._page.edits.assign_all(chosen, cast_id),
            new_person=lambda name: self._name_all(chosen, name),
        )

    def _name_all(self, chosen: list[str], name: str) -> None:
        """A person who is on no card yet: those who are selected become one with that name."""
        from core.identities import steps

        first, *others = chosen
        if not name:
            self._page.edits.merge(others, first)
            return
        if not others:
            self._page.edits.rename(first, name)
            return
        made = [steps.merge(others, first), steps.rename(first, name)]
        title = self.tr("Merge {count} people into {name}").format(count=len(others), name=name)
        self._page.edits.run(lambda edit, ep_id: edit.apply_many(ep_id, made, name=title))

    def _ask_for_faces(self, data: BoardData, faces: list[tuple[str, int]]) -> None:
        if not faces:
            return
        self._page.asker.ask_person(
            self.tr("Move {faces} to").format(faces=words.faces(len(faces))),
            [data.identities[one] for one in data.shown_order()],
            lambda target_id: self._page.edits.move_crops(faces, target_id),
            new_person=lambda name: self._page.edits.move_crops(faces, None, name=name),
        )

    def _label(self, chosen: Sequence[str]) -> str:
        data = self._page.data
        if data is not None and len(chosen) == 1:
            return data.identities[chosen[0]].label
        return words.people(len(chosen))
