"""The Transcript page: search on the left, the lines in the middle, film and speakers on the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.desktop.page import Page
from app.desktop.review.playback import Playback
from app.desktop.review.player_area import PlayerArea
from app.desktop.services import Services
from app.desktop.transcript.desk import TranscriptDesk
from app.desktop.transcript.panel import TranscriptPanel
from app.desktop.transcript_page.page_actions import page_records
from app.desktop.transcript_page.search_pane import SearchPane
from core.errors import MediaMissing
from core.transcript.types import Found
from widgets.flow import ElidedLabel, label, push_button

SEARCH_PX, SIDE_PX = 264, 360
PLAYER_PX = 268


class TranscriptPage(Page):
    """``open_episode`` shows one; the episode in hand is shown when the page is entered."""

    def __init__(self, services: Services, playback: Playback | None = None) -> None:
        super().__init__()
        self.setObjectName("transcriptPage")
        self.setAccessibleName(self.tr("Transcript"))
        self._services = services
        self._ep_id = ""
        self._wanted_s: float | None = None
        self._opened_media: object = None
        self.search = SearchPane(services)
        self.panel = TranscriptPanel(roomy=True)
        self.player = PlayerArea(playback or Playback())
        self.player.transport.set_compact(True)
        self.desk = TranscriptDesk(services, self.panel, self, "page")
        self._title = ElidedLabel(self.tr("Transcript"), "heading")
        self.in_review = push_button(self.tr("Show in Review"), "review", "quiet", small=True)
        self._speakers_title = label(self.tr("Who speaks"), "strong")
        self._build()
        self._connect()
        services.actions.add(*page_records(self))
        self._show_side()

    # ------------------------------------------------------------------ what others ask

    def open_episode(self, ep_id: str, t_s: float | None = None, line_id: str = "") -> None:
        """Show an episode, at a second, with a line in view."""
        if ep_id != self._ep_id:
            self._leave()
            self._ep_id, self._wanted_s = ep_id, t_s
            self.search.set_episode(ep_id)
            self._services.navigator.take_in_hand(ep_id)
        elif t_s is not None:
            self.player.seek(t_s)
        self.desk.open(ep_id, line_id)

    def entered(self) -> None:
        """The page is shown now, with the episode in hand."""
        in_hand = self._services.navigator.ep_id
        if in_hand != self._ep_id:
            if in_hand:
                self.open_episode(in_hand)
            else:
                self._leave()
                self.desk.open(None)
        self.desk.entered()
        (self.panel.list if self.desk.has_lines() else self.search.field).setFocus()

    def left(self) -> None:
        """Another page is shown now: nothing plays unseen."""
        self.player.playback.pause()
        self.panel.list.writing.leave()

    def show_section(self, section: str) -> None:
        """``search``: the field to search in."""
        if section == "search":
            self.focus_search()

    def close_page(self) -> None:
        """The library is being closed."""
        self.desk.close_questions()
        self.search.close_pane()
        self.player.stop()

    # ------------------------------------------------------------------ what the actions do

    def focus_search(self) -> None:
        """Search in the whole library."""
        self.search.field.setFocus()
        self.search.field.selectAll()

    def has_film(self) -> bool:
        """Whether there is a picture to move in."""
        return self.player.facts is not None

    def has_episode(self) -> bool:
        """Whether an episode is shown."""
        return bool(self._ep_id)

    def show_in_review(self) -> None:
        """The same place on the Review page."""
        if self._ep_id:
            self._services.navigator.open_episode(self._ep_id, self.player.t_s)

    # ------------------------------------------------------------------ inside

    def _leave(self) -> None:
        self._ep_id, self._wanted_s, self._opened_media = "", None, None
        self.player.close_film()
        self.player.view.show_empty()
        self._title.set_text(self.tr("Transcript"))

    def _on_shown(self) -> None:
        """The transcript was read: show its film, once."""
        book = self.desk.book
        self._show_side()
        if book is None:
            return
        self._title.set_text(book.facts.title)
        if book.facts.media_missing:
            self.player.show_missing(book.facts.media_path)
            self._opened_media = None
        elif book.facts.media_path != self._opened_media:
            self._opened_media = book.facts.media_path
            at_s = self._wanted_s if self._wanted_s is not None else book.facts.last_position_s
            self.player.open(book.facts.media_path, at_s, book.facts.info)

    def _show_side(self) -> None:
        self.in_review.setVisible(bool(self._ep_id))
        self._speakers_title.setVisible(bool(self.panel.speakers.lines) and self.desk.has_lines())

    def _on_place(self, t_s: float, _frame: int) -> None:
        self.desk.set_position(t_s)

    def _on_film_failed(self, error: Exception) -> None:
        book = self.desk.book
        if isinstance(error, MediaMissing) and book is not None:
            self.player.show_missing(book.facts.media_path)
            self._opened_media = None
        else:
            self._services.notices.error(error)

    def _on_chosen(self, found: Found) -> None:
        self.open_episode(found.ep_id, found.start_s, found.line_id)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 12, 4)
        head.addWidget(self._title, 1)
        head.addWidget(self.in_review)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.panel, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("transcriptSplit")
        split.setChildrenCollapsible(False)
        for part, px in ((self.search, 220), (centre, 460), (self._side(), 320)):
            part.setMinimumWidth(px)
            split.addWidget(part)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setStretchFactor(2, 0)
        split.setSizes([SEARCH_PX, 1000, SIDE_PX])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def _side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.player.setMinimumHeight(PLAYER_PX)
        column.addWidget(self.player)
        cards = QVBoxLayout()
        cards.setContentsMargins(10, 10, 10, 0)
        cards.addWidget(self.panel.link_card)
        column.addLayout(cards)
        self._speakers_title.setContentsMargins(16, 10, 16, 2)
        column.addWidget(self._speakers_title)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setAccessibleName(self.tr("Who speaks"))
        inner = QWidget()
        inner.setProperty("scrolled", True)
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.panel.speakers)
        rows.addStretch(1)
        area.setWidget(inner)
        column.addWidget(area, 1)
        return side

    def _connect(self) -> None:
        self.search.chosen.connect(self._on_chosen)
        self.desk.seek_requested.connect(self.player.seek)
        self.desk.shown_changed.connect(self._on_shown)
        self.player.place_changed.connect(self._on_place)
        self.player.film_opened.connect(lambda _facts: self._services.actions.refresh())
        self.player.film_failed.connect(self._on_film_failed)
        self.player.relink_requested.connect(lambda: self._services.navigator.relink(self._ep_id))
        self.in_review.clicked.connect(self.show_in_review)
