"""Subtitles beside videos, and the transcripts that are kept whatever happens."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Conflict, InvalidRequest, NotFound, RushesError, StorageUnwritable, UnsupportedMedia
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling import subtitle_files
from core.subtitling.jobs import submit_file
from core.subtitling.kept import get_kept, list_kept, read_kept, write_again
from core.subtitling.preferences import Preferences
from tests.subtitling.conftest import Pool
from tests.subtitling.given_engine import GivenEngine, sound_file, transcript

Until = Callable[..., Job]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    return sound_file(folder / "My Film.2024.mkv")


@pytest.fixture
def done(library: Library, pool: Pool, until: Until) -> Callable[..., Job]:
    """``done(film, …)``: the job of a file, when it ended."""

    def run(film: Path, **wishes: object) -> Job:
        with pool(cpu=1):
            return until(submit_file(library, film, **wishes).job_id)  # type: ignore[arg-type]

    return run


def lines_of_log(library: Library, job: Job) -> str:
    return "\n".join(line.text for line in library.jobs.log(job.job_id))


def test_that_a_subtitle_is_written_beside_the_video_in_the_spoken_language(
    library: Library, done: Callable[..., Job], film: Path
) -> None:
    job = done(film, target_lang="spanish", preset="fast", priority=3)
    subtitle = film.with_name("My Film.2024.spa.srt")
    assert job.state is JobState.SUCCEEDED, job.error
    assert "Hola a todos." in subtitle.read_text()
    assert [path.name for path in film.parent.iterdir() if path not in {film, subtitle}] == []
    assert job.params["target_lang"] == "spa"
    assert job.message == ""
    result = job.result
    assert result["output_path"] == str(subtitle)
    assert (result["segments"], result["language"], result["model"], result["device"]) == (
        2,
        "spa",
        "whisper-base",
        "cpu",
    )
    assert (result["vram_used_mb"], result["took_s"]) == (None, 0.5)
    assert job.overall == 1
    log = lines_of_log(library, job)
    assert "Left out at 0:00:20 (a stock line where nobody speaks): Thanks for watching!" in log
    assert "The audio track 1 (spa) was taken." in log
    [kept] = list_kept(library)
    assert (kept.media_path, kept.language, kept.job_id, kept.problem) == (str(film), "spa", job.job_id, "")
    assert (kept.size_bytes, kept.mtime_ns) == (film.stat().st_size, film.stat().st_mtime_ns)
    assert read_kept(library, kept.transcript_id) == transcript()


def test_that_another_language_than_wanted_is_written_and_said(
    library: Library, done: Callable[..., Job], film: Path
) -> None:
    job = done(film, target_lang="eng")
    assert job.result["output_path"] == str(film.with_name("My Film.2024.spa.srt"))
    assert job.message == "The subtitle is Spanish (spa), which is what is spoken, not English (eng)."


def test_that_a_translation_is_english_whatever_was_wanted(
    library: Library, done: Callable[..., Job], film: Path, engine: GivenEngine
) -> None:
    job = done(film, target_lang="fra", task="translate")
    assert job.result["output_path"] == str(film.with_name("My Film.2024.eng.srt"))
    assert job.message == "The subtitle is English: translation gives no French (fra)."
    assert engine.params[0].task == "translate"


def test_that_where_nobody_speaks_no_subtitle_is_written(
    library: Library, done: Callable[..., Job], film: Path, engine: GivenEngine
) -> None:
    engine.heard = transcript((), "")
    job = done(film, target_lang="spa")
    assert (job.state, job.result["output_path"], job.result["segments"]) == (JobState.SUCCEEDED, None, 0)
    assert job.message == "Nobody speaks in My Film.2024.mkv: no subtitle was written."
    assert list(film.parent.iterdir()) == [film]
    [kept] = list_kept(library)
    assert (kept.language, kept.problem) == ("", "")
    with pytest.raises(InvalidRequest, match="Nobody speaks"):
        write_again(library, kept.transcript_id)


def test_that_a_subtitle_of_somebody_else_stays_and_the_transcript_is_kept(
    library: Library, pool: Pool, until: Until, film: Path, engine: GivenEngine
) -> None:
    theirs = film.with_name("My Film.2024.spa.srt")
    theirs.write_text("made by hand")
    with pool(cpu=1):
        job = until(submit_file(library, film, target_lang="spa").job_id)
        assert (job.state, theirs.read_text()) == (JobState.FAILED, "made by hand")
        assert str(theirs) in job.error
        assert job.error_action
        [kept] = list_kept(library)
        assert kept.problem == job.error
        theirs.rename(film.with_name("theirs.srt"))
        library.jobs.retry(job.job_id)
        assert until(job.job_id).state is JobState.SUCCEEDED
    assert "Hola" in theirs.read_text()
    assert get_kept(library, kept.transcript_id).problem == ""
    assert len(engine.sources) == 1, "a retry only writes what is kept"


def test_that_a_subtitle_is_replaced_when_told_so(library: Library, done: Callable[..., Job], film: Path) -> None:
    theirs = film.with_name("My Film.2024.spa.srt")
    theirs.write_text("made by hand")
    assert done(film, target_lang="spa", overwrite=True).state is JobState.SUCCEEDED
    assert "Hola" in theirs.read_text()


def test_that_our_own_subtitle_is_written_anew_until_somebody_changes_it(
    library: Library, done: Callable[..., Job], film: Path
) -> None:
    subtitle = film.with_name("My Film.2024.spa.srt")
    assert done(film).state is JobState.SUCCEEDED
    assert done(film).state is JobState.SUCCEEDED
    assert len(list_kept(library, media_path=film)) == 1, "the older transcript of the same text goes"
    assert len(list((library.path / "transcripts").iterdir())) == 1
    subtitle.write_text(subtitle.read_text() + "\nby a person")
    job = done(film)
    assert (job.state, "by a person" in subtitle.read_text()) == (JobState.FAILED, True)
    assert "changed since" in job.error


def test_that_an_unwritable_folder_loses_nothing(
    library: Library, done: Callable[..., Job], film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subtitle_files.write_atomically

    def refuse(path: Path, content: bytes) -> None:
        if path.parent == film.parent:
            raise StorageUnwritable(f"{path} cannot be written: Read-only file system.", action="Check it.")
        real(path, content)

    monkeypatch.setattr(subtitle_files, "write_atomically", refuse)
    job = done(film)
    assert job.state is JobState.FAILED
    assert "Read-only file system" in job.error
    assert "another folder" in job.error_action
    [kept] = list_kept(library)
    assert kept.problem == job.error
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(InvalidRequest, match="no folder"):
        write_again(library, kept.transcript_id, folder=elsewhere)
    elsewhere.mkdir()
    written = write_again(library, kept.transcript_id, folder=elsewhere)
    assert written == elsewhere / "My Film.2024.spa.srt"
    assert "Hola" in written.read_text()
    assert get_kept(library, kept.transcript_id).problem == ""


def test_that_a_file_that_goes_away_at_work_leaves_its_transcript(
    library: Library, done: Callable[..., Job], film: Path, engine: GivenEngine
) -> None:
    engine.meanwhile = film.unlink
    job = done(film)
    assert job.state is JobState.FAILED
    assert "went away" in job.error
    [kept] = list_kept(library)
    assert kept.problem == job.error
    assert list(film.parent.iterdir()) == []


def test_that_a_file_that_is_gone_before_its_turn_is_named(
    library: Library, pool: Pool, until: Until, film: Path
) -> None:
    job = submit_file(library, film)
    film.unlink()
    with pool(cpu=1):
        ended = until(job.job_id)
    assert ended.state is JobState.FAILED
    assert str(film) in ended.error
    assert list_kept(library) == []


def test_that_one_job_at_a_time_is_made_for_a_file(library: Library, film: Path) -> None:
    job = submit_file(library, film)
    with pytest.raises(Conflict, match=job.job_id):
        submit_file(library, film, target_lang="eng")
    library.jobs.cancel(job.job_id)
    again = submit_file(library, film)
    with pytest.raises(Conflict):
        library.jobs.retry(job.job_id)
    assert again.job_id != job.job_id


def test_that_a_transcript_can_be_kept_without_a_subtitle(
    library: Library, done: Callable[..., Job], film: Path, engine: GivenEngine
) -> None:
    job = done(film, beside=False, model="tiny", initial_prompt="Torque")
    assert (job.state, job.result["output_path"]) == (JobState.SUCCEEDED, None)
    assert list(film.parent.iterdir()) == [film]
    assert get_kept(library, job.result["transcript_id"]).problem == "No subtitle was asked for."
    assert (engine.params[0].model, engine.params[0].initial_prompt) == ("whisper-tiny", "Torque")


def test_that_bad_wishes_are_refused_before_a_job_is_made(library: Library, film: Path) -> None:
    for error, path, wishes in (
        (NotFound, film.with_name("none.mkv"), {}),
        (InvalidRequest, film.parent, {}),
        (InvalidRequest, Path("film.mkv"), {}),
        (InvalidRequest, film, {"preset": "perfect"}),
        (InvalidRequest, film, {"task": "sing"}),
        (InvalidRequest, film, {"target_lang": "klingonish"}),
        (InvalidRequest, film, {"source_lang": "klingonish"}),
    ):
        with pytest.raises(error):
            submit_file(library, path, **wishes)  # type: ignore[arg-type]
    assert library.jobs.list() == []


def test_that_the_track_in_the_wanted_language_comes_before_the_preferred_ones(
    library: Library, done: Callable[..., Job], film: Path, engine: GivenEngine
) -> None:
    Preferences(library).set_many({"audio_languages": ["jpn", "spa"], "most_seconds_per_audio_second": 4})
    done(film, target_lang="spa")
    done(film, target_lang="eng", task="translate")
    done(film, target_lang="eng", source_lang="fr")
    assert [one.audio_languages for one in engine.params] == [("spa", "jpn"), ("jpn", "spa"), ("fra", "jpn", "spa")]
    assert [one.language for one in engine.params] == [None, None, "fr"]
    assert {one.most_s_per_audio_s for one in engine.params} == {4.0}


def test_that_what_the_engine_says_of_a_bad_file_reaches_the_person(
    library: Library, done: Callable[..., Job], film: Path, engine: GivenEngine
) -> None:
    engine.error = UnsupportedMedia(f"{film} has no audio track.", action="Choose a file that has sound.")
    job = done(film)
    assert (job.error, job.error_action) == (f"{film} has no audio track.", "Choose a file that has sound.")


def test_that_a_changed_file_is_heard_again_by_a_retry(
    library: Library, pool: Pool, until: Until, film: Path, engine: GivenEngine
) -> None:
    film.with_name("My Film.2024.spa.srt").mkdir()
    with pool(cpu=1):
        job = until(submit_file(library, film).job_id)
        assert job.state is JobState.FAILED
        os.utime(film, ns=(1, 1))
        library.jobs.retry(job.job_id)
        assert until(job.job_id).state is JobState.FAILED
    assert len(engine.sources) == 2


def test_that_a_damaged_transcript_is_told(library: Library, done: Callable[..., Job], film: Path) -> None:
    done(film)
    [kept] = list_kept(library)
    (library.path / "transcripts" / kept.file_name).write_text("{}")
    with pytest.raises(RushesError, match="no transcript"):
        read_kept(library, kept.transcript_id)
    with pytest.raises(NotFound):
        get_kept(library, 999)
