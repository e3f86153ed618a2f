"""The Annotate page's records of the action table."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action
from app.desktop.annotate_page.book import COMPARE, LANES, MEASURE, RUN
from app.desktop.annotate_page.exporting import TABLE_FORMATS
from app.desktop.annotate_page.marking import MOST_KEYS
from app.desktop.review.player_area import SECOND_S

if TYPE_CHECKING:
    from app.desktop.annotate_page.page import AnnotatePage

PAGE = "annotate"


def _tr(text: str) -> str:
    return QCoreApplication.translate("annotate", text)


def page_records(page: "AnnotatePage") -> tuple[Action, ...]:
    """All of them, in the order of their menus."""
    return (*_files(page), *_runs(page), *_lanes(page), *_marks(page), *_labels(page), *_playing(page), *_views(page))


def _files(page: "AnnotatePage") -> tuple[Action, ...]:
    commands = page.commands

    def video() -> bool:
        return page.entry is not None

    def lanes() -> bool:
        return page.book is not None and bool(page.book.lanes)

    return (
        Action(
            "annotate.import",
            _tr("Import annotations…"),
            "File",
            commands.ask_import,
            ("Ctrl+I",),
            "download",
            _tr("ELAN, Praat, BORIS, Datavyu, WebVTT, SRT, RTTM, COCO, tables: into lanes of your own"),
            enabled=video,
            page=PAGE,
        ),
        Action(
            "annotate.export",
            _tr("Export lanes…"),
            "File",
            commands.export,
            ("Ctrl+E",),
            "export",
            _tr("Chosen lanes in a format that other programs load"),
            enabled=lanes,
            page=PAGE,
        ),
        Action(
            "annotate.anonymise",
            _tr("Anonymised copy…"),
            "File",
            lambda: commands.anonymising.ask(page.entry, page.book) if page.entry is not None else None,
            ("Ctrl+Shift+E",),
            "person",
            _tr("A copy of the video with faces covered and voices disguised"),
            enabled=lambda: page.entry is not None and not page.entry.missing,
            page=PAGE,
        ),
        *(
            Action(
                f"annotate.measures_{kind}",
                _tr("Export the measures as {kind}…").format(kind=kind.upper()),
                "File",
                lambda kind=kind: page.export_measures(kind),  # type: ignore[misc]
                enabled=lambda: page.body.measure.measured is not None,
                page=PAGE,
                in_menu=kind == TABLE_FORMATS[0],
            )
            for kind in TABLE_FORMATS
        ),
    )


def _runs(page: "AnnotatePage") -> tuple[Action, ...]:
    return (
        Action(
            "annotate.run",
            _tr("Run the chosen pipelines"),
            "Jobs",
            page.commands.run,
            ("Ctrl+Return",),
            "play",
            _tr("Over all chosen videos, with the parameters of the form"),
            enabled=page.body.run.can_run,
            page=PAGE,
        ),
        Action(
            "annotate.measure",
            _tr("Measure again"),
            "Jobs",
            page.body.measure.measure,
            ("F5",),
            "retry",
            enabled=lambda: page.body.shown == MEASURE,
            page=PAGE,
        ),
        Action(
            "annotate.open_review",
            _tr("Open in Review"),
            "Go",
            page.open_in_review,
            (),
            "review",
            enabled=lambda: page.entry is not None and page.entry.ep_id is not None,
            page=PAGE,
        ),
    )


def _lanes(page: "AnnotatePage") -> tuple[Action, ...]:
    desk, commands, part = page.desk, page.commands, page.body.lanes

    def own() -> bool:
        return page.body.shown == LANES and desk.own_lane() is not None

    simple: tuple[tuple[str, str, Callable[[], object], tuple[str, ...], str, Callable[[], bool]], ...] = (
        (
            "new_lane",
            _tr("New lane…"),
            commands.new_lane,
            ("Ctrl+N",),
            "add",
            lambda: page.entry is not None,
        ),
        ("edit_lane", _tr("Name and labels of the lane…"), commands.edit_lane, ("F2",), "rename", own),
        (
            "correct",
            _tr("Correct this lane"),
            desk.correct,
            ("Ctrl+D",),
            "copy",
            lambda: page.body.shown == LANES and desk.can_correct(),
        ),
        ("lane_up", _tr("Lane up"), lambda: desk.move_lane(-1), ("Ctrl+Shift+Up",), "arrow-up", own),
        ("lane_down", _tr("Lane down"), lambda: desk.move_lane(1), ("Ctrl+Shift+Down",), "arrow-down", own),
        ("delete_lane", _tr("Delete the lane"), desk.delete_lane, ("Ctrl+Del",), "trash", own),
        (
            "hide_lane",
            _tr("Hide this lane"),
            page.hide_lane,
            ("H",),
            "filter",
            lambda: page.body.shown == LANES and part.lane() is not None,
        ),
        ("show_all_lanes", _tr("Show all lanes"), page.show_all_lanes, ("Shift+H",), "", lambda: bool(page.hidden)),
        ("coder", _tr("Coder…"), commands.ask_coder, (), "person", lambda: page.entry is not None),
    )
    return tuple(
        Action(
            f"annotate.{name}",
            title,
            "View" if name in {"hide_lane", "show_all_lanes"} else "Edit",
            callback,
            keys,
            icon,
            enabled=enabled,
            page=PAGE,
        )
        for name, title, callback, keys, icon, enabled in simple
    )


def _marks(page: "AnnotatePage") -> tuple[Action, ...]:
    desk, part = page.desk, page.body.lanes
    canvas = part.canvas

    def any_lane() -> bool:
        """Also a pipeline's: the keys then say why nothing can be marked in it."""
        return page.body.shown == LANES and part.lane() is not None

    def some() -> bool:
        return page.body.shown == LANES and bool(part.selected_ids())

    simple: tuple[tuple[str, str, Callable[[], object], tuple[str, ...], str, Callable[[], bool]], ...] = (
        ("mark_start", _tr("Mark begins here"), canvas.start_here, ("I", "["), "to-start", any_lane),
        ("mark_end", _tr("Mark ends here"), canvas.end_here, ("O", "]"), "to-end", any_lane),
        ("new_mark", _tr("New mark here"), canvas.new_here, ("N",), "add", any_lane),
        ("split", _tr("Split the mark here"), canvas.split_here, ("S",), "split", any_lane),
        ("join", _tr("Join the marks"), desk.join, ("M",), "merge", lambda: len(part.selected_ids()) > 1),
        ("label", _tr("Label…"), canvas.label_or_choose, ("Return",), "rename", some),
        ("delete_marks", _tr("Delete the marks"), canvas.delete_selected, ("Del", "Backspace"), "trash", some),
    )
    return tuple(
        Action(
            f"annotate.{name}",
            title,
            "Edit",
            callback,
            keys,
            icon,
            enabled=enabled,
            page=PAGE,
            scope=canvas if name == "label" else None,  # Enter ends the writing of a field
        )
        for name, title, callback, keys, icon, enabled in simple
    )


def _labels(page: "AnnotatePage") -> tuple[Action, ...]:
    """The digits: the labels of the lane in hand."""
    part, desk = page.body.lanes, page.desk

    def there(number: int) -> bool:
        return page.body.shown == LANES and part.marking.label_of_key(number) is not None

    def title(number: int) -> str:
        name = part.marking.label_of_key(number)
        return _tr("Label {number}: {name}").format(number=number, name=name) if name else _untold(number)

    return tuple(
        Action(
            f"annotate.label_{number}",
            _untold(number),
            "Edit",
            lambda number=number: desk.give_key(number),  # type: ignore[misc]
            (str(number),),
            enabled=lambda number=number: there(number),  # type: ignore[misc]
            title_now=lambda number=number: title(number),  # type: ignore[misc]
            page=PAGE,
            in_menu=False,
        )
        for number in range(1, MOST_KEYS + 1)
    )


def _untold(number: int) -> str:
    return _tr("Label {number}").format(number=number)


def _playing(page: "AnnotatePage") -> tuple[Action, ...]:
    part = page.body.lanes
    player = part.player

    def plays() -> bool:
        return page.body.shown == LANES and player.facts is not None

    simple: tuple[tuple[str, str, Callable[[], object], tuple[str, ...], str], ...] = (
        ("play_pause", _tr("Play or pause"), player.playback.toggle, ("Space", "K"), "play"),
        ("play_mark", _tr("Play the selected mark"), page.play_mark, ("P",), "follow"),
        ("faster", _tr("Play forwards, faster"), lambda: player.playback.shuttle(1), ("L",), ""),
        ("backwards", _tr("Play backwards, faster"), lambda: player.playback.shuttle(-1), ("J",), ""),
        ("frame_back", _tr("One frame back"), lambda: player.playback.step(-1), ("Left",), "step-back"),
        ("frame_forward", _tr("One frame forward"), lambda: player.playback.step(1), ("Right",), "step-forward"),
        ("second_back", _tr("One second back"), lambda: player.skip(-SECOND_S), ("Shift+Left",), ""),
        ("second_forward", _tr("One second forward"), lambda: player.skip(SECOND_S), ("Shift+Right",), ""),
    )
    return (
        *(
            Action(f"annotate.{name}", title, "Playback", callback, keys, icon, enabled=plays, page=PAGE)
            for name, title, callback, keys, icon in simple
        ),
        Action(
            "annotate.boxes",
            _tr("Boxes over the picture"),
            "View",
            page.desk.toggle_boxes,
            ("B",),
            enabled=plays,
            checked=lambda: player.boxes_visible,
            page=PAGE,
        ),
    )


def _views(page: "AnnotatePage") -> tuple[Action, ...]:
    canvas, compare = page.body.lanes.canvas, page.body.compare

    def lanes() -> bool:
        return page.body.shown == LANES

    def differs() -> bool:
        return page.body.shown == COMPARE and compare.comparison is not None

    titles = page.body.titles()
    return (
        *(
            Action(
                f"annotate.tab_{name}",
                titles[name],
                "View",
                lambda name=name: page.show_section(name),  # type: ignore[misc]
                (f"Alt+{number}",),
                page=PAGE,
            )
            for number, name in enumerate((RUN, LANES, COMPARE, MEASURE), 1)
        ),
        Action(
            "annotate.zoom_in", _tr("Zoom in"), "View", canvas.zoom_in, ("+", "="), "zoom-in", enabled=lanes, page=PAGE
        ),
        Action(
            "annotate.zoom_out", _tr("Zoom out"), "View", canvas.zoom_out, ("-",), "zoom-out", enabled=lanes, page=PAGE
        ),
        Action(
            "annotate.zoom_fit", _tr("Whole video"), "View", canvas.fit, ("0",), "zoom-fit", enabled=lanes, page=PAGE
        ),
        Action(
            "annotate.next_difference",
            _tr("Next difference"),
            "Go",
            lambda: compare.go_to_difference(1),
            ("Ctrl+Right",),
            "arrow-down",
            enabled=differs,
            page=PAGE,
        ),
        Action(
            "annotate.previous_difference",
            _tr("Previous difference"),
            "Go",
            lambda: compare.go_to_difference(-1),
            ("Ctrl+Left",),
            "arrow-up",
            enabled=differs,
            page=PAGE,
        ),
    )
