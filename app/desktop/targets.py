"""Asks whom: a popup with people and cast members, found by writing a few letters."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

from app.desktop.services import Services
from core.cast.types import CastMember
from core.review.types import IdentityRow
from widgets.target_chooser import Target, TargetChooser, TargetKind
from widgets.time_text import format_span


class TargetAsker(QObject):
    """Opens the chooser over a widget; at most one is open. Cast members are read when it opens."""

    def __init__(self, services: Services, over: QWidget) -> None:
        super().__init__(over)
        self._services = services
        self._over = over
        self.chooser: TargetChooser | None = None

    def ask_person(
        self,
        title: str,
        identities: Sequence[IdentityRow],
        chosen: Callable[[str], object],
        *,
        new_person: Callable[[str], object] | None = None,
        cast_chosen: Callable[[str], object] | None = None,
    ) -> None:
        """Ask for one of ``identities``. ``new_person`` gets the name that was written; with ``cast_chosen``, cast
        members are offered too.
        """
        targets = [_person(identity) for identity in identities]
        chooser = self._open(title, targets, offers_new=new_person is not None)
        chooser.identity_chosen.connect(chosen)
        if new_person is not None:
            chooser.new_person_requested.connect(new_person)
        if cast_chosen is not None:
            chooser.cast_chosen.connect(cast_chosen)
            self._add_cast(chooser, targets, offers_new=new_person is not None)

    def ask_cast(self, title: str, chosen: Callable[[str], object]) -> None:
        """Ask for a cast member."""
        chooser = self._open(title, [], offers_new=False)
        chooser.cast_chosen.connect(chosen)
        self._add_cast(chooser, [], offers_new=False)

    def close(self) -> None:
        """The library is being closed, or another episode is shown: nothing is asked any more."""
        if self.chooser is not None:
            self.chooser.close()

    def _open(self, title: str, targets: list[Target], *, offers_new: bool) -> TargetChooser:
        self.close()
        chooser = TargetChooser(self._over, _picture)
        chooser.set_targets(targets, offers_new=offers_new)
        chooser.finished.connect(lambda _code: self._forget(chooser))
        self.chooser = chooser
        chooser.open_over(self._over, title)
        return chooser

    def _add_cast(self, chooser: TargetChooser, people: list[Target], *, offers_new: bool) -> None:
        library = self._services.library

        def show(members: list[CastMember]) -> None:
            chooser.set_targets([*people, *(_member(member) for member in members)], offers_new=offers_new)

        self._services.background.run_query(library.cast.members, show, latest_key="targets-cast", owner=chooser)

    def _forget(self, chooser: TargetChooser) -> None:
        if self.chooser is chooser:
            self.chooser = None
        chooser.deleteLater()


def _person(identity: IdentityRow) -> Target:
    tr = QCoreApplication.translate
    locked = tr("targets", "locked: unlock first")
    count = len(identity.track_ids)
    tracks = tr("targets", "1 track") if count == 1 else tr("targets", "{count} tracks").format(count=f"{count:,}")
    return Target(
        target_id=identity.identity_id,
        label=identity.label,
        note=locked if identity.locked else f"{tracks}, {format_span(identity.screen_time_s)}",
        colour_index=identity.colour_index,
        image=identity.best_crop,
        enabled=not identity.locked,
    )


def _member(member: CastMember) -> Target:
    photo = member.seeds[0].display_path if member.seeds else None
    return Target(target_id=member.cast_id, label=member.name, kind=TargetKind.CAST, image=photo)


def _picture(key: object) -> Path | None:
    return key if isinstance(key, Path) else None
