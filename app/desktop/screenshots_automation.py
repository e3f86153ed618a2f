"""The pictures of the Automation page: empty, busy, with an error, full, and each of its parts."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.desktop.made_media import make_media
from core.errors import StorageUnwritable
from core.scanning.types import Conditions, RuleAction

if TYPE_CHECKING:
    from app.desktop.screenshots import Camera
    from app.desktop.stage import Stage

SECTIONS = ("folders", "rules", "schedule", "bazarr", "made", "speech")
SETTLE_S = 1.5


def automation_empty_states(stage: "Stage", camera: "Camera") -> None:
    """The first use."""
    page = _open(stage)
    stage.wait_until(lambda: page.feed.snapshot is not None, "the automation")
    for section in ("overview", "folders", "rules", "made"):
        page.show_section(section)
        stage.settle(0.5)
        camera.take(f"automation-{section}-empty")


def automation_states(stage: "Stage", camera: "Camera") -> None:
    """Folders with files, rules, a scan; what cannot be read; then each part."""
    page = _open(stage)
    _fill(stage)
    page.book.refresh()
    page.show_section("folders")
    page.scan.start()
    camera.take("automation-busy", settle_s=0.05)
    stage.wait_until(lambda: not page.scan.running, "the scan")
    stage.settle(SETTLE_S)
    page.show_section("overview")
    stage.settle(SETTLE_S)
    camera.take("automation-full")
    for section in SECTIONS:
        page.show_section(section)
        stage.settle(SETTLE_S)
        camera.take(f"automation-{section}")
    folder = stage.library
    page.feed.stop()
    page.show_failure(
        StorageUnwritable(f"The library {folder} cannot be read.", action="Check that the disk is there.")
    )
    camera.take("automation-error")
    page.feed.start()
    stage.settle(SETTLE_S)


def _fill(stage: "Stage") -> None:
    """About forty files, one of them broken, a folder that is gone, and three rules."""
    automation = _session(stage).services.automation
    media = stage.folder / "media"
    make_media(media)
    (media / "films" / "Half a download.mkv").write_bytes(b"\x1aE\xdf\xa3 cut off")
    folders = [str(media / "series"), str(media / "films"), str(stage.folder / "unplugged NAS")]
    automation.preferences.set("library_paths", json.dumps(folders))
    english = Conditions(missing_embedded_subtitle_lang="eng", missing_external_subtitle_lang="eng")
    rules = automation.rules
    rules.create(
        "English without English subtitles",
        replace(english, audio_language_is="eng"),
        RuleAction("transcribe", "eng", "balanced"),
        priority=30,
    )
    rules.create(
        "Japanese into English",
        replace(english, audio_language_is="jpn", file_extension=".mkv"),
        RuleAction("translate", "eng", "balanced", 5),
        priority=20,
    )
    rules.create(
        "Two audio tracks",
        Conditions(audio_track_count_min=2),
        RuleAction("transcribe", "eng", "best"),
        enabled=False,
        priority=10,
    )


def _open(stage: "Stage") -> Any:
    stage.window.go("automation")
    return _session(stage).pages["automation"]


def _session(stage: "Stage") -> Any:
    if stage.window.session is None:
        raise RuntimeError("no library is open")
    return stage.window.session
