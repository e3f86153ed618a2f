"""The pictures of the Annotate page: no videos, a run at work, done and failed, lanes, comparing, measures, dialogs."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.desktop.screenshots import Camera
    from app.desktop.stage import Stage
    from core.annotate.types import Tier

READ_S = 1.5
PIPELINES = ("scene_detection", "face_recognition", "audio_processing", "motion_energy")
SHOWN = "face_recognition"
FILMS = {
    "Interviews.mp4": "montage_5people_13shots.mp4",
    "Without sound.mp4": "bikes.mp4",
}
"""What a film is called in the pictures, and its file in the folder of real ones; the second one has no sound."""
CODERS = ("Anna", "Ben")
LABELS = ("to the camera", "to a partner", "away")
GAZE = "Gaze"
LATE_S, MISSED = 0.24, 4
"""How much later the second coder marks, and which of her marks he has not."""
BAD_EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="Clara" DATE="2024-05-01T10:00:00+00:00" FORMAT="3.0" VERSION="3.0">
  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
  <TIME_ORDER>
    <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="2600"/>
    <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="3200"/><TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="4100"/>
    <TIME_SLOT TIME_SLOT_ID="ts5" TIME_VALUE="five"/><TIME_SLOT TIME_SLOT_ID="ts6" TIME_VALUE="6100"/>
  </TIME_ORDER>
  <TIER LINGUISTIC_TYPE_REF="default" TIER_ID="Gesture" PARTICIPANT="Clara" ANNOTATOR="Clara">
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
      <ANNOTATION_VALUE>points</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts5" TIME_SLOT_REF2="ts6">
      <ANNOTATION_VALUE>shrugs</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts4" TIME_SLOT_REF2="ts3">
      <ANNOTATION_VALUE>waves</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
  </TIER>
  <TIER LINGUISTIC_TYPE_REF="default" TIER_ID="Head" ANNOTATOR="Clara">
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a4" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts6">
      <ANNOTATION_VALUE>nods</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
  </TIER>
  <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="default" TIME_ALIGNABLE="true" GRAPHIC_REFERENCES="false"/>
</ANNOTATION_DOCUMENT>
"""


def annotate_empty_state(stage: "Stage", camera: "Camera") -> None:
    """A library without videos."""
    stage.window.go("annotate")
    stage.settle(READ_S)
    camera.take("annotate-run-empty")


def annotate_states(stage: "Stage", camera: "Camera", films: Path | None, wait_s: float) -> None:
    """From videos that nobody annotated to compared and measured ones.

    ``films``: a folder with those of FILMS; None = films that are made here, which alone may be shown to others. Raises
    TimeoutError naming what did not come, RuntimeError naming the pipeline that failed.
    """
    stage.window.go("annotate/run")
    page = _page(stage)
    page.choices.coder = CODERS[0]
    page.commands.show_coder()
    people, silent = _add_films(stage, page, films)
    _show_nothing_yet(stage, camera, page, people)
    _show_run(stage, camera, page, (people, silent), wait_s)
    _code(stage, page, people)
    _show_lanes(stage, camera, page)
    _show_dialogs(stage, camera, page)
    for part in ("compare", "measure"):
        page.show_section(part)
        stage.settle(READ_S)
        if part == "compare":
            page.body.compare.go_to_difference(1)
        else:
            page.body.measure.views["screen"].click()  # nobody speaks in films that are made here
        camera.take(f"annotate-{'measures' if part == 'measure' else part}", settle_s=0.6)


def _add_films(stage: "Stage", page: Any, folder: Path | None) -> tuple[str, str]:
    """Drop them on the page; returns their keys."""
    made = [_film(stage.folder / name, folder / real if folder else None) for name, real in FILMS.items()]
    page.take_files(made)
    titles = [path.stem for path in made]

    def keys() -> list[str]:
        return [entry.key for title in titles for entry in page.shelf.entries if entry.title == title]

    stage.wait_until(lambda: len(keys()) == len(titles), "the films on the page")
    stage.wait_until(lambda: bool(page.body.run.catalogue.specs), "the pipelines")
    people, silent = keys()
    return people, silent


def _film(target: Path, real: Path | None) -> Path:
    from app.desktop.screenshots_film import attempt_film
    from core.sample import build_sample

    if real is not None:
        shutil.copyfile(real, target)
    elif target.name == next(iter(FILMS)):
        _again(build_sample(target.parent / "made"), target)
    else:
        attempt_film(target)
    return target


def _again(film: Path, target: Path) -> None:
    """The same film as another file: a library takes no file twice, and the sample may be in it already."""
    import av

    with av.open(str(film)) as source, av.open(str(target), "w", options={"movflags": "faststart"}) as copy:
        streams = {one.index: copy.add_stream_from_template(one) for one in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                copy.mux(packet)


def _show_nothing_yet(stage: "Stage", camera: "Camera", page: Any, people: str) -> None:
    page.open_video(people)
    stage.wait_until(lambda: page.book is not None and page.book.key == people, "the video")
    stage.settle(READ_S)
    camera.take("annotate-lanes-empty", settle_s=0.6)


def _show_run(stage: "Stage", camera: "Camera", page: Any, keys: tuple[str, str], wait_s: float) -> None:
    """Both videos in one go; the silent one cannot have its sound processed."""
    part = page.body.run
    page.show_section("run")
    page.body.videos.rows.select(keys)
    part.pipelines.set_chosen(list(PIPELINES))
    part.pipelines.set_current(SHOWN)
    part.pipelines.chosen_changed.emit(PIPELINES)
    part.pipelines.current_changed.emit(SHOWN)
    stage.wait_until(part.can_run, "ready to run")
    page.commands.run()
    stage.wait_until(lambda: _all_done(page, keys, at_least=1), "the first pipeline", wait_s)
    camera.take("annotate-run-busy", settle_s=0.1)
    stage.wait_until(lambda: _all_done(page, keys), "the pipelines", wait_s)
    stage.settle(READ_S)
    people, silent = keys
    page.open_video(silent, part="run")
    stage.settle(READ_S)
    failed = [one for one in page.shelf.results if one.error]
    if failed:
        part.results.select(failed[0].job_id, failed[0].pipeline)
    camera.take("annotate-run-failed")
    page.open_video(people, part="run")
    stage.settle(READ_S)
    camera.take("annotate-run-full")


def _all_done(page: Any, keys: tuple[str, str], *, at_least: int = 0) -> bool:
    """Whether the pipelines ended on every video; ``at_least``: whether so many of them did."""
    media = {entry.media_id for entry in page.shelf.entries if entry.key in keys}
    results = [one for one in page.shelf.results if one.media_id in media]
    ended = [one for one in results if one.state.ended]
    return len(ended) >= at_least if at_least else len(ended) == len(results) == len(PIPELINES) * len(keys)


def _code(stage: "Stage", page: Any, people: str) -> None:
    """Two people mark where the others look, shot by shot."""
    page.open_video(people)
    stage.wait_until(lambda: page.book is not None and bool(page.book.lanes), "the lanes")
    shots: Tier = next(lane.tier for lane in page.book.lanes if lane.tier.name == "shots")
    coding, media_id = _library(stage).coding, page.book.media_id
    from core.annotate.types import TierKind

    for coder in CODERS:
        tier = coding.add_tier(media_id, GAZE, TierKind.INTERVALS, coder=coder, vocabulary=LABELS, actor="desktop")
        late_s = 0.0 if coder == CODERS[0] else LATE_S
        for at, shot in enumerate(shots.marks):
            if late_s and at == MISSED:
                continue
            label = LABELS[(at + (1 if late_s and at % 5 == 2 else 0)) % len(LABELS)]
            coding.add_mark(tier.tier_id, shot.start_s + late_s, max(shot.end_s - 0.3, shot.start_s + 0.6), label)
    stage.wait_until(lambda: len(page.book.own()) == len(CODERS), "the lanes of the coders")


def _show_lanes(stage: "Stage", camera: "Camera", page: Any) -> None:
    lanes = page.body.lanes
    own = page.book.own()[0]
    mark = page.book.marks[own.tier_id][1]
    faces = next((lane for lane in page.book.lanes if lane.tier.boxes is not None and len(lane.tier)), None)
    at_s = float(faces.tier.boxes.t_s[len(faces.tier) // 2]) if faces is not None else mark.start_s
    lanes.set_active(own.lane_id)
    lanes.player.seek(at_s)
    stage.settle(READ_S)
    camera.take("annotate-lanes", settle_s=0.8)
    lanes.canvas.set_selected(own.lane_id, (mark.mark_id,))
    lanes.refresh_selection()
    lanes.player.seek(mark.start_s + 0.4)
    stage.settle(READ_S)
    camera.take("annotate-lanes-editing", settle_s=0.8)


def _show_dialogs(stage: "Stage", camera: "Camera", page: Any) -> None:
    """Importing a file that is not all right, exporting, and a copy in which nobody can be known."""
    commands = page.commands
    file = stage.folder / "Gestures.eaf"
    file.write_text(BAD_EAF, encoding="utf-8")
    commands.read_import(file)
    stage.wait_until(lambda: commands.dialog is not None and commands.dialog.read is not None, "the file")
    camera.take("annotate-import", commands.dialog)
    commands.dialog.reject()
    commands.export()
    commands.dialog.choose_format("eaf")
    camera.take("annotate-export", commands.dialog)
    commands.dialog.reject()
    commands.anonymising.ask(page.entry, page.book)
    stage.wait_until(lambda: commands.anonymising.dialog is not None, "whom to cover")
    camera.take("annotate-anonymise", commands.anonymising.dialog)
    commands.anonymising.dialog.reject()


def _library(stage: "Stage") -> Any:
    assert stage.window.session is not None
    return stage.window.session.services.library


def _page(stage: "Stage") -> Any:
    return stage.window.session.pages["annotate"] if stage.window.session is not None else None
