"""An analysed episode in other programs' formats."""

import csv
import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.errors import InvalidRequest, NotFound, RushesError, StorageFull, StorageUnwritable
from core.export import FORMATS, write, write_export
from core.identities import naming
from core.jobs.executors import UnitPool
from core.library.library import Library
from core.review.boxes import track_boxes
from core.review.read import load_review
from models.store import ModelStore
from tests.analysis.films import CUTS_S
from tests.analysis.running import again


def exported(library: Library, format_name: str, folder: Path) -> bytes:
    target = folder / f"out.{format_name}"
    assert write_export(library, "film", format_name, target) == target
    return target.read_bytes()


def test_that_the_json_has_the_promised_shape(reviewed: Library, tmp_path: Path) -> None:
    naming.rename(reviewed, "film", "identity-00001", "Eileen “Moe” Collins")
    document = orjson.loads(exported(reviewed, "json", tmp_path))
    assert list(document) == ["schema_version", "episode", "shots", "tracks", "identities", "metrics"]
    assert document["schema_version"] == 1
    assert {"ep_id", "title"} <= set(document["episode"])
    assert [shot["start_s"] for shot in document["shots"]] == [0.0, *CUTS_S]
    assert all(set(shot) >= {"start_s", "end_s"} for shot in document["shots"])
    review = load_review(reviewed, "film")
    for track, row in zip(document["tracks"], review.tracks, strict=True):
        assert set(track) >= {"track_id", "identity_id", "start_s", "end_s", "boxes"}
        assert (track["track_id"], track["identity_id"]) == (row.track_id, row.identity_id)
        for box in track["boxes"]:
            assert 0 <= min(box["bbox"]) <= max(box["bbox"]) <= 1
            assert track["start_s"] <= box["t_s"] < track["end_s"]
            assert box["bbox"][0] < box["bbox"][2]
    for one, person in zip(document["identities"], review.identities, strict=True):
        assert set(one) >= {"identity_id", "name", "track_ids", "screen_time_s"}
        assert one["track_ids"] == list(person.track_ids)
        assert one["screen_time_s"] == pytest.approx(person.screen_time_s)
    assert document["identities"][0]["name"] == "Eileen “Moe” Collins"
    assert document["metrics"]["metrics"]["total_tracks"] == len(review.tracks)


def test_that_every_identity_of_a_track_is_an_identity_of_the_export(
    reviewed: Library, tmp_path: Path, default_models: ModelStore, inline: UnitPool
) -> None:
    again(reviewed, default_models, inline, "film", job_type="detect_track", stride=3)
    document = orjson.loads(exported(reviewed, "json", tmp_path))
    assert {track["identity_id"] for track in document["tracks"]} == {None}
    assert document["identities"] == []
    assert document["metrics"]["metrics"]["total_tracks"] == len(document["tracks"])


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_that_the_csv_has_a_line_for_every_box(reviewed: Library, tmp_path: Path) -> None:
    found = csv_rows(exported(reviewed, "csv", tmp_path))
    document = orjson.loads(exported(reviewed, "json", tmp_path))
    assert len(found) == sum(len(track["boxes"]) for track in document["tracks"])
    assert {row["track_id"] for row in found} == {track["track_id"] for track in document["tracks"]}
    assert {row["name"] for row in found} == {one["label"] for one in document["identities"]}
    for row in found:
        assert 0 <= float(row["x0"]) < float(row["x1"]) <= 1
        assert 0 <= float(row["score"]) <= 1
        assert row["interpolated"] in {"0", "1"}
    assert exported(reviewed, "csv", tmp_path).count(b"\r\n") == len(found) + 1


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", 'a "quoted", name'])
def test_that_no_name_becomes_a_formula_of_a_spreadsheet(name: str, reviewed: Library, tmp_path: Path) -> None:
    naming.rename(reviewed, "film", "identity-00001", name)
    cells = {
        row["name"] for row in csv_rows(exported(reviewed, "csv", tmp_path)) if row["identity_id"] == "identity-00001"
    }
    assert cells == {name if name.startswith("a") else f"'{name}"}
    assert orjson.loads(exported(reviewed, "json", tmp_path))["identities"][0]["name"] == name


def test_that_the_jsonl_has_a_header_and_an_object_a_line(reviewed: Library, tmp_path: Path) -> None:
    header, *lines = [orjson.loads(line) for line in exported(reviewed, "jsonl", tmp_path).splitlines()]
    assert header["schema_version"] == 1
    assert all(list(line) == header["columns"] for line in lines)
    assert len(lines) == len(csv_rows(exported(reviewed, "csv", tmp_path)))
    assert all(0 <= line["score"] <= 1 for line in lines)


def test_that_the_coco_file_hangs_together(reviewed: Library, tmp_path: Path) -> None:
    coco = orjson.loads(exported(reviewed, "coco", tmp_path))
    assert {"info", "licenses", "images", "annotations", "categories"} <= set(coco)
    images = {image["id"]: image for image in coco["images"]}
    assert len(images) == len(coco["images"])
    assert len({image["file_name"] for image in coco["images"]}) == len(images)
    categories = {category["id"] for category in coco["categories"]}
    ids = [one["id"] for one in coco["annotations"]]
    assert ids == list(range(1, len(ids) + 1)), "pycocotools takes an annotation 0 for none"
    assert {one["image_id"] for one in coco["annotations"]} == set(images)
    for one in coco["annotations"]:
        image = images[one["image_id"]]
        x, y, width, height = one["bbox"]
        assert one["category_id"] in categories
        assert 0 <= x < x + width <= image["width"] + 0.02
        assert 0 <= y < y + height <= image["height"] + 0.02
        assert one["area"] == pytest.approx(width * height, abs=2)
        assert 0 <= one["score"] <= 1
        assert one["iscrowd"] == 0


@pytest.mark.parametrize("format_name", sorted(FORMATS))
def test_that_filled_in_boxes_have_a_score_like_others(format_name: str, reviewed: Library, tmp_path: Path) -> None:
    fill_in_a_box(reviewed)
    content = exported(reviewed, format_name, tmp_path)
    assert b"-0." not in content
    assert (b"interpolated" in content) is True


def fill_in_a_box(library: Library) -> None:
    """Mark the second box of the first track as not detected."""
    from core.library.boxes import pack_boxes, unpack_boxes

    run = library.runs.current("film", "detect_track")
    assert run is not None
    where = (run.run_id, "track-00001")
    [blob] = (
        library.store.read().execute("SELECT boxes FROM tracks WHERE run_id = ? AND track_id = ?", where).fetchone()
    )
    frames, t_s, bbox, score = unpack_boxes(blob)
    score = score.copy()
    score[1] = -score[1]
    packed = pack_boxes(frames, t_s, bbox, score)
    library.store.write(
        lambda connection: connection.execute(
            "UPDATE tracks SET boxes = ? WHERE run_id = ? AND track_id = ?", (packed, *where)
        )
    )


# ---------------------------------------------------------------------------------------------------- refusals


def refused(kind: type[RushesError], library: Library, *arguments: Any) -> RushesError:
    with pytest.raises(kind) as caught:
        write_export(library, *arguments)
    assert caught.value.action
    return caught.value


def test_that_an_unknown_format_is_answered_with_those_that_there_are(reviewed: Library, tmp_path: Path) -> None:
    error = refused(InvalidRequest, reviewed, "film", "xlsx", tmp_path / "out.xlsx")
    assert "xlsx" in error.message
    assert "jsonl" in error.action
    assert not (tmp_path / "out.xlsx").exists()


def test_that_a_folder_is_no_target(reviewed: Library, tmp_path: Path) -> None:
    assert str(tmp_path) in refused(InvalidRequest, reviewed, "film", "json", tmp_path).message


def test_that_a_missing_folder_is_named(reviewed: Library, tmp_path: Path) -> None:
    error = refused(StorageUnwritable, reviewed, "film", "json", tmp_path / "nowhere" / "out.json")
    assert "nowhere" in error.message
    assert not (tmp_path / "nowhere").exists()


def test_that_an_unknown_episode_is_named(reviewed: Library, tmp_path: Path) -> None:
    assert "nobody" in refused(NotFound, reviewed, "nobody", "json", tmp_path / "out.json").message


def test_that_an_episode_never_analysed_says_what_to_run(library: Library, film: Path, tmp_path: Path) -> None:
    library.episodes.add(film)
    error = refused(InvalidRequest, library, "film", "json", tmp_path / "out.json")
    assert "film" in error.message
    assert "analyse" in error.action
    assert list(tmp_path.glob("out*")) == []


@pytest.mark.parametrize(("code", "kind"), [(errno.EACCES, StorageUnwritable), (errno.EROFS, StorageUnwritable)])
def test_that_a_folder_that_cannot_be_written_is_named(
    code: int, kind: type[RushesError], reviewed: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(write.tempfile, "NamedTemporaryFile", refuse)
    assert "out.json" in refused(kind, reviewed, "film", "json", tmp_path / "out.json").message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_that_a_folder_without_permission_is_named(reviewed: Library, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    assert "locked" in refused(StorageUnwritable, reviewed, "film", "json", folder / "out.json").message


@pytest.mark.parametrize("format_name", sorted(FORMATS))
def test_that_an_existing_file_is_replaced_only_by_a_whole_new_one(
    format_name: str, reviewed: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    target.write_text("what was there", encoding="utf-8")

    def half(source: Any, file: Any) -> None:
        file.write(b"the first half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setitem(FORMATS, format_name, half)
        assert str(target) in refused(StorageFull, reviewed, "film", format_name, target).message
    assert target.read_text(encoding="utf-8") == "what was there"
    assert list(tmp_path.glob(".out*")) == []
    write_export(reviewed, "film", format_name, target)
    assert target.read_bytes() != b"what was there"


def test_that_an_error_in_the_middle_of_a_stream_leaves_nothing(
    reviewed: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lines(_source: Any) -> Iterator[bytes]:
        yield b"first\n"
        raise ValueError("a defect")

    monkeypatch.setattr(write, "csv_lines", lines)
    with pytest.raises(ValueError, match="a defect"):
        write_export(reviewed, "film", "csv", tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_that_the_same_state_gives_the_same_bytes(reviewed: Library, tmp_path: Path) -> None:
    for format_name in FORMATS:
        assert exported(reviewed, format_name, tmp_path) == exported(reviewed, format_name, tmp_path)


# ---------------------------------------------------------------------------------------------- after moderation


@pytest.mark.parametrize("format_name", sorted(FORMATS))
def test_that_tracks_that_a_person_took_out_are_in_no_export(
    format_name: str, reviewed: Library, tmp_path: Path
) -> None:
    first, second = (row.track_id for row in load_review(reviewed, "film").tracks[:2])
    boxes = next(track_boxes(reviewed, "film", [second]))
    reviewed.moderation.delete_tracks("film", [first])
    reviewed.moderation.split_track("film", second, int(boxes.frames[len(boxes.frames) // 2]))
    content = exported(reviewed, format_name, tmp_path).decode()
    live = {row.track_id for row in load_review(reviewed, "film").tracks}
    assert first not in content
    assert second not in content
    assert live
    assert all(track_id in content for track_id in live), "the parts are there"
    reviewed.moderation.undo("film")
    content = exported(reviewed, format_name, tmp_path).decode()
    assert second in content
    assert not any(
        track_id in content for track_id in live - {row.track_id for row in load_review(reviewed, "film").tracks}
    )


def test_that_only_living_identities_are_exported(reviewed: Library, tmp_path: Path) -> None:
    kept, gone = (one.identity_id for one in load_review(reviewed, "film").identities[:2])
    reviewed.moderation.merge("film", [gone], kept)
    document = orjson.loads(exported(reviewed, "json", tmp_path))
    identities = {one["identity_id"] for one in document["identities"]}
    assert kept in identities
    assert gone not in identities
    assert gone not in {track["identity_id"] for track in document["tracks"]}
