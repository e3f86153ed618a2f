"""Whole scans over real folders."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Canceled, Conflict, InvalidRequest
from core.jobs.types import JobState
from core.library.library import Library
from core.scanning import scan_run
from core.scanning.events import ScannerChanged, ScanProgressed
from core.scanning.facts import FactsCache
from core.scanning.rules import Rules, check_rule
from core.scanning.scanner import Scanner
from core.scanning.types import Conditions, MatchedAction, RuleAction, ScanProgress
from tests.made_speech import silence, write_wav
from tests.scanning.conftest import Chosen

Submitted = list[tuple[str, MatchedAction]]
Film = Callable[..., Path]
TO_ENGLISH = RuleAction("transcribe", "eng")
JAPANESE = Conditions(audio_language_is="jpn", missing_external_subtitle_lang="eng")


@pytest.fixture
def japanese(rules: Rules) -> None:
    rules.create("japanese", JAPANESE, TO_ENGLISH)


def test_that_matching_files_become_jobs(
    scanner: Scanner, media: Path, film: Film, submitted: Submitted, rules: Rules
) -> None:
    rules.create("japanese", JAPANESE, RuleAction("transcribe", "eng", "best", 7))
    film("a.mkv", "jpn")
    film("deep/er/b.mp4", "eng", "jpn")
    film("c.mkv", "eng")
    film("d.mkv", "jpn").with_suffix(".en.srt").write_text("x", "utf-8")

    result = scanner.scan()

    assert submitted == [(name, MatchedAction("transcribe", "eng", "best", 7, "jpn")) for name in ("a.mkv", "b.mp4")]
    assert (result.scanned, result.matched, result.jobs_created, result.skipped) == (4, 2, 2, 2)
    assert result.paths == (str(media),)
    assert result.unreadable == ()


@pytest.mark.usefixtures("japanese")
def test_that_a_file_with_a_job_gets_no_second_one(
    scanner: Scanner, film: Film, library: Library, submitted: Submitted
) -> None:
    film("a.mkv", "jpn")
    scanner.scan()

    again = scanner.scan()

    assert (again.matched, again.jobs_created, again.skipped) == (1, 0, 1)
    assert len(submitted) == 1

    (job,) = library.jobs.list()
    library.jobs.cancel(job.job_id)
    assert scanner.scan().jobs_created == 0  # it waits for a person
    library.jobs.remove(job.job_id)
    assert scanner.scan().jobs_created == 1


@pytest.mark.usefixtures("japanese")
def test_that_a_canceled_job_no_longer_counts_when_the_file_changed(
    scanner: Scanner, film: Film, library: Library
) -> None:
    path = film("a.mkv", "jpn")
    scanner.scan()
    library.jobs.cancel(library.jobs.list()[0].job_id)
    later_s = path.stat().st_mtime + 3600
    os.utime(path, (later_s, later_s))

    assert scanner.scan().jobs_created == 1


@pytest.mark.usefixtures("japanese")
def test_that_our_own_subtitle_is_not_made_again_and_again(scanner: Scanner, film: Film, library: Library) -> None:
    path = film("a.mkv", "jpn")
    ours = path.with_suffix(".jpn.srt")
    ours.write_text("x", "utf-8")
    _note_written(library, path, ours, task="transcribe")

    assert scanner.scan().jobs_created == 0

    ours.unlink()  # a person took it away: it is wanted anew
    assert scanner.scan().jobs_created == 1


def test_that_another_task_is_done_beside_our_own_subtitle(
    scanner: Scanner, film: Film, library: Library, rules: Rules
) -> None:
    rules.create("to English", JAPANESE, RuleAction("translate", "eng"))
    path = film("a.mkv", "jpn")
    ours = path.with_suffix(".jpn.srt")
    ours.write_text("x", "utf-8")
    _note_written(library, path, ours, task="transcribe")

    assert scanner.scan().jobs_created == 1


@pytest.mark.usefixtures("japanese")
def test_that_a_film_in_which_nobody_speaks_is_not_tried_for_ever(
    scanner: Scanner, film: Film, library: Library
) -> None:
    path = film("a.mkv", "jpn")
    _note_written(library, path, None, task="transcribe")

    assert scanner.scan().jobs_created == 0


def _note_written(library: Library, media: Path, subtitle: Path | None, *, task: str) -> None:
    about = media.stat()

    def insert(connection: object) -> None:
        connection.execute(  # type: ignore[attr-defined]
            "INSERT INTO kept_transcripts (media_path, size_bytes, mtime_ns, language, task, model, job_id, file_name, "
            "created_at) VALUES (?, ?, ?, 'jpn', ?, 'base', 'job-000900', 'job-000900.json', '2026-01-01')",
            (str(media), about.st_size, about.st_mtime_ns, task),
        )
        if subtitle is not None:
            connection.execute(  # type: ignore[attr-defined]
                "INSERT INTO subtitle_files VALUES (?, ?, 'jpn', 'sha', 'job-000900', '2026-01-01')",
                (str(subtitle), str(media)),
            )

    library.store.write(insert)


@pytest.mark.usefixtures("japanese")
def test_that_hidden_and_unfinished_files_are_left_out(scanner: Scanner, film: Film, media: Path) -> None:
    film("a.mkv", "jpn")
    for name in (".hidden.mkv", ".folder/b.mkv", "@eaDir/c.mkv"):
        film(name, "jpn")
    shutil.copy(media / "a.mkv", media / "d.mkv.part")
    shutil.copy(media / "a.mkv", media / "e.mkv.crdownload")
    (media / "text.txt").write_text("x", "utf-8")

    assert scanner.scan().scanned == 1


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.usefixtures("japanese")
def test_that_circles_of_links_end(scanner: Scanner, film: Film, media: Path) -> None:
    film("a/one.mkv", "jpn")
    (media / "a" / "up").symlink_to(media)
    (media / "b").symlink_to(media / "a")
    (media / "self.mkv").symlink_to(media / "self.mkv")
    (media / "nothing.mkv").symlink_to(media / "gone.mkv")

    result = scanner.scan([media, media / "a"])

    assert result.scanned == 1
    assert {Path(path).name for path, _ in result.unreadable} == {"nothing.mkv", "self.mkv"}


@pytest.mark.usefixtures("japanese")
def test_that_broken_files_are_told_and_keep_no_other_from_its_job(
    scanner: Scanner, film: Film, media: Path, submitted: Submitted
) -> None:
    film("good.mkv", "jpn")
    (media / "broken.mkv").write_bytes(b"no film at all" * 100)
    (media / "empty.mp4").touch()

    result = scanner.scan([media, media / "never was"])

    assert [name for name, _ in submitted] == ["good.mkv"]
    assert {Path(path).name for path, _ in result.unreadable} == {"broken.mkv", "empty.mp4", "never was"}
    assert all(why for _, why in result.unreadable)
    assert (result.scanned, result.skipped) == (3, 2)
    assert scanner.scan().unreadable == result.unreadable[1:]


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
def test_that_a_folder_without_permission_is_told(scanner: Scanner, film: Film, media: Path) -> None:
    film("open/a.mkv", "jpn")
    closed = film("closed/b.mkv", "jpn").parent
    closed.chmod(0)
    try:
        if os.access(closed, os.R_OK):
            pytest.skip("this user may read everything")
        result = scanner.scan()
    finally:
        closed.chmod(0o755)

    assert result.unreadable == ((str(closed), "No permission to read it."),)
    assert result.scanned == 1


def test_that_names_that_are_no_text_are_told(scanner: Scanner, film: Film, media: Path) -> None:
    path = film("a.mkv")
    try:
        path.rename(os.fsdecode(os.fsencode(media) + b"/caf\xe9.mkv"))
        Path(os.fsdecode(os.fsencode(media) + b"/f\xe9older")).mkdir()
    except OSError:
        pytest.skip("this file system takes Unicode names only")

    result = scanner.scan()

    assert {Path(path).name for path, _ in result.unreadable} == {"caf?.mkv", "f?older"}
    assert scanner.status().last_result == result


def test_that_a_scan_may_stay_in_the_folder_itself(scanner: Scanner, film: Film) -> None:
    film("a.mkv")
    film("deep/b.mkv")

    assert scanner.scan(recursive=False).scanned == 1
    assert scanner.scan().scanned == 2
    assert scanner.scan(recursive=False).scanned == 1
    assert scanner.preview().files == 2


def test_that_a_single_file_can_be_scanned(scanner: Scanner, film: Film) -> None:
    film("a.mkv")

    assert scanner.scan([film("b.mkv")]).scanned == 1


def test_that_no_folders_at_all_is_an_error(scanner: Scanner, chosen: Chosen) -> None:
    for nothing in ([], "", '["  "]'):
        chosen.values["library_paths"] = nothing
        with pytest.raises(InvalidRequest, match="No library paths configured"):
            scanner.scan()
    chosen.values["library_paths"] = "/media"
    with pytest.raises(InvalidRequest, match="no list of folders"):
        scanner.scan()
    for no_path in ("a\0b", "/media/\ud800"):
        with pytest.raises(InvalidRequest, match="no path"):
            scanner.scan([no_path])


def test_that_files_are_opened_once(
    scanner: Scanner, film: Film, monkeypatch: pytest.MonkeyPatch, made: Callable[..., Path]
) -> None:
    paths = [film(f"{number}.mkv") for number in range(5)]
    opened: list[str] = []
    read_header = scan_run.read_header

    def counted(path: Path) -> object:
        opened.append(path.name)
        return read_header(path)

    monkeypatch.setattr(scan_run, "read_header", counted)
    scanner.scan()
    assert len(opened) == 5

    opened.clear()
    assert scanner.scan().scanned == 5
    assert opened == []

    paths[3].write_bytes(made(".mkv", ("eng", "spa")).read_bytes())
    scanner.scan()
    assert opened == ["3.mkv"]


def test_that_files_that_went_are_forgotten_but_not_those_of_a_drive_that_is_away(
    scanner: Scanner, film: Film, media: Path, library: Library, tmp_path: Path
) -> None:
    film("a.mkv")
    film("gone/b.mkv")
    drive = tmp_path / "drive"
    drive.mkdir()
    shutil.copy(media / "a.mkv", drive / "c.mkv")
    scanner.scan([media, drive])

    shutil.rmtree(media / "gone")
    drive.rename(tmp_path / "away")
    result = scanner.scan([media, drive])

    assert set(FactsCache(library).all()) == {str(media / "a.mkv"), str(drive / "c.mkv")}
    assert result.unreadable == ((str(drive), "It is not there."),)


def test_that_sound_files_count_where_a_rule_names_them(scanner: Scanner, media: Path, rules: Rules) -> None:
    write_wav(media / "talk.wav", silence(0.2))
    assert scanner.scan().scanned == 0

    rules.create("talks", Conditions(file_extension=".wav"), TO_ENGLISH)

    result = scanner.scan()
    assert (result.scanned, result.jobs_created) == (1, 1)


@pytest.mark.usefixtures("japanese")
def test_that_a_second_scan_at_once_is_refused_and_the_first_can_be_canceled(
    scanner: Scanner, film: Film, library: Library
) -> None:
    for number in range(3):
        film(f"{number}.mkv", "jpn")
    inside, go_on = threading.Event(), threading.Event()
    ended: list[BaseException] = []

    def hold(_: ScanProgress) -> None:
        inside.set()
        go_on.wait(10)

    def run() -> None:
        try:
            scanner.scan(progress=hold)
        except Canceled as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert inside.wait(10)
    assert scanner.status().scanning
    with pytest.raises(Conflict, match="A scan is running"):
        scanner.scan()
    assert scanner.cancel()
    go_on.set()
    thread.join(10)

    assert len(ended) == 1
    assert not scanner.status().scanning
    assert not scanner.cancel()
    assert scanner.status().total_scans == 0
    assert scanner.scan().scanned == 3


@pytest.mark.usefixtures("japanese")
def test_that_status_and_events_tell_of_scans_and_outlive_the_program(
    scanner: Scanner, film: Film, library: Library, rules: Rules, chosen: Chosen
) -> None:
    film("a.mkv", "jpn")
    heard: list[object] = []
    library.events.subscribe(heard.append)
    assert scanner.status().last_scan_time is None

    result = scanner.scan()

    status = Scanner(library, rules, chosen, lambda *_: None).status()
    assert (status.total_scans, status.last_result, status.scanning) == (1, result, False)
    assert status.last_scan_time is not None
    assert status.last_scan_time.endswith("+00:00")
    assert ScannerChanged() in heard
    told = [event.progress for event in heard if isinstance(event, ScanProgressed)]
    assert (told[-1].phase, told[-1].done, told[-1].total, told[-1].jobs_created) == ("reading", 1, 1, 1)


def test_that_a_refused_job_is_told(library: Library, rules: Rules, chosen: Chosen, film: Film) -> None:
    rules.create("japanese", JAPANESE, TO_ENGLISH)
    film("a.mkv", "jpn")
    film("b.mkv", "jpn")

    def refuse(path: Path, *_: object) -> None:
        raise Conflict("taken") if path.name == "a.mkv" else InvalidRequest("The job cannot be.")

    result = Scanner(library, rules, chosen, refuse).scan()

    assert (result.matched, result.jobs_created) == (2, 0)
    assert [why for _, why in result.unreadable] == ["The job cannot be."]


def test_that_a_preview_tells_what_a_draft_would_match(
    scanner: Scanner, film: Film, library: Library, media: Path
) -> None:
    draft = check_rule("draft", JAPANESE, TO_ENGLISH)
    assert scanner.preview(draft).stale
    for name, language in (("a.mkv", "jpn"), ("b.mkv", "eng"), ("c.mkv", "jpn")):
        film(name, language)
    film("d.mkv", "jpn").with_suffix(".en.srt").write_text("x", "utf-8")
    scanner.scan()

    preview = scanner.preview(draft)

    assert preview.files == 4
    assert preview.matches == ((str(media / "a.mkv"), "draft"), (str(media / "c.mkv"), "draft"))
    assert not preview.stale
    assert library.jobs.list([JobState.QUEUED]) == []

    assert scanner.preview(check_rule("songs", {"file_extension": ".mp3"}, TO_ENGLISH)).stale
    film("new.mkv", "jpn")
    assert scanner.preview(draft).stale


def test_that_a_preview_of_all_rules_names_the_rule_of_each_file(
    scanner: Scanner, film: Film, rules: Rules, media: Path
) -> None:
    rules.create("all", {"audio_language_not": "kor"}, TO_ENGLISH)
    rules.create("japanese", JAPANESE, TO_ENGLISH, priority=5)
    rules.create("off", JAPANESE, TO_ENGLISH, priority=9, enabled=False)
    film("a.mkv", "jpn")
    film("b.mkv", "eng")
    film("c.mkv", "kor")
    scanner.scan()

    assert scanner.preview().matches == ((str(media / "a.mkv"), "japanese"), (str(media / "b.mkv"), "all"))


def test_that_a_file_is_analysed(scanner: Scanner, film: Film) -> None:
    assert [track.language for track in scanner.facts(film("a.mkv", "rus")).audio] == ["rus"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are no files there")
def test_that_a_pipe_named_like_a_film_does_not_hang(scanner: Scanner, media: Path) -> None:
    subprocess.run(["mkfifo", str(media / "pipe.mkv")], check=True)

    assert scanner.scan().scanned == 0
    assert scanner.scan([media / "pipe.mkv"]).unreadable[0][1] == "It is neither a folder nor a file."
