"""Annotations on the command line: pipelines over videos, conversions, agreement, measures, anonymised copies."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pympi
import pytest

from core.annotate.formats.write import write
from core.annotate.types import Document, Mark, MediaFacts, Tier, TierKind
from core.library.library import Library
from tests.analysis.films import shipped_picture
from tests.cli.conftest import Rushes
from tests.made_video import Segment, write_video

RED, BLUE = (200, 40, 40), (30, 60, 190)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Two shots of two seconds each; a square moves in the second one."""
    folder = tmp_path / "Ünï 你好"
    folder.mkdir()
    plan = [Segment(2.0, colour=RED), Segment(2.0, colour=BLUE, moving=True)]
    return write_video(folder / "two shots.mp4", segments=plan, fps=25, size=(160, 96))


@pytest.fixture
def faces_film(tmp_path: Path) -> Path:
    """A second of the group photo that insightface ships."""
    plan = [Segment(1.0, picture=shipped_picture("insightface", "data/images/t1.jpg"))]
    return write_video(tmp_path / "six people.mp4", segments=plan, fps=5, size=(640, 448))


@pytest.fixture
def coded(tmp_path: Path) -> tuple[Path, Path]:
    """The same talk, coded by two people: they differ in one of three turns."""
    first, second = tmp_path / "ann.rttm", tmp_path / "bea.rttm"
    turns = ((0.0, 4.0, "mother"), (4.0, 3.0, "child"), (7.0, 3.0, "mother"))
    lines = [f"SPEAKER talk 1 {start:.3f} {length:.3f} <NA> <NA> {name} <NA> <NA>" for start, length, name in turns]
    first.write_text("\n".join(lines) + "\n", encoding="utf-8")
    second.write_text("\n".join([*lines[:2], lines[2].replace("mother", "child")]) + "\n", encoding="utf-8")
    return first, second


def test_that_two_pipelines_write_their_files_into_a_folder_for_each_video(
    rushes: Callable, film: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"scene_detection": {"output_formats": ["eaf"]}}), encoding="utf-8")
    answer = rushes(
        "annotate", film, "--pipelines", "scene_detection,motion_energy", "--config", config,
        "--set", "motion_energy.smoothing_s=0", "-o", tmp_path / "out", "--json",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    [video] = answer.data["videos"]
    states = {name: one["state"] for name, one in video["pipelines"].items()}
    assert states == {"scene_detection": "succeeded", "motion_energy": "succeeded"}
    [eaf] = [Path(one) for one in video["pipelines"]["scene_detection"]["files"]]
    assert eaf == tmp_path / "out" / "two shots" / "scene_detection.eaf"
    shots = sorted(pympi.Elan.Eaf(str(eaf)).get_annotation_data_for_tier("shots"))
    assert [start for start, *_ in shots] == [0, 2000]
    assert all(Path(one).is_file() for one in video["pipelines"]["motion_energy"]["files"])


def test_that_every_fault_of_a_config_is_named_before_anything_runs(rushes: Any, film: Path) -> None:
    answer = rushes(
        "annotate", film, "--pipelines", "scene_detection,scenes,motion_energy",
        "--set", "scene_detection.threshold=-3", "--set", "motion_energy.smoothing_s=true", "--json",
    )  # fmt: skip
    assert answer.code == 3
    message = answer.data["error"]["message"]
    assert all(word in message for word in ("scenes", "threshold", "smoothing_s")), message
    assert not rushes.library.exists(), "nothing was made before the config was looked at"


def test_that_a_file_that_is_no_video_is_named_and_the_others_are_annotated(
    rushes: Callable, film: Path, tmp_path: Path
) -> None:
    text = tmp_path / "words.mp4"
    text.write_text("not a film", encoding="utf-8")
    answer = rushes("annotate", text, film, "--pipelines", "scene_detection", "--json")
    assert answer.code == 3
    assert [one["video"] for one in answer.data["videos"]] == [str(film)]
    assert [one["video"] for one in answer.data["errors"]] == [str(text)]


def test_that_pipelines_are_listed_with_their_parameters(rushes: Callable) -> None:
    listed = rushes("pipelines", "--json").data
    names = {one["name"] for one in listed["pipelines"]}
    assert {"scene_detection", "face_recognition", "person_tracking", "speech_recognition", "procedure_clips"} <= names
    assert listed["broken"] == []
    one = rushes("pipelines", "whisper_transcription", "--json").data
    assert one["name"] == "speech_recognition"
    assert {"default", "type", "description"} <= one["config_schema"]["output_formats"].keys()
    assert rushes("pipelines", "scenes", "--json").code == 3


def test_that_a_coded_file_becomes_one_of_another_format(
    rushes: Callable, coded: tuple[Path, Path], tmp_path: Path
) -> None:
    target = tmp_path / "ann.eaf"
    answer = rushes("convert", coded[0], "-o", target, "--json")
    assert answer.code == 0, answer.err
    [tier] = answer.data["tiers"]
    assert tier["count"] == 3
    back = rushes("convert", target, "-o", tmp_path / "ann.TextGrid", "--json")
    assert back.code == 0, back.err
    assert "mother" in (tmp_path / "ann.TextGrid").read_text(encoding="utf-8")


def test_that_a_bad_line_is_named_and_the_person_chooses_what_becomes_of_the_rest(
    rushes: Callable, coded: tuple[Path, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.rttm"
    broken.write_text(coded[0].read_text(encoding="utf-8") + "SPEAKER talk 1 nine 1 <NA> <NA> x <NA> <NA>\n")
    target = tmp_path / "broken.csv"
    refused = rushes("convert", broken, "-o", target, "--json")
    assert refused.code == 3
    assert "4" in refused.data["error"]["message"]
    assert not target.exists()
    skipped = rushes("convert", broken, "-o", target, "--on-fault", "skip", "--json")
    assert skipped.code == 0, skipped.err
    assert [one["line"] for one in skipped.data["left_out"]] == [4]
    assert "mother" in target.read_text(encoding="utf-8")


def test_that_two_coders_are_compared(rushes: Callable, coded: tuple[Path, Path]) -> None:
    same = rushes("agreement", coded[0], coded[0], "--json").data
    assert (same["kappa_by_time"], same["kappa_by_events"], same["der"]) == (1.0, 1.0, 0.0)
    other = rushes("agreement", *coded, "--json").data
    # observed 0.7; chance 0.7 x 0.4 + 0.3 x 0.6
    assert other["kappa_by_time"] == pytest.approx((0.7 - 0.46) / (1 - 0.46), abs=1e-4)
    assert other["events"] == 3


def test_that_measures_of_several_videos_are_one_table(
    rushes: Callable, coded: tuple[Path, Path], tmp_path: Path
) -> None:
    table = tmp_path / "talk.csv"
    answer = rushes("measures", *coded, "-o", table, "--talk", "speakers", "--json")
    assert answer.code == 0, answer.err
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(answer.data["rows"]) + 1
    assert any("ann.rttm" in line and "mother" in line for line in lines)


def test_that_measures_know_the_video_of_our_own_files_and_take_the_richest_of_a_folder(
    rushes: Callable, tmp_path: Path
) -> None:
    facts = MediaFacts("talk.mp4", "/videos/talk.mp4", 20.0, 640, 360, 25.0)
    folder = tmp_path / "talk"
    folder.mkdir()
    for name in ("gaze", "posture"):
        tier = Tier(name, TierKind.INTERVALS, (Mark(0.0, 5.0, "away"),))
        for suffix, written in ((".json", "json"), (".eaf", "eaf"), (".datavyu.csv", "datavyu_csv")):
            write(Document(facts, (tier,)), written, folder / f"{name}{suffix}")
    write(Document(facts, (Tier("other", TierKind.INTERVALS, (Mark(0.0, 1.0, "x"),)),)), "json", tmp_path / "more.json")
    data = rushes("measures", folder, tmp_path / "more.json", "--json").data
    names = [column["name"] for column in data["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in data["rows"]]
    assert [(row["video"], row["tier"], row["share_of_video"]) for row in rows] == [
        ("talk.mp4", "gaze", 0.25),
        ("talk.mp4", "posture", 0.25),
        ("talk.mp4", "other", 0.05),
    ]


def test_that_an_anonymised_copy_covers_the_faces(
    rushes: Callable, faces_film: Path, tmp_path: Path, default_models: object
) -> None:
    target = tmp_path / "nobody.mp4"
    answer = rushes("anonymise", faces_film, "-o", target, "--style", "pixelate", "--voice", "mute", "--json")
    assert answer.code == 0, answer.err
    assert answer.data["covered_frames"] == answer.data["frames"] > 0
    assert target.stat().st_size > 1000


@pytest.mark.parametrize("threshold", [27.0, 40.0])
def test_that_a_job_that_a_killed_command_left_goes_on_unless_something_else_is_asked_for(
    rushes: Rushes, film: Path, threshold: float
) -> None:
    with Library.open(rushes.library, create=True) as library:
        media = library.annotations.add_video(film, actor="command line")
        config = {"scene_detection": {"threshold": 27.0}}
        left = library.annotations.request(media.media_id, ["scene_detection"], config, requested_by="command line")
        other = library.annotations.request(media.media_id, ["motion_energy"], {}, requested_by="desktop")
    answer = rushes(
        "annotate", film, "--pipelines", "scene_detection", "--set", f"scene_detection.threshold={threshold}", "--json"
    )
    assert answer.code == 0, answer.err
    [video] = answer.data["videos"]
    assert (video["job_id"] == left.job_id) == (threshold == 27.0)
    with Library.open(rushes.library) as library:
        assert library.jobs.get(left.job_id).state == ("succeeded" if threshold == 27.0 else "canceled")
        assert library.jobs.get(other.job_id).state != "canceled"


def test_that_pipelines_that_fail_alike_are_told_in_one_sentence(rushes: Rushes, film: Path) -> None:
    answer = rushes("annotate", film, "--pipelines", "voice_activity,scene_detection,speaker_diarization", "--json")
    assert answer.code != 0
    assert answer.err.count("no audio track") == 1
    assert "voice_activity, speaker_diarization: " in answer.err
