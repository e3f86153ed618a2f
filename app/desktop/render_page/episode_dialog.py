"""Asks which episode the stills and captions come from: whom they show, which part, how many."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.annotate_page.check_rows import CheckRow, CheckRows
from app.desktop.annotate_page.video_rows import VideoRow, VideoRows
from app.desktop.library_page.posters import provide_picture
from app.desktop.render_page.episode_source import EpisodeChoice, EpisodeWish, PersonChoice
from widgets.flow import EmptyState, SearchField, label
from widgets.time_text import format_time, parse_time

USUAL_COUNT, MOST_COUNT = 5, 20
MOST_PEOPLE_LISTED = 40


class EpisodeDialog(QDialog):
    """``wish`` after it was accepted."""

    episode_chosen = Signal(str)
    """Whose people the dialog wants to be told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Stills from an episode"))
        self.setMinimumSize(760, 520)
        self._episodes: tuple[EpisodeChoice, ...] = ()
        self.search = SearchField(self.tr("Find an episode"))
        self.rows = VideoRows(provide_picture)
        self.rows.setAccessibleName(self.tr("Episodes"))
        self.people = CheckRows(self.tr("Whom the stills show"))
        self.people_note = label("", "small", wrap=True)
        self.start, self.end = QLineEdit(), QLineEdit()
        self.count = QSpinBox()
        self.captions = QCheckBox(self.tr("Captions from what is said there"))
        self.problem = label("", "error", wrap=True)
        self.message = EmptyState("library", self.tr("Reading the episodes"), "")
        self.stack = QStackedWidget()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._build()
        self._connect()
        self._check()

    @property
    def episode(self) -> EpisodeChoice | None:
        """The chosen one."""
        keys = self.rows.chosen_keys()
        return next((one for one in self._episodes if one.ep_id in keys), None)

    @property
    def wish(self) -> EpisodeWish | None:
        """What is wanted; None while a field cannot be read."""
        episode = self.episode
        if episode is None:
            return None
        try:
            start_s, end_s = _time(self.start.text()), _time(self.end.text())
        except ValueError:
            return None
        if start_s is not None and end_s is not None and end_s <= start_s:
            return None
        return EpisodeWish(
            episode.ep_id,
            episode.title,
            self.people.checked(),
            self.count.value(),
            start_s,
            end_s,
            self.captions.isChecked(),
        )

    def show_episodes(self, episodes: Sequence[EpisodeChoice], chosen: str = "") -> None:
        """The episodes there are, one of them chosen."""
        self._episodes = tuple(episodes)
        if not episodes:
            self.message.set_content(
                "library",
                self.tr("No episode to take stills from"),
                self.tr("Add videos on the Library page first."),
            )
            return
        self.stack.setCurrentIndex(1)
        self._show_rows()
        self.rows.select([chosen if any(one.ep_id == chosen for one in episodes) else episodes[0].ep_id])
        self._on_episode()

    def show_people(self, ep_id: str, people: Sequence[PersonChoice]) -> None:
        """Who is in an episode."""
        if self.episode is None or self.episode.ep_id != ep_id:
            return
        shown = people[:MOST_PEOPLE_LISTED]
        self.people.set_rows([CheckRow(one.identity_id, one.title, one.detail) for one in shown], ())
        self.people.setVisible(bool(shown))
        self.people_note.setText(
            self.tr("Nobody ticked: the clearest frames, whoever is in them.")
            if shown
            else self.tr("This episode was not analysed: the sharpest frames are taken. Analyse it to choose people.")
        )

    def show_failure(self, message: str, action: str) -> None:
        """The episodes could not be read."""
        self.message.set_content("error", message, action, tone="error")
        self.stack.setCurrentIndex(0)

    def _show_rows(self) -> None:
        wanted = self.search.text().casefold().strip()
        listed = [one for one in self._episodes if wanted in one.title.casefold()]
        self.rows.set_empty_text(self.tr("No episode is called so."))
        self.rows.set_rows(
            [
                VideoRow(
                    one.ep_id,
                    one.title,
                    one.duration_s,
                    detail="" if one.analysed else self.tr("not analysed"),
                    picture=one.picture,
                )
                for one in listed
            ]
        )

    def _on_episode(self) -> None:
        episode = self.episode
        if episode is not None:
            self.people.set_rows((), ())
            self.people_note.setText(self.tr("Reading who is there…"))
            self.end.setPlaceholderText(format_time(episode.duration_s))
            self.captions.setEnabled(episode.has_transcript)
            self.captions.setChecked(episode.has_transcript)
            self.captions.setToolTip("" if episode.has_transcript else self.tr("This episode was not transcribed."))
            self.episode_chosen.emit(episode.ep_id)
        self._check()

    def _check(self) -> None:
        wish, episode = self.wish, self.episode
        self.problem.setText(
            self.tr("Write times as 0:12.5 or 1:02:03; the end comes after the start.")
            if wish is None and episode is not None
            else ""
        )
        self.problem.setVisible(bool(self.problem.text()))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(wish is not None)

    def _build(self) -> None:
        use = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        use.setText(self.tr("Make the stills"))
        use.setProperty("role", "primary")
        self.count.setRange(1, MOST_COUNT)
        self.count.setValue(USUAL_COUNT)
        self.start.setPlaceholderText(format_time(0.0))
        fields = (
            (self.start, self.tr("From")),
            (self.end, self.tr("To")),
            (self.count, self.tr("How many stills")),
        )
        for field, words in fields:
            field.setAccessibleName(words)
            field.setFixedWidth(116)
        form = QFormLayout()
        form.setSpacing(8)
        part = QHBoxLayout()
        part.addWidget(self.start)
        part.addWidget(label(self.tr("to"), "muted"))
        part.addWidget(self.end)
        part.addStretch(1)
        form.addRow(self.tr("Part"), part)
        form.addRow(self.tr("Stills"), self.count)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.search)
        left.addWidget(self.rows, 1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(label(self.tr("People"), "strong"))
        right.addWidget(self.people_note)
        right.addWidget(self.people, 1)
        right.addStretch(0)
        right.addLayout(form)
        right.addWidget(self.captions)
        right.addWidget(self.problem)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 3)
        row.addLayout(right, 2)
        self.stack.addWidget(self.message)
        self.stack.addWidget(both)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.stack, 1)
        column.addWidget(self.buttons)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._show_rows())
        self.rows.chosen.connect(lambda _keys: self._on_episode())
        self.rows.opened.connect(lambda _key: self.accept() if self.wish is not None else None)
        self.start.textChanged.connect(lambda _text: self._check())
        self.end.textChanged.connect(lambda _text: self._check())
        self.finished.connect(lambda _code: self.rows.stop())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)


def _time(text: str) -> float | None:
    return parse_time(text) if text.strip() else None
