"""The recordings of a task by role, with what is known of each."""

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.desktop.procedures_page.book import Place, TaskBook, Work
from app.desktop.procedures_page.words import failed_words, flag_words, job_line
from core.procedures.types import ProcedureVideo, Role, ScoreSummary
from widgets.flow import IconButton, label
from widgets.flow.labels import Tone
from widgets.image_loader import Provide
from widgets.procedures import VideoList, VideoRow

NOT_KNOWN = -1.0
"""How VideoRow says that a job works on it, but not how far it is."""


class VideosPane(QWidget):
    """Gold recordings over trainees' attempts; one of each is in hand."""

    add_requested = Signal(object)
    """Role."""
    chosen = Signal(object, object)
    """Role, and list of video ids."""
    menu_requested = Signal(object, QPoint)
    """Role, and the place on the screen."""

    def __init__(
        self, provide: Provide, picture_key: Callable[[ProcedureVideo], Hashable], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._picture_key = picture_key
        self.lists = {role: VideoList(provide) for role in Role}
        self.adds: dict[Role, IconButton] = {}
        self.titles: dict[Role, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._add_part(column, Role.GOLD, self.tr("Add a gold recording"), 1)
        self._add_part(column, Role.TRAINEE, self.tr("Add trainees' attempts"), 2)

    def show_book(self, book: TaskBook | None, place: Place, work: Work) -> None:
        """The task's recordings; those in hand are selected."""
        newest = _newest_of_attempts(book)
        for role, rows in self.lists.items():
            videos = book.of_role(role) if book is not None else ()
            self.titles[role].setText(self._title(role, len(videos)))
            rows.set_rows([self._row(video, work, newest.get(video.video_id)) for video in videos])
            wanted = place.gold_id if role is Role.GOLD else place.trainee_id
            if wanted is not None and wanted not in rows.chosen_ids():
                with QSignalBlocker(rows):
                    rows.select([wanted])

    def chosen_ids(self, role: Role) -> list[int]:
        """Selected recordings of a role."""
        return self.lists[role].chosen_ids()

    def stop(self) -> None:
        """End the threads that load pictures."""
        for rows in self.lists.values():
            rows.stop()

    def _row(self, video: ProcedureVideo, work: Work, score: ScoreSummary | None) -> VideoRow:
        measuring = work.measuring.get(video.video_id)
        words, progress = job_line(measuring) if measuring is not None else ("", None)
        return VideoRow(
            video.video_id,
            video.title or video.media_path.name,
            video.role,
            video.info.duration_s,
            detail=words or self._detail(video),
            badges=self._badges(video, work, score),
            picture=None if video.media_missing else self._picture_key(video),
            problem=self._problem(video, work),
            progress=None if measuring is None else NOT_KNOWN if progress is None else progress,
        )

    def _detail(self, video: ProcedureVideo) -> str:
        if video.embedding_id is None:
            return ""
        return self.tr("1 clip") if video.num_clips == 1 else self.tr("{count} clips").format(count=video.num_clips)

    def _badges(self, video: ProcedureVideo, work: Work, score: ScoreSummary | None) -> tuple[tuple[str, Tone], ...]:
        """What a person looks for first: the score of an attempt; then only what is not as it should be."""
        badges: list[tuple[str, Tone]] = []
        if video.video_id in work.measuring:
            badges.append((self.tr("measuring"), "accent"))
        elif video.video_id in work.not_measured:
            badges.append((self.tr("failed"), "error"))
        elif video.embedding_id is None:
            badges.append((self.tr("not measured"), "warning"))
        if score is not None:
            words = self.tr("{score} passed") if score.passed else self.tr("{score} not passed")
            figure = f"{score.score:.1f}".removesuffix(".0")
            badges.append((words.format(score=figure), "success" if score.passed else "error"))
        if video.media_missing:
            badges.append((self.tr("file missing"), "error"))
        badges += [(flag_words(flag, clips), "warning") for flag, clips in video.flagged.items() if clips]
        if video.accepted:
            badges.append((self.tr("for training"), "info"))
        if video.masks.hides:
            badges.append((self.tr("masked"), "plain"))
        return tuple(badges)

    def _problem(self, video: ProcedureVideo, work: Work) -> str:
        failed = work.not_measured.get(video.video_id)
        if failed is not None:
            return failed_words(failed)
        if video.media_missing:
            return self.tr("File missing: {path}").format(path=video.media_path)
        return ""

    def _title(self, role: Role, count: int) -> str:
        words = self.tr("Gold recordings") if role is Role.GOLD else self.tr("Attempts")
        return f"{words}  {count}" if count else words

    def _add_part(self, column: QVBoxLayout, role: Role, tip: str, stretch: int) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 8, 2)
        title = self.titles[role] = label(self._title(role, 0), "strong")
        head.addWidget(title, 1)
        button = self.adds[role] = IconButton("add", tip)
        button.clicked.connect(lambda: self.add_requested.emit(role))
        head.addWidget(button)
        column.addLayout(head)
        rows = self.lists[role]
        rows.setAccessibleName(self._title(role, 0))
        rows.context_menu_requested.connect(lambda _row, place: self.menu_requested.emit(role, place))
        rows.chosen.connect(lambda ids: self._on_chosen(role, ids))
        column.addWidget(rows, stretch)

    def _on_chosen(self, role: Role, ids: Sequence[int]) -> None:
        if ids:
            self.chosen.emit(role, list(ids))


def _newest_of_attempts(book: TaskBook | None) -> dict[int, ScoreSummary]:
    """The last score of each attempt, whichever gold recording it was compared with."""
    newest: dict[int, ScoreSummary] = {}
    for score in book.scores if book is not None else ():
        before = newest.get(score.trainee_video_id)
        if before is None or before.score_id < score.score_id:
            newest[score.trainee_video_id] = score
    return newest
