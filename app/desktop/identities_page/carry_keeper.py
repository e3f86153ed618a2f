"""Keeps the bar and the panel of a new analysis in step with what core says about the corrections."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.desktop.identities_page.carry_bar import CarryBar
from app.desktop.identities_page.reading import BoardReader
from app.desktop.identities_page.side import BoardSide
from app.desktop.services import Services

if TYPE_CHECKING:
    from core.analysis.carry_review import CarryReview


class CarryKeeper(QObject):
    """Shows what waits for a yes or a no, and passes the answer on."""

    def __init__(
        self, bar: CarryBar, side: BoardSide, reader: BoardReader, services: Services, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bar, self._side, self._reader, self._services = bar, side, reader, services
        self._ep_id = ""
        reader.carry_read.connect(self._show)
        bar.look_requested.connect(lambda: side.show_carry(True))
        bar.accepted.connect(self.accept)
        side.carry.accepted.connect(self.accept)
        side.carry.rejected.connect(self.reject)
        side.carry.close_requested.connect(lambda: side.show_carry(False))

    def set_episode(self, ep_id: str) -> None:
        """Look whether anything waits in this episode; "" = no episode."""
        self._ep_id = ep_id
        if ep_id:
            self._reader.read_carry(ep_id)
        else:
            self._show("", None)

    def accept(self) -> None:
        """The new result stays."""
        from core.analysis.carry_review import accept

        library, ep_id = self._services.library, self._ep_id
        self._services.background.run_edit(
            lambda: accept(library, ep_id), lambda _none: self._reader.read_carry(ep_id), owner=self
        )

    def reject(self) -> None:
        """The result before the new analysis comes back."""
        from core.analysis.carry_review import reject

        library, ep_id = self._services.library, self._ep_id
        self._services.background.run_edit(
            lambda: reject(library, ep_id, actor="desktop"), lambda _done: self._reader.read_carry(ep_id), owner=self
        )

    def _show(self, ep_id: str, found: "CarryReview | None") -> None:
        if ep_id != self._ep_id:
            return
        self._bar.show_review(found)
        self._side.carry.show_review(found)
        if found is None:
            self._side.show_carry(False)
