"""What the Review page's actions do to identities and tracks."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.desktop.edits import Edits
from app.desktop.review.body import ReviewBody
from app.desktop.review.open_episode import OpenEpisode
from app.desktop.review.selection import Selection
from app.desktop.services import Services
from app.desktop.targets import TargetAsker
from core.review.types import IdentityRow, TrackRow


class ReviewEditing(QObject):
    """Turns what is selected on the page into edits."""

    def __init__(self, body: ReviewBody, selection: Selection, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._body = body
        self._selection = selection
        self._services = services
        self._episode: OpenEpisode | None = None
        self.edits = Edits(services, self)
        self.asker = TargetAsker(services, body)

    def set_episode(self, episode: OpenEpisode | None) -> None:
        """The episode on the page."""
        self._episode = episode
        self.edits.set_episode(episode.review.ep_id if episode is not None else None)

    # ---- what is selected, for the action table

    def has_identity(self) -> bool:
        """Whether an identity is selected."""
        return self._selection.has_identity()

    def has_tracks(self) -> bool:
        """Whether live tracks are selected."""
        return bool(self.track_ids())

    def has_two_tracks(self) -> bool:
        """Whether just two live tracks are selected."""
        return len(self.track_ids()) == 2

    def has_deleted_tracks(self) -> bool:
        """Whether deleted tracks are selected."""
        return bool(self.deleted_ids())

    def is_locked(self) -> bool:
        """Whether the selected identity is locked."""
        identity = self._identity_now()
        return identity is not None and identity.locked

    def can_split(self) -> bool:
        """Whether the frame on screen lies inside the selected track."""
        return self._track_at_playhead() is not None

    def track_ids(self) -> list[str]:
        """The selected live tracks."""
        return [track_id for track_id in self._chosen_ids() if self._episode and track_id in self._episode.tracks]

    def deleted_ids(self) -> list[str]:
        """The selected deleted tracks."""
        return [track_id for track_id in self._chosen_ids() if self._episode and track_id in self._episode.deleted]

    def show_on_board(self) -> None:
        """Show the episode on the Identities page."""
        self._services.navigator.go("identities")

    # ---- identities

    def merge(self) -> None:
        """Ask into whom the selected identity goes, and merge."""
        episode, identity = self._episode, self._identity_now()
        if episode is None or identity is None:
            return
        seen = {one.identity_id: one.revision for one in episode.review.identities}
        self.asker.ask_person(
            self.tr("Merge {name} into").format(name=identity.label),
            [one for one in episode.review.identities if one.identity_id != identity.identity_id],
            lambda target_id: self.edits.merge(
                [identity.identity_id],
                target_id,
                {key: seen[key] for key in (identity.identity_id, target_id) if key in seen},
            ),
        )

    def assign(self) -> None:
        """Ask which cast member the selected identity is."""
        identity = self._identity_now()
        if identity is not None:
            self.asker.ask_cast(
                self.tr("{name} is").format(name=identity.label),
                lambda cast_id: self.edits.assign(identity.identity_id, cast_id),
            )

    def toggle_lock(self) -> None:
        """Lock the selected identity, or unlock it."""
        identity = self._identity_now()
        if identity is not None:
            self.edits.set_locked([identity.identity_id], not identity.locked)

    def revert(self) -> None:
        """Give the selected identity back what the machine found."""
        identity = self._identity_now()
        if identity is not None:
            self.edits.revert(identity.identity_id)

    # ---- tracks

    def move(self) -> None:
        """Ask to whom the selected tracks belong, and move them."""
        episode, track_ids = self._episode, self.track_ids()
        if episode is None or not track_ids:
            return
        homes = {episode.tracks[track_id].identity_id for track_id in track_ids}
        from_id = next(iter(homes)) if len(homes) == 1 else None
        self.asker.ask_person(
            self.tr("Move {track} to").format(track=track_ids[0])
            if len(track_ids) == 1
            else self.tr("Move {count} tracks to").format(count=len(track_ids)),
            [one for one in episode.review.identities if one.identity_id != from_id],
            lambda target_id: self.edits.move_tracks(track_ids, target_id, from_id),
            new_person=lambda name: self.edits.move_tracks(track_ids, None, from_id, name=name),
        )

    def split_here(self) -> None:
        """Cut the selected track at the frame on screen."""
        track = self._track_at_playhead()
        if track is not None:
            self.edits.split_track(track.track_id, self._body.player.frame)

    def not_a_face(self) -> None:
        """Take out the selected tracks: they show no face."""
        self.edits.delete_tracks(self.track_ids(), "not_a_face")

    def delete(self) -> None:
        """Take out the selected tracks."""
        self.edits.delete_tracks(self.track_ids())

    def restore(self) -> None:
        """Bring the selected deleted tracks back."""
        self.edits.restore_tracks(self.deleted_ids())

    def must_link(self) -> None:
        """The two selected tracks are one person."""
        self._link("must")

    def cannot_link(self) -> None:
        """The two selected tracks are never one person."""
        self._link("cannot")

    # ---- inside

    def _link(self, kind: str) -> None:
        track_ids = self.track_ids()
        if len(track_ids) == 2:
            self.edits.link(kind, track_ids[0], track_ids[1])

    def _identity_now(self) -> IdentityRow | None:
        if self._episode is None:
            return None
        return self._episode.identities.get(self._selection.identity_id or "")

    def _chosen_ids(self) -> Sequence[str]:
        if self._body.dock.on_tracks:
            return self._body.dock.tracks.selected()
        return [self._selection.track_id] if self._selection.track_id is not None else []

    def _track_at_playhead(self) -> TrackRow | None:
        """The selected track, or the selected identity's, that is on screen now and does not begin just here."""
        episode, shown = self._episode, self._body.player.shown
        if episode is None or shown is None:
            return None
        chosen = self.track_ids() or list(episode.tracks_of(self._selection.identity_id or ""))
        tracks = [episode.tracks[track_id] for track_id in chosen if track_id in episode.tracks]
        return next((track for track in tracks if track.start_s < shown.t_s < track.end_s), None)
