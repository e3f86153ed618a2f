"""Screen time as files, read back by those who will read them."""

import csv
import io
from pathlib import Path
from typing import Any

import opentimelineio as otio
import orjson
import pytest

from core.errors import InvalidRequest, StorageUnwritable
from core.library.library import Library
from core.screen_time import export
from core.screen_time.export import FORMATS, write_screen_time
from tests.screen_time.film import EP_ID, UNSTEADY, make_film

ANNA, BORIS = "identity-00001", "identity-00002"
SPANS: Any = {
    "track-00001": (ANNA, [(1.0, 3.0), (5.0, 6.0)]),
    "track-00002": (BORIS, [(2.0, 4.0)]),
    "track-00003": (None, [(8.0, 9.0)]),
}


def written(library: Library, format_name: str, folder: Path, **params: float) -> bytes:
    path = folder / f"out.{format_name}"
    assert write_screen_time(library, EP_ID, format_name, path, **params)[0] == path
    return path.read_bytes()


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_that_the_csv_has_a_row_for_each_interval_and_a_file_of_totals(library: Library, tmp_path: Path) -> None:
    make_film(library, SPANS)
    library.moderation.rename(EP_ID, ANNA, "山田 “Yama” 太郎")
    content = written(library, "csv", tmp_path)
    assert content.startswith(b"\xef\xbb\xbf"), "Excel takes a file without its mark for Latin"
    found = rows(content)
    assert [(row["person"], row["start"], row["length_s"]) for row in found] == [
        ("山田 “Yama” 太郎", "0:00:01.000", "2.000"),
        ("Person 2", "0:00:02.000", "2.000"),
        ("山田 “Yama” 太郎", "0:00:05.000", "1.000"),
        ("", "0:00:08.000", "1.000"),
    ]
    totals = rows((tmp_path / "out-totals.csv").read_bytes())
    assert [(row["person"], row["total_s"], row["share"]) for row in totals] == [
        ("山田 “Yama” 太郎", "3.000", "0.15000"),
        ("Person 2", "2.000", "0.10000"),
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_that_no_name_becomes_a_formula(library: Library, tmp_path: Path, name: str) -> None:
    make_film(library, SPANS)
    library.moderation.rename(EP_ID, ANNA, name)
    assert rows(written(library, "csv", tmp_path))[0]["person"] == f"'{name}"
    assert rows((tmp_path / "out-totals.csv").read_bytes())[0]["person"] == f"'{name}"


def test_that_the_json_has_the_promised_shape(library: Library, tmp_path: Path) -> None:
    make_film(library, SPANS)
    document = orjson.loads(written(library, "json", tmp_path, gap_s=2.0))
    assert document["schema_version"] == 1
    assert [one["label"] for one in document["people"]] == ["Person 1", "Person 2"]
    assert document["people"][0]["intervals"] == [
        {
            "start_s": 1.0, "end_s": 6.0, "start_pts": 1000, "end_pts": 6000, "start_frame": 25, "end_frame": 150,
            "track_ids": ["track-00001"],
        }
    ]  # fmt: skip
    assert document["overlaps"] == [{"first": ANNA, "second": BORIS, "total_s": 2.0}]
    assert (document["unassigned_s"], document["gap_s"]) == (1.0, 2.0)


def test_that_the_timeline_opens_with_a_coloured_marker_for_each_interval(library: Library, tmp_path: Path) -> None:
    make_film(library, SPANS, title="Grüße")
    library.moderation.rename(EP_ID, BORIS, "नमस्ते")
    written(library, "otio", tmp_path)
    timeline = otio.adapters.read_from_file(str(tmp_path / "out.otio"))
    assert timeline.name == "Grüße"
    [clip] = timeline.find_clips()
    assert clip.media_reference.target_url.endswith("/nowhere/film.mp4")
    assert clip.available_range().duration.to_seconds() == 20.0
    found = [(one.name, one.marked_range.start_time.to_seconds(), one.marked_range.duration.to_seconds())
             for one in clip.markers]  # fmt: skip
    assert found == [("Person 1", 1.0, 2.0), ("नमस्ते", 2.0, 2.0), ("Person 1", 5.0, 1.0)]
    assert clip.markers[0].color == clip.markers[2].color != clip.markers[1].color
    assert clip.markers[0].metadata["rushes"]["start_pts"] == 1000


def test_that_moments_of_a_variable_rate_stay_exact_in_the_timeline(library: Library, tmp_path: Path) -> None:
    make_film(library, {"track-00001": (ANNA, [(0.18, 0.38)])}, pts=UNSTEADY, fps=16.7)
    written(library, "otio", tmp_path)
    [clip] = otio.adapters.read_from_file(str(tmp_path / "out.otio")).find_clips()
    assert clip.markers[0].marked_range.start_time.to_seconds() == pytest.approx(0.18, abs=1e-6)
    edl = written(library, "edl", tmp_path).decode()
    assert "VARIABLE RATE, ON AVERAGE 16.7" in edl


def test_that_the_edl_opens_with_a_locator_for_each_interval(library: Library, tmp_path: Path) -> None:
    make_film(library, SPANS)
    library.moderation.rename(EP_ID, ANNA, "Zoë O’Neil")
    content = written(library, "edl", tmp_path)
    assert b"25 FRAMES A SECOND" in content
    timeline = otio.adapters.read_from_file(str(tmp_path / "out.edl"), rate=25.0)
    [clip] = timeline.find_clips()
    assert clip.source_range.duration.to_seconds() == 20.0
    found = [(one.name, one.marked_range.start_time.to_seconds(), one.color) for one in clip.markers]
    assert found == [
        ("Zoë O’Neil (to 00:00:03:00)", 1.0, "CYAN"),
        ("Person 2 (to 00:00:04:00)", 2.0, "ORANGE"),
        ("Zoë O’Neil (to 00:00:06:00)", 5.0, "CYAN"),
    ]


def test_that_edl_times_count_from_the_first_picture(library: Library, tmp_path: Path) -> None:
    pts = range(5_200, 25_200, 40)
    make_film(library, {"track-00001": (ANNA, [(1.2, 2.2)])}, pts=pts, origin_pts=5_000, end_pts=25_200)
    assert "* LOC: 00:00:01:00" in written(library, "edl", tmp_path).decode()


def test_that_formats_and_targets_are_checked(library: Library, tmp_path: Path) -> None:
    make_film(library, SPANS)
    with pytest.raises(InvalidRequest, match="xlsx"):
        write_screen_time(library, EP_ID, "xlsx", tmp_path / "out.xlsx")
    for format_name in FORMATS:
        with pytest.raises(InvalidRequest, match="folder"):
            write_screen_time(library, EP_ID, format_name, tmp_path)
        with pytest.raises(StorageUnwritable, match="nowhere"):
            write_screen_time(library, EP_ID, format_name, tmp_path / "nowhere" / "out")


def test_that_a_file_is_replaced_only_by_a_whole_new_one(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_film(library, SPANS)
    target = tmp_path / "out.json"
    target.write_text("what was there")

    def fail(_source: object) -> bytes:
        raise ValueError("a defect")

    with monkeypatch.context() as patch:
        patch.setitem(export._MADE, "json", fail)
        with pytest.raises(ValueError, match="a defect"):
            write_screen_time(library, EP_ID, "json", target)
    assert target.read_text() == "what was there"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.json"]
