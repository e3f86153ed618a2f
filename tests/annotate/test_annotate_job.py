"""The job: per-pipeline results, provenance, what fails, cancel, retry and what an interruption leaves."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.annotate import publishing, shared_pass
from core.annotate.pipeline import FrameLook, Video
from core.annotate.types import Document, ResultState
from core.errors import InvalidRequest, MediaMissing, NotFound, StorageFull, UnsupportedMedia
from core.jobs.events import AnnotationChanged, JobChanged
from core.jobs.types import JobState
from tests.annotate.made_jobs import Desk, eventually, opened, working
from tests.annotate.made_pipelines import Brightness, Failing, Missing, Shown, Ticks, Waiting, made_registry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def video_path(tmp_path: Path, make_video: Callable[..., Path]) -> Path:
    """Two seconds of two colours."""
    segments = [{"seconds": 1, "colour": (30, 30, 30)}, {"seconds": 1, "colour": (220, 220, 220)}]
    return make_video(tmp_path / "colours.mp4", segments=segments, size=(96, 64))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A library whose jobs are run, with the made pipelines."""
    with working(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        yield desk


def test_that_each_pipeline_gives_a_result_with_its_files(desk: Desk, video_path: Path) -> None:
    video = desk.add(video_path)
    job = desk.ended(
        desk.ask(video, ["brightness", "ticks"], {"ticks": {"output_formats": ["webvtt", "csv", "json"]}}).job_id
    )
    assert job.state is JobState.SUCCEEDED
    assert desk.states(job.job_id) == {"brightness": "succeeded", "ticks": "succeeded"}
    ticks = desk.result(job.job_id, "ticks")
    assert ticks.files == ("ticks.vtt", "ticks.csv", "ticks.json", "notes.txt")
    assert ticks.annotation_count == 2
    assert ticks.progress == 1.0
    assert ticks.took_s is not None
    assert all(path.is_file() for path in desk.library.annotations.file_paths(ticks))
    assert desk.library.annotations.storage(job.job_id) == Path(ticks.folder).parents[1]
    document = desk.library.annotations.document(ticks.result_id)
    assert [mark.label for mark in document.tiers[0].marks] == ["tick", "tick"]
    expected = sorted(
        {"annotations/" + job.job_id}
        | {f"annotations/{job.job_id}/results"}
        | {f"annotations/{job.job_id}/results/{name}" for name in ("brightness", "ticks")}
        | {f"annotations/{job.job_id}/results/ticks/{name}" for name in (*ticks.files, "document.json")}
        | {f"annotations/{job.job_id}/results/ticks/provenance.json"}
        | {f"annotations/{job.job_id}/results/brightness/{name}" for name in ("brightness.json", "document.json")}
        | {f"annotations/{job.job_id}/results/brightness/provenance.json"}
    )
    assert eventually(lambda: desk.left() == expected), desk.left()


def test_that_the_config_takes_effect_and_is_kept_complete(desk: Desk, video_path: Path) -> None:
    video = desk.add(video_path)
    counts, means = {}, {}
    for every_s, gain in ((1.0, 1.0), (0.5, 2.0)):
        config = {"ticks": {"every_s": every_s, "word": "tock"}, "luma": {"gain": gain, "step": 5}}
        job_id = desk.ended(desk.ask(video, ["ticks", "luma"], config).job_id).job_id
        result = desk.result(job_id, "brightness")
        counts[every_s] = desk.result(job_id, "ticks").annotation_count
        series = desk.library.annotations.document(result.result_id).tiers[0].series
        assert series is not None
        means[gain] = float(series.values.mean())
        assert len(series) == 10
        assert result.config == {"gain": gain, "step": 5, "slow_s": 0.0, "output_formats": ["json"]}
    assert counts == {1.0: 2, 0.5: 4}
    assert np.isclose(means[2.0], 2 * means[1.0])


def test_that_every_document_says_where_it_comes_from(desk: Desk, video_path: Path) -> None:
    job = desk.ended(desk.ask(desk.add(video_path), ["ticks"]).job_id)
    result = desk.result(job.job_id, "ticks")
    document = desk.library.annotations.document(result.result_id)
    provenance = document.provenance[0]
    sha256 = hashlib.sha256(video_path.read_bytes()).hexdigest()
    assert (provenance.pipeline, provenance.pipeline_version) == ("ticks", "1")
    assert provenance.rushes_version
    assert provenance.input_sha256 == document.media.sha256 == sha256
    assert provenance.config == dict(result.config)
    assert "PTS" in provenance.time_base
    assert provenance.started_at <= provenance.ended_at
    described = json.loads((Path(result.folder) / "provenance.json").read_bytes())
    assert described["provenance"]["input_sha256"] == sha256
    assert described["files"] == list(result.files)
    assert desk.library.annotations.video(result.media_id).facts.sha256 == sha256


def test_that_a_changed_file_gets_its_new_checksum(
    desk: Desk, video_path: Path, make_video: Callable[..., Path]
) -> None:
    first = desk.ended(desk.ask(desk.add(video_path), ["ticks"]).job_id)
    make_video(video_path, segments=[{"seconds": 3}], size=(96, 64))
    video = desk.add(video_path)
    second = desk.ended(desk.ask(video, ["ticks"]).job_id)
    documents = [
        desk.library.annotations.document(desk.result(job.job_id, "ticks").result_id) for job in (first, second)
    ]
    assert documents[1].provenance[0].input_sha256 == hashlib.sha256(video_path.read_bytes()).hexdigest()
    assert documents[0].provenance[0].input_sha256 != documents[1].provenance[0].input_sha256
    assert len(documents[1].tiers[0]) == 3


def test_that_a_failed_pipeline_spoils_no_other_one(desk: Desk, video_path: Path) -> None:
    job = desk.ended(desk.ask(desk.add(video_path), ["failing", "ticks", "brightness"]).job_id)
    assert job.state is JobState.SUCCEEDED
    assert desk.states(job.job_id) == {"failing": "failed", "ticks": "succeeded", "brightness": "succeeded"}
    failed = desk.result(job.job_id, "failing")
    assert failed.error == "This pipeline never works."
    assert failed.error_action == "Do not choose it."
    assert "2 of 3 pipelines succeeded" in job.message
    assert "This pipeline never works." in job.message
    with pytest.raises(InvalidRequest, match="failing"):
        desk.library.annotations.document(failed.result_id)


def test_that_a_job_in_which_nothing_succeeds_fails_with_all_the_words(tmp_path: Path, video_path: Path) -> None:
    known = made_registry(
        Failing("first", UnsupportedMedia("No sound.", action="Choose another.")),
        Failing("second", KeyError("secret")),
        Brightness("third", fails=True),
    )
    with working(tmp_path / "library", known, tmp_path / "models") as desk:
        job = desk.ended(desk.ask(desk.add(video_path), ["first", "second", "third"]).job_id)
        assert job.state is JobState.FAILED
        assert "first: No sound." in job.error
        assert "The pipeline second failed: KeyError" in job.error
        assert "third: The look fails on purpose." in job.error
        assert "Traceback" not in job.error
        assert "Choose another." in job.error_action
        lines = desk.library.jobs.log(job.job_id)
        assert any(line.level == "debug" and "Traceback" in line.text for line in lines)


def test_that_a_full_disk_fails_the_pipeline_and_leaves_nothing_half_written(
    tmp_path: Path, video_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, _document: Document) -> None:
        raise StorageFull(f"The disk that holds {path.parent.name} is full.", action="Free some space.")

    monkeypatch.setattr(publishing, "write_document", refuse)
    with working(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        job = desk.ended(desk.ask(desk.add(video_path), ["ticks"]).job_id)
        assert job.state is JobState.FAILED
        assert "is full" in job.error
        assert job.error_action == "Free some space."
        assert not [name for name in desk.left() if "ticks." in name or name.startswith("annotations/")]


def test_that_a_plug_in_that_stumbles_over_its_config_spoils_no_other_one(tmp_path: Path, video_path: Path) -> None:
    class Stumbling(Ticks):
        def looks(self, video: Video, config: Mapping[str, Any]) -> Sequence[FrameLook]:  # noqa: ARG002  the protocol
            raise KeyError("no such thing")

    known = made_registry(Stumbling("stumbling"), Ticks())
    with working(tmp_path / "library", known, tmp_path / "models") as desk:
        job = desk.ended(desk.ask(desk.add(video_path), ["stumbling", "ticks"]).job_id)
        assert desk.states(job.job_id) == {"stumbling": "failed", "ticks": "succeeded"}
        assert "KeyError" in desk.result(job.job_id, "stumbling").error


def test_that_progress_is_told_for_each_pipeline_and_for_the_whole(tmp_path: Path, video_path: Path) -> None:
    waiting = Waiting()
    with working(tmp_path / "library", made_registry(waiting, Ticks()), tmp_path / "models") as desk:
        job_id = desk.ask(desk.add(video_path), ["ticks", "waiting"]).job_id
        assert waiting.begun.wait(20)
        assert eventually(lambda: (desk.library.jobs.get(job_id).overall or 0.0) >= 0.5)
        assert desk.states(job_id) == {"ticks": "succeeded", "waiting": "running"}
        assert desk.result(job_id, "ticks").progress == 1.0
        waiting.let_go.set()
        assert desk.ended(job_id).overall == 1.0
        assert [event.subject for event in desk.events if isinstance(event, AnnotationChanged) and event.subject]


def test_that_a_canceled_job_keeps_what_was_finished(tmp_path: Path, video_path: Path) -> None:
    waiting = Waiting()
    with working(tmp_path / "library", made_registry(waiting, Brightness()), tmp_path / "models") as desk:
        job_id = desk.ask(desk.add(video_path), ["waiting", "brightness"]).job_id
        assert eventually(lambda: desk.result(job_id, "brightness").state is ResultState.SUCCEEDED)
        assert waiting.begun.wait(20)
        desk.library.jobs.cancel(job_id)
        assert desk.ended(job_id).state is JobState.CANCELED
        assert desk.states(job_id) == {"waiting": "canceled", "brightness": "succeeded"}
        assert desk.result(job_id, "waiting").ended_at
        assert desk.library.annotations.document(desk.result(job_id, "brightness").result_id).count == 50
        assert eventually(lambda: not [name for name in desk.left() if name.startswith("jobs/")])


def test_that_a_pipeline_that_does_not_listen_is_left_behind(tmp_path: Path, video_path: Path) -> None:
    deaf = Waiting("deaf", polite=False)
    with working(tmp_path / "library", made_registry(deaf), tmp_path / "models") as desk:
        job_id = desk.ask(desk.add(video_path), ["deaf"]).job_id
        assert deaf.begun.wait(20)
        desk.library.jobs.cancel(job_id)
        assert desk.ended(job_id).state is JobState.CANCELED
        deaf.let_go.set()
        assert desk.states(job_id) == {"deaf": "canceled"}
        assert not (desk.library.annotations.storage(job_id)).exists()


def test_that_a_job_that_was_canceled_before_it_began_has_canceled_results(tmp_path: Path, video_path: Path) -> None:
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        job_id = desk.ask(desk.add(video_path), ["ticks"]).job_id
        assert desk.states(job_id) == {"ticks": "queued"}
        desk.library.jobs.cancel(job_id)
        assert desk.states(job_id) == {"ticks": "canceled"}


def test_that_trying_again_runs_only_what_did_not_succeed(tmp_path: Path, video_path: Path) -> None:
    shown = Shown()
    failing = Failing()
    known = made_registry(Ticks(shown=shown), Brightness(shown=shown), failing)
    with working(tmp_path / "library", known, tmp_path / "models") as desk:
        video = desk.add(video_path)
        first = desk.ended(desk.ask(video, ["ticks", "failing", "brightness"], {"ticks": {"every_s": 0.5}}).job_id)
        assert sorted(shown.runs) == ["brightness", "ticks"]
        failing.run = lambda _video, _config, _context: Ticks().run(_video, {"every_s": 1.0, "word": "tock"}, _context)  # type: ignore[method-assign]
        again = desk.library.annotations.retry(first.job_id, requested_by="key:7")
        assert again.job_id == first.job_id
        assert again.params["requested_by"] == "key:7"
        job = desk.ended(first.job_id)
        assert job.state is JobState.SUCCEEDED
        assert job.message == ""
        assert desk.states(job.job_id) == dict.fromkeys(("ticks", "failing", "brightness"), "succeeded")
        assert sorted(shown.runs) == ["brightness", "ticks"]
        assert desk.result(job.job_id, "ticks").annotation_count == 4
        with pytest.raises(InvalidRequest, match="succeeded"):
            desk.library.annotations.retry(first.job_id, requested_by="desktop")


def test_that_a_result_that_appeared_just_before_a_crash_counts(tmp_path: Path, video_path: Path) -> None:
    shown = Shown()
    with working(tmp_path / "library", made_registry(Ticks(shown=shown)), tmp_path / "models") as desk:
        job_id = desk.ended(desk.ask(desk.add(video_path), ["ticks"]).job_id).job_id
        died = "UPDATE annotation_results SET state = 'running', files = '[]', folder = ''"
        desk.library.store.write(lambda connection: connection.execute(died) and None)
        desk.library.store.write(lambda connection: connection.execute("UPDATE jobs SET state = 'running'") and None)
    with working(tmp_path / "library", made_registry(Ticks(shown=shown)), tmp_path / "models") as desk:
        assert desk.ended(job_id).state is JobState.SUCCEEDED
        assert desk.result(job_id, "ticks").files == ("ticks.json", "notes.txt")
    assert shown.runs == ["ticks"]


def test_that_everything_that_can_be_refused_is_refused_before_there_is_a_row(tmp_path: Path, video_path: Path) -> None:
    with opened(tmp_path / "library", made_registry(Ticks(), Missing()), tmp_path / "models") as desk:
        video = desk.add(video_path)
        with pytest.raises(InvalidRequest) as caught:
            desk.ask(video, ["nope", "ticks", "missing"], {"ticks": {"every_s": 99, "word": True}})
        for word in ("nope", "missing", "not installed", "every_s", "99", "word"):
            assert word in caught.value.message
        assert "rushes models fetch made" in caught.value.action
        with pytest.raises(NotFound):
            desk.ask(replace(video, media_id=77), ["ticks"])
        video_path.unlink()
        with pytest.raises(MediaMissing):
            desk.ask(video, ["ticks"])
        assert desk.library.jobs.list() == []
        assert desk.library.annotations.results() == []


def test_that_a_video_is_probed_before_there_is_a_row(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        for owned in (False, True):
            with pytest.raises(UnsupportedMedia, match=r"text\.mp4"):
                desk.add(text, owned=owned)
        with pytest.raises(MediaMissing):
            desk.add(tmp_path / "gone.mp4")
        assert desk.library.annotations.videos() == []
        assert desk.left() == []
    assert text.exists()


def test_that_the_same_file_is_the_same_video_and_an_episode_has_one(tmp_path: Path, video_path: Path) -> None:
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        first = desk.add(video_path)
        assert desk.add(video_path) == first
        episode = desk.library.episodes.add(video_path)
        of_episode = desk.library.annotations.video_of_episode(episode.ep_id, actor="desktop")
        assert of_episode.media_id == first.media_id
        assert of_episode.ep_id == episode.ep_id
        assert desk.library.annotations.video_of_episode(episode.ep_id, actor="desktop") == of_episode
        assert [video.media_id for video in desk.library.annotations.videos()] == [first.media_id]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\clips\\take 1.mp4", "take 1.mp4"),
        ("", "colours.mp4"),
        ("..", "colours.mp4"),
    ],
)
def test_that_a_name_from_outside_is_reduced_to_its_last_part(
    tmp_path: Path, video_path: Path, given: str, kept: str
) -> None:
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        video = desk.library.annotations.add_video(video_path, owned=True, file_name=given, actor="key:1")
        assert video.file_name == kept
        assert Path(video.path) == tmp_path / "library" / "annotations" / f"media-{video.media_id:06d}" / "source.mp4"
        assert Path(video.path).is_file()
        assert not video_path.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_that_a_name_that_is_no_text_is_refused_in_place_and_taken_in_as_an_upload(
    tmp_path: Path, video_path: Path
) -> None:
    odd = video_path.with_name(os.fsdecode(b"caf\xe9.mp4"))
    video_path.rename(odd)
    with working(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        with pytest.raises(InvalidRequest, match="UTF-8"):
            desk.add(odd)
        video = desk.add(odd, owned=True)
        assert video.file_name == "caf.mp4"
        job = desk.ended(desk.ask(video, ["ticks"]).job_id)
        assert job.state is JobState.SUCCEEDED


def test_that_a_job_says_whose_it_is_and_what_it_is_about(tmp_path: Path, video_path: Path) -> None:
    with opened(tmp_path / "library", made_registry(), tmp_path / "models") as desk:
        video = desk.add(video_path)
        job = desk.ask(video, ["ticks"])
        assert job.params["media_id"] == video.media_id
        assert job.params["pipelines"] == ["ticks"]
        assert job.params["config"]["ticks"]["every_s"] == 1.0
        assert desk.library.annotations.job_ids(video.media_id) == [job.job_id]
        told = [event for event in desk.events if isinstance(event, AnnotationChanged)]
        assert [(event.what, event.subject) for event in told] == [("media", ""), ("result", job.job_id)]
        assert [event.state for event in desk.events if isinstance(event, JobChanged)] == ["queued"]


KILLED = """
import sys, threading
from pathlib import Path
from core.annotate import shared_pass
from core.jobs.executors import local_pool
from tests.annotate.made_jobs import working
from tests.annotate.made_pipelines import Brightness, Ticks, made_registry
def main():
    shared_pass.UNIT_TARGET_S = 0.4
    folder, video = Path(sys.argv[1]), Path(sys.argv[2])
    with working(folder / "library", made_registry(Ticks(), Brightness()), folder / "models", local_pool(1)) as desk:
        config = {"brightness": {"slow_s": 0.03}}
        print(desk.ask(desk.add(video), ["ticks", "brightness"], config).job_id, flush=True)
        threading.Event().wait()
if __name__ == "__main__":
    main()
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a process cannot be killed there without its children")
def test_that_after_a_kill_finished_units_and_pipelines_are_not_run_again(
    tmp_path: Path, video_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), str(video_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        job_id = process.stdout.readline().strip()
        work_dir = tmp_path / "library" / "jobs" / job_id
        ticks = tmp_path / "library" / "annotations" / job_id / "results" / "ticks"
        assert eventually(lambda: len(list(work_dir.glob("frames/looks/*/*.npz"))) >= 2 and ticks.is_dir())
        process.send_signal(signal.SIGKILL)
    done = len(list(work_dir.glob("frames/looks/*/*.npz")))
    assert done < 5
    shown = Shown()
    monkeypatch.setattr(shared_pass, "UNIT_TARGET_S", 0.4)
    known = made_registry(Ticks(shown=shown), Brightness(shown=shown))
    with working(tmp_path / "library", known, tmp_path / "models") as desk:
        job = desk.ended(job_id)
        assert job.state is JobState.SUCCEEDED
        assert desk.result(job_id, "brightness").annotation_count == 50
        assert shown.runs == ["brightness"]
        assert job.result["decoded"] == 50 - 12 * done
