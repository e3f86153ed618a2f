"""Each output in the library that its users load it with."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core.annotate.formats.write import write
from core.annotate.types import Document, Mark, Tier, TierKind


def test_that_coco_loads_in_pycocotools(document: Document, tmp_path: Path) -> None:
    coco_module = pytest.importorskip("pycocotools.coco")
    (path,) = write(document, "coco", tmp_path / "a.json")
    with redirect_stdout(io.StringIO()):
        coco = coco_module.COCO(str(path))
    assert len(coco.getAnnIds()) == 6
    assert [image["t_s"] for image in coco.loadImgs(coco.getImgIds())] == [0.0, 0.04, 0.081, 0.12, 0.16]
    assert {one["name"] for one in coco.loadCats(coco.getCatIds())} == {"face", "profile"}
    (first, *_) = coco.loadAnns(coco.getAnnIds(imgIds=[0]))
    assert first["bbox"] == pytest.approx([64, 72, 128, 72], abs=0.01)
    assert first["keypoints"] == pytest.approx([128, 108, 2, 160, 108, 1], abs=0.01)
    assert (first["track_id"], first["track_name"], first["attributes"]["emotion"]) == (0, "Ann", "happy")
    assert coco.dataset["info"]["provenance"][0]["models"][0]["model"] == "yunet"


def test_that_coco_results_are_scored_by_pycocotools_as_perfect_against_themselves(
    document: Document, tmp_path: Path
) -> None:
    coco_module, evaluation = pytest.importorskip("pycocotools.coco"), pytest.importorskip("pycocotools.cocoeval")
    (path,) = write(document, "coco", tmp_path / "a.json")
    with redirect_stdout(io.StringIO()):
        coco = coco_module.COCO(str(path))
        found = coco.loadRes(json.loads(path.read_text())["annotations"])
        judge = evaluation.COCOeval(coco, found, "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    assert judge.stats[0] == pytest.approx(1.0)


def test_that_rttm_loads_in_pyannote(document: Document, tmp_path: Path) -> None:
    util = pytest.importorskip("pyannote.database.util")
    (path,) = write(document, "rttm", tmp_path / "a.rttm")
    annotation = util.load_rttm(str(path))["film_one"]
    turns = [(segment.start, segment.end, label) for segment, _, label in annotation.itertracks(yield_label=True)]
    assert turns == [(0.5, 2.0, "SPEAKER_00"), (1.5, 3.25, "SPEAKER_01")]


def test_that_a_speaker_called_none_is_a_speaker_in_pyannote(
    with_tiers: Callable[..., Document], tmp_path: Path
) -> None:
    util = pytest.importorskip("pyannote.database.util")
    tier = Tier("speakers", TierKind.INTERVALS, (Mark(0, 1, "None"), Mark(1, 2, "NA"), Mark(2, 3, "Ann")))
    (path,) = write(with_tiers(tier), "rttm", tmp_path / "a.rttm")
    assert util.load_rttm(str(path))["film_one"].labels() == ["Ann", "NA_", "None_"]


def test_that_eaf_loads_in_pympi(document: Document, tmp_path: Path) -> None:
    from pympi.Elan import Eaf

    (path,) = write(document, "eaf", tmp_path / "a.eaf")
    eaf = Eaf(str(path))
    assert eaf.get_annotation_data_for_tier("utterances") == [
        (500, 2000, "Hello <b> & co"),
        (2000, 3250, "=cmd()|'!A1\nzwei „ä“"),
    ]
    assert [row[:3] for row in eaf.get_annotation_data_for_tier("words")] == [(500, 1000, "Hello"), (1000, 1500, "co")]
    assert eaf.get_parameters_for_tier("words")["PARENT_REF"] == "utterances"
    assert eaf.get_parameters_for_tier("utterances")["ANNOTATOR"] == "Kim"
    assert [values[0][0] for values, _ in eaf.get_cv_entries("words-1").values()] == ["a", "b"]
    assert json.loads(dict(eaf.get_properties())["rushes.provenance"])["pipeline"] == "face_analysis"
    assert eaf.get_linked_files()[0]["RELATIVE_MEDIA_URL"] == "./film%20one.mp4"
    times = [eaf.timeslots[f"ts{number}"] for number in range(1, len(eaf.timeslots) + 1)]
    assert times == sorted(times)


def test_that_a_textgrid_loads_in_praatio(document: Document, tmp_path: Path) -> None:
    from praatio import textgrid

    (path,) = write(document, "textgrid", tmp_path / "a.TextGrid")
    grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=True, reportingMode="error")
    assert grid.maxTimestamp == 20.0
    spoken = grid.getTier("utterances").entries
    assert [tuple(one) for one in spoken][:2] == [(0, 0.5, ""), (0.5, 2.0, "Hello <b> & co")]
    assert spoken[-1].end == 20.0
    assert all(before.end == after.start for before, after in pairwise(spoken))
    # praatio leaves the quotes of points doubled, as the file has them
    claps = [(time, label.replace('""', '"')) for time, label in grid.getTier("claps").entries]
    assert claps == [(1.0, "clap"), (4.0, 'clap "two"')]


def test_that_a_textgrid_loads_in_pympi_too(document: Document, tmp_path: Path) -> None:
    from pympi.Praat import TextGrid

    (path,) = write(document, "textgrid", tmp_path / "a.TextGrid")
    grid = TextGrid(str(path), codec="utf-8")
    assert [tier.name for tier in grid.get_tiers()][:2] == ["utterances", "words"]


@pytest.mark.parametrize(("name", "suffix"), [("srt", ".srt"), ("webvtt", ".vtt")])
def test_that_subtitles_load_in_pysubs2(document: Document, tmp_path: Path, name: str, suffix: str) -> None:
    import pysubs2

    (path,) = write(document, name, tmp_path / f"a{suffix}")
    subtitles = pysubs2.load(str(path))
    assert [(one.start, one.end) for one in subtitles] == [(500, 2000), (2000, 3250)]
    assert "zwei „ä“" in subtitles[1].plaintext


def test_that_pysubs2_takes_nothing_of_our_notes_and_names_for_a_cue(document: Document, tmp_path: Path) -> None:
    import pysubs2

    made = replace(document.provenance[0], started_at="2026-01-02T03:04:00.212+00:00", ended_at="03:04:05.101")
    (path,) = write(replace(document, provenance=(made,)), "webvtt", tmp_path / "a.vtt")
    assert [one.plaintext.count("\n") for one in pysubs2.load(str(path))] == [0, 1]


def test_that_webvtt_names_the_speaker_and_carries_its_provenance(document: Document, tmp_path: Path) -> None:
    (path,) = write(document, "webvtt", tmp_path / "a.vtt")
    text = path.read_text(encoding="utf-8")
    assert "<v Ann B>Hello &lt;b&gt; &amp; co" in text
    note = next(line for line in text.split("\n") if line.startswith("NOTE Rushes: "))
    assert "-->" not in note
    assert json.loads(note.removeprefix("NOTE Rushes: "))["config"]["arrow"] == "-->"


@pytest.mark.parametrize(("name", "separator"), [("csv", ","), ("tsv", "\t")])
def test_that_tables_load_in_pandas(document: Document, tmp_path: Path, name: str, separator: str) -> None:
    pandas = pytest.importorskip("pandas")
    (path,) = write(document, name, tmp_path / f"a.{name}")
    table = pandas.read_csv(path, sep=separator)
    assert len(table) == document.count
    faces = table[table.tier == "faces"]
    assert faces.x0.to_list() == pytest.approx([0.1] * 5 + [0.55])
    assert faces.yaw_deg.isna().to_list() == [False, True, False, False, False, False]
    assert table[table.tier == "utterances"].end_s.to_list() == [2.0, 3.25]


def test_that_no_cell_begins_as_a_formula(document: Document, tmp_path: Path) -> None:
    import csv

    for name in ("csv", "tsv", "datavyu_csv"):
        (path,) = write(document, name, tmp_path / "a.txt")
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file, delimiter="\t" if name == "tsv" else ",") for cell in row]
        numbers = {"-1", "-5.0"}
        assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r") and cell not in numbers]


def test_that_parquet_loads_in_pyarrow_and_pandas(document: Document, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    (path,) = write(document, "parquet", tmp_path / "a.parquet")
    table = pq.read_table(path)
    assert table.num_rows == document.count
    about = json.loads(table.schema.metadata[b"rushes"])
    assert about["provenance"][0]["config"]["threshold"] == 0.5
    assert about["tiers"][0] == {
        "name": "utterances", "kind": "intervals", "unit": "", "coder": "Kim", "vocabulary": ["a", "b"], "parent": "",
    }  # fmt: skip
    assert str(table.schema.field("frame").type) == "int64"
    assert str(table.schema.field("emotion").type) == "string"
    pandas = pytest.importorskip("pandas")
    values = pandas.read_parquet(path).query("tier == 'voice'").value.to_numpy()
    assert np.allclose(values, [0.1, np.nan, 0.3], equal_nan=True)


def test_that_a_boris_project_has_what_boris_checks_when_it_opens_one(document: Document, tmp_path: Path) -> None:
    (path,) = write(document, "boris", tmp_path / "a.boris")
    project = json.loads(path.read_text(encoding="utf-8"))
    assert project["project_format_version"] == "7.0"
    codes = {one["code"]: one["type"] for one in project["behaviors_conf"].values()}
    subjects = {one["name"] for one in project["subjects_conf"].values()}
    (observation,) = project["observations"].values()
    assert observation["type"] == "MEDIA"
    assert observation["file"]["1"] == ["/videos/film one.mp4"]
    assert observation["media_info"]["length"] == {"/videos/film one.mp4": 20.0}
    open_states: dict[tuple[str, str], int] = {}
    for event in observation["events"]:
        t_s, subject, code, modifier, _, frame = event
        assert (subject in subjects, code in codes, modifier, frame) == (True, True, "", "NA")
        assert 0 <= t_s <= 20
        if codes[code] == "State event":
            open_states[subject, code] = open_states.get((subject, code), 0) + 1
    assert all(count % 2 == 0 for count in open_states.values())
    assert [event[0] for event in observation["events"]] == sorted(event[0] for event in observation["events"])


def test_that_datavyus_table_has_the_columns_that_datavyur_looks_for(document: Document, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    (path,) = write(document, "datavyu_csv", tmp_path / "a.datavyu.csv")
    table = pandas.read_csv(path)
    assert list(table.columns)[:6] == ["file", "column", "ordinal", "onset", "offset", "code01"]
    assert table[table.column == "utterances"].onset.to_list() == [500, 2000]
