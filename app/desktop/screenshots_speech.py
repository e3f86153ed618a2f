"""The pictures of the Transcript page and the tab in Review: nothing yet, at work, lines, finding, an error."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.desktop.screenshots import Camera
    from app.desktop.stage import Stage

READ_S = 1.5
BY_HAND = (
    (0.4, 2.6, "Is everybody in the picture?", "Photographer"),
    (2.9, 5.2, "All six of us, I think. Check the left edge.", "Anna"),
    (5.6, 7.9, "The left edge is fine, but the light is low.", "Photographer"),
    (8.3, 10.4, "Then open the aperture and take another one.", "Anna"),
    (10.8, 12.6, "Hold still, please.", "Photographer"),
)
"""What a person writes where nobody speaks: start, end, text, speaker. The sample has sound, but no speech."""


def transcript_states(stage: "Stage", camera: "Camera", film: str, wait_s: float) -> None:
    """From no transcript to one that is searched and edited."""
    from core.errors import StorageUnwritable

    window = stage.window
    page = _page(stage, "transcript")
    window.open_episode(film, 1.0)
    window.go("transcript")
    stage.wait_until(lambda: page.desk.book is not None, "the transcript page")
    stage.settle(READ_S)
    camera.take("transcript-none")
    page.desk.transcribe()
    stage.wait_until(lambda: page.desk.making.dialog is not None, "the dialog of a transcription")
    camera.take("transcribe", page.desk.making.dialog)
    page.desk.making.dialog.reject()
    page.desk.making.start(film, {})
    stage.wait_until(lambda: page.desk.making.job is not None, "the transcription to begin")
    camera.take("transcript-busy", settle_s=0.1)
    stage.wait_until(lambda: page.desk.making.job is None and page.desk.has_transcript(), "the transcript", wait_s)
    stage.settle(READ_S)
    _show_lines(stage, camera, page)
    page.desk.source.book = None
    page.desk.source.failed.emit(
        StorageUnwritable("The library cannot be read.", action="Check that its disk is there, then try again.")
    )
    camera.take("transcript-error")
    page.desk.source.reload()
    _show_in_review(stage, camera, film)


def _show_lines(stage: "Stage", camera: "Camera", page: Any) -> None:
    if not page.panel.list.lines:
        camera.take("transcript-silent")
        _write_by_hand(stage, page)
    lines = page.panel.list.lines
    if lines:
        middle = lines[len(lines) // 3]
        page.player.seek((middle.start_s + middle.end_s) / 2)
        page.panel.list.show_line(middle.line_id)
    stage.settle(READ_S)
    camera.take("transcript-full", settle_s=0.6)
    if not lines:
        return
    word = max(lines[0].text.split(), key=len).strip(".,!?")
    page.search.field.setText(word)
    page.desk.find(replace=True)
    page.panel.find_bar.field.setText(word)
    stage.settle(READ_S)
    camera.take("transcript-find", settle_s=0.6)
    page.panel.find_bar.hide()
    page.panel.find_bar.closed.emit()
    page.panel.list.begin_edit(lines[0].line_id, 4)
    camera.take("transcript-writing")
    page.panel.list.writing.leave()


def _write_by_hand(stage: "Stage", page: Any) -> None:
    """As with the panel's own buttons."""
    assert stage.window.session is not None
    library, ep_id = stage.window.session.services.library, page.desk.source.ep_id
    speakers: dict[str, str] = {}
    for start_s, end_s, text, name in BY_HAND:
        if name not in speakers:
            speakers[name] = library.transcripts.add_speaker(ep_id, name).change["new_id"]
        library.transcripts.insert(ep_id, start_s, end_s, text, speakers[name])
    page.desk.source.reload()
    stage.wait_until(lambda: len(page.panel.list.lines) == len(BY_HAND), "the lines written by hand")


def _show_in_review(stage: "Stage", camera: "Camera", film: str) -> None:
    review = _page(stage, "review")
    lines = _page(stage, "transcript").panel.list.lines
    stage.window.open_episode(film, lines[0].start_s + 0.3 if lines else 1.0)
    review.speech.show_tab()
    stage.settle(READ_S)
    camera.take("review-transcript", settle_s=0.6)


def _page(stage: "Stage", page_id: str) -> Any:
    return stage.window.session.pages[page_id] if stage.window.session is not None else None
