"""What is said, on the Review page: the tab of the dock, subtitles over the picture, a lane in the timeline."""

from PySide6.QtCore import QCoreApplication, QObject

from app.desktop.actions import Action
from app.desktop.review.body import ReviewBody
from app.desktop.review.loading import EpisodeLoader
from app.desktop.services import Services
from app.desktop.transcript.actions import transcript_records
from app.desktop.transcript.desk import TranscriptDesk
from app.desktop.transcript.subtitle_now import subtitle_at

PAGE = "review"
PREFIX = "review.transcript"


class ReviewSpeech(QObject):
    """Follows the episode in hand: while Review can be seen, that is the one it shows."""

    def __init__(self, body: ReviewBody, loader: EpisodeLoader, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._player, self._timeline, self._dock = body.player, body.timeline, body.dock
        self.desk = TranscriptDesk(services, body.dock.transcript, self, "review")
        self.subtitles_visible = True
        self._said = ("", "")
        self.desk.seek_requested.connect(self._player.seek)
        self.desk.shown_changed.connect(self._on_shown)
        self._player.place_changed.connect(self._on_place)
        loader.loaded.connect(lambda _ep_id, _loaded: self._show_lane())
        self._dock.currentChanged.connect(lambda _tab: self.desk.entered())
        services.navigator.episode_in_hand.connect(lambda ep_id: self.desk.open(ep_id or None))

    def records(self) -> tuple[Action, ...]:
        """For the action table."""
        tr = QCoreApplication.translate
        return (
            Action(
                "review.subtitles",
                tr("review_actions", "Subtitles"),
                "View",
                self.toggle_subtitles,
                ("C",),
                "subtitles",
                tr("review_actions", "What is said, and by whom, over the picture"),
                enabled=self.desk.has_lines,
                page=PAGE,
                checked=lambda: self.subtitles_visible,
            ),
            Action(
                "review.transcript",
                tr("review_actions", "Transcript"),
                "View",
                self.show_tab,
                ("Ctrl+Shift+X",),
                "transcript",
                tr("review_actions", "The tab with what is said"),
                page=PAGE,
            ),
            *transcript_records(self.desk, PAGE, PREFIX, self._dock.transcript),
        )

    def show_tab(self) -> None:
        """Bring the transcript to the front."""
        self._dock.go_to_tab(self._dock.transcript)
        self._dock.transcript.list.setFocus()

    def toggle_subtitles(self) -> None:
        """Show or hide the subtitles."""
        self.subtitles_visible = not self.subtitles_visible
        self._show_subtitle()

    def close(self) -> None:
        """The library is being closed."""
        self.desk.close_questions()

    def _on_shown(self) -> None:
        self._show_lane()
        self._show_subtitle()

    def _show_lane(self) -> None:
        book = self.desk.book
        lines = book.view.lines if book is not None else ()
        looks = book.looks if book is not None else {}
        self._timeline.set_speech(
            [
                (line.start_s, line.end_s, looks[line.speaker_id].colour_index if line.speaker_id in looks else None)
                for line in lines
            ]
        )

    def _on_place(self, t_s: float, _frame: int) -> None:
        self.desk.set_position(t_s)
        self._show_subtitle()

    def _show_subtitle(self) -> None:
        book = self.desk.book
        line = book.line_at(self._player.t_s) if book is not None and self.subtitles_visible else None
        said = ("", "")
        if book is not None and line is not None and self._player.shown is not None:
            look = book.looks.get(line.speaker_id or "")
            said = (subtitle_at(line, self._player.t_s), look.label if look is not None else "")
        if said != self._said or not said[0]:
            self._said = said
            self._player.view.set_subtitle(*said)
