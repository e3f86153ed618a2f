"""Measures: worked examples, and sums that must hold whatever was marked."""

import csv
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.annotate.measures.columns import COLUMNS
from core.annotate.measures.measuring import measure
from core.annotate.measures.sightings import sightings
from core.annotate.measures.tables import write_table
from core.annotate.measures.turns import answers_of, turns_of
from core.annotate.measures.types import MeasureOptions, Table
from core.annotate.types import Boxes, Document, Mark, MediaFacts, Series, Tier, TierKind
from core.errors import InvalidRequest, StorageUnwritable


def _document(*tiers: Tier, duration_s: float = 60.0) -> Document:
    return Document(MediaFacts("a.mp4", "/a.mp4", duration_s, 640, 360, 25.0), tiers)


def _intervals(name: str, *marks: tuple[float, float, str], vocabulary: tuple[str, ...] = ()) -> Tier:
    return Tier(name, TierKind.INTERVALS, marks=tuple(Mark(*mark) for mark in marks), vocabulary=vocabulary)


def _rows(table: Table, kind: str) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    return [row for row in rows if row["kind"] == kind]


def _boxes(tracks: dict[int, list[float]], names: dict[int, str] | None = None) -> Boxes:
    rows = sorted((at, track) for track, times in tracks.items() for at in times)
    count = len(rows)
    return Boxes(
        frame=np.arange(count),
        t_s=np.array([at for at, _ in rows], np.float64),
        bbox=np.zeros((count, 4), np.float32),
        score=np.ones(count, np.float32),
        track=np.array([track for _, track in rows], np.int64),
        category=np.zeros(count, np.int64),
        categories=("face",),
        track_names=names or {},
    )


def test_that_talk_turns_latency_overlap_and_silence_are_those_of_a_worked_example() -> None:
    tier = _intervals(
        "speakers",
        (0.0, 4.0, "Ann"),
        (4.3, 6.0, "Ann"),  # a pause of her own: one turn
        (6.5, 10.0, "Bea"),  # answers after 0.5 s
        (8.0, 8.5, "Ann"),  # "mhm": takes no floor
        (9.0, 14.0, "Ann"),  # answers 1 s before the end
        (40.0, 42.0, "Bea"),  # 26 s later: no answer
    )
    table = measure({"v": _document(tier)})
    ann, bea = _rows(table, "talk")
    assert (ann["subject"], ann["total_s"], ann["count"], ann["turns"]) == ("Ann", 11.2, 4, 3)
    assert (ann["answers"], ann["latency_s"], ann["overlap_s"]) == (1, -1.0, 1.5)
    assert ann["mean_turn_s"] == pytest.approx((6.0 + 0.5 + 5.0) / 3)
    assert ann["share_of_tier"] == pytest.approx(11.2 / 16.7, abs=1e-6)
    assert (bea["subject"], bea["total_s"], bea["turns"], bea["latency_s"]) == ("Bea", 5.5, 2, 0.5)
    assert (bea["first_s"], bea["last_s"]) == (6.5, 42.0)
    (both,) = _rows(table, "conversation")
    assert (both["total_s"], both["overlap_s"], both["silence_s"]) == (15.2, 1.5, 44.8)
    assert (both["turns"], both["answers"], both["latency_s"]) == (5, 2, -0.25)


def test_that_options_say_what_a_pause_and_an_answer_are() -> None:
    tier = _intervals("speakers", (0, 2, "Ann"), (2.4, 4, "Ann"), (7, 9, "Bea"))
    (ann, _) = _rows(measure({"v": _document(tier)}, MeasureOptions(pause_s=0.3)), "talk")
    assert ann["turns"] == 2
    (both,) = _rows(measure({"v": _document(tier)}, MeasureOptions(latency_s=2.0)), "conversation")
    assert (both["answers"], both["latency_s"]) == (0, None)


def test_that_a_pause_in_which_another_speaks_ends_the_turn() -> None:
    talk = {"Ann": ((0.0, 1.0), (1.4, 2.0)), "Bea": ((1.1, 1.3),)}
    assert [turn.speaker for turn in turns_of(talk, pause_s=0.5)] == ["Ann", "Bea", "Ann"]
    offsets = [answer.offset_s for answer in answers_of(turns_of(talk, pause_s=0.5), latency_s=10.0)]
    assert offsets == pytest.approx([0.1, 0.1])


def test_that_speakers_on_a_tier_each_are_one_conversation_and_utterances_know_theirs() -> None:
    apart = _document(_intervals("speakers: Ann", (0, 2, "Ann")), _intervals("speakers: Bea", (3, 4, "Bea")))
    assert [row["subject"] for row in _rows(measure({"v": apart}), "talk")] == ["Ann", "Bea"]
    (both,) = _rows(measure({"v": apart}), "conversation")
    assert (both["tier"], both["answers"], both["latency_s"]) == ("speakers", 1, 1.0)
    marks = (Mark(0, 2, "hello", attributes={"speaker": "Ann"}), Mark(3, 4, "hi", attributes={"speaker": "Bea"}))
    said = _document(Tier("utterances", TierKind.INTERVALS, marks=marks))
    assert [row["subject"] for row in _rows(measure({"v": said}), "talk")] == ["Ann", "Bea"]
    named = _document(_intervals("Mother", (0, 2, "a")), _intervals("talk", (3, 4, "b")))
    table = measure({"v": named}, MeasureOptions(talk=("Mother",)))
    assert [(row["tier"], row["subject"]) for row in _rows(table, "talk")] == [("Mother", "a")]
    assert [row["tier"] for row in _rows(table, "label")] == ["talk"]


def test_that_labels_have_durations_counts_and_rates_also_when_nobody_used_them() -> None:
    tier = _intervals("gaze", (0, 6, "left"), (6, 9, "left"), (20, 23, "right"), vocabulary=("right", "left", "away"))
    right, left, away = _rows(measure({"v": _document(tier, duration_s=120.0)}), "label")
    assert [row["subject"] for row in (right, left, away)] == ["right", "left", "away"]
    assert (left["count"], left["total_s"], left["mean_s"], left["rate_per_min"]) == (2, 9.0, 4.5, 1.0)
    assert (left["share_of_video"], left["share_of_tier"], left["last_s"]) == (0.075, 0.75, 9.0)
    assert (away["count"], away["total_s"], away["mean_s"], away["first_s"]) == (0, 0.0, None, None)


def test_that_points_are_counted() -> None:
    marks = (*(Mark(at, at, "bite") for at in (3.0, 9.0, 12.0)), Mark(4.0, 4.0, "sip"))
    bite, sip = _rows(measure({"v": _document(Tier("meal", TierKind.POINTS, marks=marks))}), "label")
    assert (bite["count"], bite["rate_per_min"], bite["share_of_tier"], bite["total_s"]) == (3, 3.0, 0.75, None)
    assert (bite["first_s"], bite["last_s"], sip["first_s"]) == (3.0, 12.0, 4.0)


def test_that_texts_are_measured_as_a_whole_and_what_lies_outside_the_video_is_not() -> None:
    texts = _intervals("subtitles", *((at * 0.5, at * 0.5 + 0.25, f"text {at}") for at in range(200)))
    table = measure({"v": _document(texts, Tier("m", TierKind.SERIES, series=Series(np.zeros(1), np.zeros(1, "f4"))))})
    (row,) = _rows(table, "tier")
    assert len(table) == 1
    assert (row["subject"], row["count"], row["total_s"]) == (None, 120, 30.0)


def test_that_time_on_screen_joins_tracks_of_a_name_and_counts_who_is_together() -> None:
    ann = [at * 0.2 for at in range(10)] + [10.0 + at * 0.2 for at in range(5)]
    boxes = _boxes({1: ann[:10], 2: ann[10:], 3: [1.0 + at * 0.2 for at in range(10)]}, {1: "Ann", 2: "Ann"})
    table = measure({"v": _document(Tier("faces", TierKind.BOXES, boxes=boxes))})
    first, second = _rows(table, "on screen")
    assert (first["subject"], first["total_s"], first["count"]) == ("Ann", 3.0, 2)
    assert (first["first_s"], first["last_s"], first["share_of_video"]) == (0.0, 11.0, 0.05)
    assert (second["subject"], second["total_s"]) == ("track 3", 2.0)
    (pair,) = _rows(table, "together")
    assert (pair["subject"], pair["other"], pair["total_s"]) == ("Ann", "track 3", 1.0)
    assert pair["share_of_tier"] == 0.25


def test_that_a_gap_in_sight_is_closed_and_boxes_without_a_track_go_by_their_category() -> None:
    boxes = _boxes({-1: [0.0, 0.2, 0.4, 1.0, 1.2, 5.0]})
    assert sightings(boxes, 0.5) == {"face": ((0.0, pytest.approx(1.4)), (5.0, pytest.approx(5.2)))}
    assert len(sightings(boxes, 0.0)["face"]) == 3
    assert sightings(_boxes({}), 0.5) == {}


def test_that_sums_hold_for_random_talk() -> None:
    chance = random.Random(7)
    for _ in range(40):
        marks = [
            (start_s, start_s + chance.uniform(0.1, 5), chance.choice("ABC"))
            for start_s in (chance.uniform(0, 58) for _ in range(chance.randint(1, 25)))
        ]
        table = measure({"v": _document(_intervals("speakers", *marks))})
        talk, (both,) = _rows(table, "talk"), _rows(table, "conversation")
        grid = (np.arange(60_000) + 0.5) / 1000
        active = {
            name: np.any([(start <= grid) & (grid < end) for start, end, label in marks if label == name], axis=0)
            for name in {mark[2] for mark in marks}
        }
        crowd = np.sum(list(active.values()), axis=0)
        for row in talk:
            own = active[row["subject"]]
            assert row["total_s"] == pytest.approx(own.sum() / 1000, abs=0.05)
            assert row["overlap_s"] == pytest.approx((own & (crowd > 1)).sum() / 1000, abs=0.05)
        assert both["overlap_s"] == pytest.approx((crowd > 1).sum() / 1000, abs=0.05)
        assert both["total_s"] + both["silence_s"] == pytest.approx(60.0)
        assert sum(row["turns"] for row in talk) == both["turns"]
        assert sum(row["share_of_tier"] for row in talk) == pytest.approx(1.0, abs=1e-5)
        assert both["answers"] < both["turns"]


def test_that_tables_of_many_videos_are_read_by_those_who_use_them(tmp_path: Path) -> None:
    documents = {
        "=1+2": _document(_intervals("gaze", (0, 6, "-left"), (20, 23, "riğht\t"))),
        "b": _document(_intervals("speakers", (0, 6, "Ann"), (5.5, 9, "Bea"))),
    }
    table = measure(documents)
    assert {row[0] for row in table.rows} == {"=1+2", "b"}
    paths = {name: write_table(table, tmp_path / f"table.{name}", name) for name in ("csv", "tsv", "parquet", "json")}
    frames = {
        "csv": pd.read_csv(paths["csv"], keep_default_na=False),
        "tsv": pd.read_csv(paths["tsv"], sep="\t", keep_default_na=False),
        "parquet": pd.read_parquet(paths["parquet"]),
    }
    names = [column.name for column in COLUMNS]
    for frame in frames.values():
        assert list(frame.columns) == names
        assert len(frame) == len(table)
    assert frames["parquet"]["latency_s"].dropna().tolist() == [-0.5, -0.5]
    assert frames["parquet"]["subject"].tolist()[:2] == ["-left", "riğht\t"]
    with paths["csv"].open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    assert (first["video"], first["subject"], first["total_s"]) == ("'=1+2", "'-left", "6.0")
    plain = json.loads(paths["json"].read_text(encoding="utf-8"))
    assert [column["name"] for column in plain["columns"]] == names
    assert plain["rows"][0]["total_s"] == 6.0


def test_that_tables_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    table = measure({})
    with pytest.raises(InvalidRequest, match="no format"):
        write_table(table, tmp_path / "x.xlsx", "xlsx")
    with pytest.raises(InvalidRequest, match="is a folder"):
        write_table(table, tmp_path, "csv")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageUnwritable):
        write_table(table, tmp_path / "file" / "x.csv", "csv")
    write_table(table, tmp_path / "empty.csv", "csv")
    assert (tmp_path / "empty.csv").read_text().startswith("video,tier,coder,kind,")
