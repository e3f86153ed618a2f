"""The Transcript page's records of the action table."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action
from app.desktop.review.player_area import SECOND_S
from app.desktop.transcript.actions import transcript_records

if TYPE_CHECKING:
    from app.desktop.transcript_page.page import TranscriptPage

PAGE = "transcript"


def page_records(page: "TranscriptPage") -> tuple[Action, ...]:
    """All of them, in the order of their menus."""
    tr = QCoreApplication.translate
    area, playback, plays = page.player, page.player.playback, page.has_film
    return (
        *transcript_records(page.desk, PAGE, PAGE),
        Action(
            "transcript.search_library",
            tr("transcript_page", "Search all transcripts"),
            "Go",
            page.focus_search,
            ("Ctrl+Shift+F",),
            "search",
            page=PAGE,
        ),
        Action(
            "transcript.in_review",
            tr("transcript_page", "Show in Review"),
            "Go",
            page.show_in_review,
            ("Ctrl+R",),
            "review",
            enabled=page.has_episode,
            page=PAGE,
        ),
        Action(
            "transcript.play_pause",
            tr("transcript_page", "Play or pause"),
            "Playback",
            playback.toggle,
            ("Space",),
            "play",
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "transcript.second_back",
            tr("transcript_page", "One second back"),
            "Playback",
            lambda: area.skip(-SECOND_S),
            ("Ctrl+Left",),
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "transcript.second_forward",
            tr("transcript_page", "One second forward"),
            "Playback",
            lambda: area.skip(SECOND_S),
            ("Ctrl+Right",),
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "transcript.mute",
            tr("transcript_page", "Mute"),
            "Playback",
            area.toggle_mute,
            ("M",),
            "muted",
            enabled=plays,
            page=PAGE,
            checked=lambda: area.muted,
        ),
    )
