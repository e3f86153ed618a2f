"""One of the two players, under a line that says whose it is."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.review.playback import Playback
from app.desktop.review.player_area import PlayerArea
from core.errors import MediaMissing
from core.procedures.types import Masks, ProcedureVideo, Role
from widgets.flow import Badge, ElidedLabel
from widgets.flow.labels import Tone


class Screen(QWidget):
    """A player without buttons of its own, under a line that says whose it is."""

    def __init__(self, role: Role, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        self.video: ProcedureVideo | None = None
        self.area = PlayerArea(playback)
        self.area.transport.hide()
        self.name = ElidedLabel("", "strong")
        self.badge = Badge("", "plain")
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 6)
        head.setSpacing(8)
        head.addWidget(self.badge)
        head.addWidget(self.name, 1)
        self.masked = Badge("", "plain")
        self.masked.hide()
        head.addWidget(self.masked)
        self.state = Badge("", "warning")
        head.addWidget(self.state)
        self.state.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        whose = self.tr("Gold recording") if role is Role.GOLD else self.tr("Trainee's recording")
        self.area.view.setAccessibleName(whose)
        self.badge.set_badge(self.tr("Gold") if role is Role.GOLD else self.tr("Trainee"), self._tone())

    def show_video(self, video: ProcedureVideo | None) -> None:
        """Open a recording, once; None = there is none."""
        self._show_masks(video.masks if video is not None else Masks())
        if video is not None and self.video is not None and _same_film(video, self.video):
            self.video = video
            self.name.set_text(video.title)
            return
        self.video = video
        self.state.hide()
        if video is None:
            self.name.set_text("")
            self.area.close_film()
            self._say_empty()
        else:
            self.name.set_text(video.title)
            self._open(video)

    def show_failure(self, error: Exception) -> None:
        """The film went away while it was shown."""
        if isinstance(error, MediaMissing) and self.video is not None:
            self._say_missing(self.video)

    def say_match(self, words: str) -> None:
        """Why the picture stands still, "" = it follows."""
        self.state.set_badge(words, "warning")
        self.state.setVisible(bool(words))

    def _show_masks(self, masks: Masks) -> None:
        """Regions are hidden here as they are in stills. Faces would have to be looked for in each frame, so that they
        are hidden only where pictures leave: that must be seen.
        """
        self.area.view.set_masks(masks.regions, masks.mode)
        if masks.faces:
            self.masked.set_badge(self.tr("Faces visible"), "warning")
            self.masked.setToolTip(
                self.tr(
                    "This is the film itself. Faces are hidden in every still, in reports and in what was measured, "
                    "but not while it plays here."
                )
            )
        else:
            self.masked.set_badge(self.tr("Masked"), "plain")
            self.masked.setToolTip(
                self.tr(
                    "Regions are hidden here, in stills, in reports and in what was measured. The file is as it was."
                )
            )
        self.masked.setVisible(masks.hides)

    def _open(self, video: ProcedureVideo) -> None:
        if video.media_missing:
            self._say_missing(video)
        else:
            self.area.open(video.media_path, 0.0, video.info)

    def _say_missing(self, video: ProcedureVideo) -> None:
        self.area.close_film()
        self.area.view.show_missing(
            str(video.media_path),
            self.tr("{name}: show where it is now. Steps, scores and what was measured are kept.").format(
                name=video.media_path.name
            ),
        )

    def _say_empty(self) -> None:
        if self.role is Role.GOLD:
            self.area.view.show_empty(self.tr("No gold recording"), self.tr("Drop the recording that shows how."))
        else:
            self.area.view.show_empty(self.tr("No attempt chosen"), self.tr("Drop a trainee's recording here."))

    def _tone(self) -> Tone:
        return "warning" if self.role is Role.GOLD else "info"


def _same_film(one: ProcedureVideo, other: ProcedureVideo) -> bool:
    return (one.video_id, one.media_path, one.media_missing) == (other.video_id, other.media_path, other.media_missing)
