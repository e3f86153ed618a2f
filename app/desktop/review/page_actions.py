"""The Review page's records of the action table."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action
from app.desktop.review.player_area import SECOND_S

if TYPE_CHECKING:
    from app.desktop.review.page import ReviewPage

PAGE = "review"


def _tr(text: str) -> str:
    return QCoreApplication.translate("review_actions", text)


def review_records(page: "ReviewPage") -> tuple[Action, ...]:
    """All of them, in the order of their menus."""
    return (*_playback(page), *_places(page), *_views(page), *_edits(page))


def _playback(page: "ReviewPage") -> tuple[Action, ...]:
    area, playback = page.player, page.player.playback
    plays = page.has_film
    return (
        Action(
            "review.play_pause",
            _tr("Play or pause"),
            "Playback",
            playback.toggle,
            ("Space",),
            "play",
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "review.shuttle_back",
            _tr("Play backwards, again: faster"),
            "Playback",
            lambda: playback.shuttle(-1),
            ("J",),
            enabled=plays,
            page=PAGE,
        ),
        Action("review.pause", _tr("Pause"), "Playback", playback.pause, ("K",), "pause", enabled=plays, page=PAGE),
        Action(
            "review.shuttle_forward",
            _tr("Play, again: faster"),
            "Playback",
            lambda: playback.shuttle(1),
            ("L",),
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "review.step_back",
            _tr("One frame back"),
            "Playback",
            lambda: playback.step(-1),
            ("Left",),
            "step-back",
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "review.step_forward",
            _tr("One frame forward"),
            "Playback",
            lambda: playback.step(1),
            ("Right",),
            "step-forward",
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "review.second_back",
            _tr("One second back"),
            "Playback",
            lambda: area.skip(-SECOND_S),
            ("Shift+Left",),
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "review.second_forward",
            _tr("One second forward"),
            "Playback",
            lambda: area.skip(SECOND_S),
            ("Shift+Right",),
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "review.mute",
            _tr("Mute"),
            "Playback",
            area.toggle_mute,
            ("M",),
            "muted",
            enabled=plays,
            page=PAGE,
            checked=lambda: area.muted,
        ),
    )


def _places(page: "ReviewPage") -> tuple[Action, ...]:
    area = page.player
    plays, analysed = page.has_film, page.is_analysed
    return (
        Action(
            "review.previous_cut",
            _tr("Previous cut"),
            "Go",
            lambda: area.cut(-1),
            ("[",),
            "previous-cut",
            enabled=plays,
            page=PAGE,
        ),
        Action(
            "review.next_cut", _tr("Next cut"), "Go", lambda: area.cut(1), ("]",), "next-cut", enabled=plays, page=PAGE
        ),
        Action("review.to_start", _tr("Start"), "Go", lambda: area.seek(0.0), ("Home",), enabled=plays, page=PAGE),
        Action("review.to_end", _tr("End"), "Go", area.to_end, ("End",), enabled=plays, page=PAGE),
        Action(
            "review.next_unreviewed",
            _tr("Next without a name"),
            "Go",
            lambda: page.selection.go_to_unreviewed(1),
            ("N",),
            tip=_tr("The next identity, or in the Tracks tab the next track, that has no name yet"),
            enabled=analysed,
            page=PAGE,
        ),
        Action(
            "review.previous_unreviewed",
            _tr("Previous without a name"),
            "Go",
            lambda: page.selection.go_to_unreviewed(-1),
            ("P",),
            tip=_tr("The previous identity, or in the Tracks tab the previous track, that has no name yet"),
            enabled=analysed,
            page=PAGE,
        ),
        Action(
            "review.go_to",
            _tr("Go to time or frame…"),
            "Go",
            page.ask_place,
            ("Ctrl+G",),
            "clock",
            enabled=plays,
            page=PAGE,
        ),
    )


def _views(page: "ReviewPage") -> tuple[Action, ...]:
    timeline, area = page.timeline, page.player
    opened = page.has_episode
    return (
        Action(
            "review.fit",
            _tr("Whole video on the timeline"),
            "View",
            timeline.fit,
            ("F",),
            "zoom-fit",
            enabled=opened,
            page=PAGE,
        ),
        Action(
            "review.zoom_in",
            _tr("Zoom in"),
            "View",
            timeline.zoom_in,
            ("+", "="),
            "zoom-in",
            enabled=opened,
            page=PAGE,
        ),
        Action(
            "review.zoom_out",
            _tr("Zoom out"),
            "View",
            timeline.zoom_out,
            ("-",),
            "zoom-out",
            enabled=opened,
            page=PAGE,
        ),
        Action(
            "review.boxes",
            _tr("Face boxes"),
            "View",
            area.toggle_boxes,
            ("B",),
            "person",
            enabled=opened,
            page=PAGE,
            checked=lambda: area.boxes_visible,
        ),
    )


def _edits(page: "ReviewPage") -> tuple[Action, ...]:
    return (
        Action(
            "review.rename",
            _tr("Rename identity"),
            "Edit",
            page.selection.begin_rename,
            ("F2",),
            "rename",
            enabled=page.selection.has_identity,
            page=PAGE,
        ),
        Action(
            "review.go_to_identity",
            _tr("First time on screen"),
            "Go",
            page.selection.go_to_identity,
            ("G",),
            "person",
            tip=_tr("Go to where the selected identity is on screen first"),
            enabled=page.selection.has_identity,
            page=PAGE,
        ),
        Action(
            "review.tracks_of_identity",
            _tr("Show its tracks"),
            "View",
            page.selection.show_tracks,
            ("T",),
            "track",
            enabled=page.selection.has_identity,
            page=PAGE,
        ),
        Action(
            "review.analyse",
            _tr("Analyse…"),
            "Jobs",
            page.analyse,
            ("Ctrl+Shift+A",),
            "person",
            tip=_tr("Find shots, faces and identities in this video"),
            enabled=page.has_episode,
            page=PAGE,
        ),
    )
