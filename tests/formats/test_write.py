"""What cannot be held is named; nothing is half written; nothing heavy is loaded before it is needed."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.annotate.formats.catalogue import FORMATS
from core.annotate.formats.json_document import read_document, write_document
from core.annotate.formats.read import read
from core.annotate.formats.write import write, write_noted
from core.annotate.types import Boxes, Document, Mark, Series, Tier, TierKind
from core.errors import InvalidRequest, MediaMissing, StorageUnwritable

WithTiers = Callable[..., Document]
VOICE = Tier("voice", TierKind.SERIES, series=Series(np.array([0.0, 1.0]), np.array([0.5, 0.25], np.float32)))


def empty_boxes() -> Boxes:
    none = np.zeros(0, np.int64)
    floats = np.zeros(0, np.float32)
    return Boxes(none, np.zeros(0), np.zeros((0, 4), np.float32), floats, none, none, ("face",))


@pytest.mark.parametrize("name", FORMATS)
def test_that_every_tier_is_written_or_named(document: Document, tmp_path: Path, name: str) -> None:
    written = write_noted(document, name, tmp_path / "out")
    for tier in document.tiers:
        held = tier.kind in FORMATS[name].exports
        assert held or any(tier.name in note for note in written.notes)
    assert written.paths == (tmp_path / "out",)


def test_that_a_document_of_which_nothing_fits_is_refused_by_name(with_tiers: WithTiers, tmp_path: Path) -> None:
    for name in ("eaf", "textgrid", "boris", "rttm", "webvtt", "srt", "datavyu_csv", "coco"):
        with pytest.raises(InvalidRequest, match="voice"):
            write(with_tiers(VOICE), name, tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FORMATS)
def test_that_nothing_found_is_a_file_too(with_tiers: WithTiers, tmp_path: Path, name: str) -> None:
    nothing = with_tiers(Tier("faces", TierKind.BOXES, boxes=empty_boxes()), Tier("said", TierKind.INTERVALS))
    for document in (nothing, replace(nothing, tiers=())):
        (path,) = write(document, name, tmp_path / f"a{FORMATS[name].suffix}")
        assert path.is_file()


def test_that_only_the_chosen_tiers_are_written(document: Document, tmp_path: Path) -> None:
    (path,) = write(document, "eaf", tmp_path / "a.eaf", options={"tiers": ["claps"]})
    assert [tier.name for tier in read(path).tiers] == ["claps"]
    with pytest.raises(InvalidRequest, match="'clips'"):
        write(document, "eaf", tmp_path / "a.eaf", options={"tiers": ["clips"]})


def test_that_unknown_formats_and_folders_are_refused(document: Document, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no format 'docx'") as refused:
        write(document, "docx", tmp_path / "a.docx")
    assert "eaf" in refused.value.action
    with pytest.raises(InvalidRequest, match="is a folder"):
        write(document, "csv", tmp_path)


def test_that_the_old_file_stays_when_the_new_one_cannot_be_made(with_tiers: WithTiers, tmp_path: Path) -> None:
    path = tmp_path / "a.eaf"
    path.write_text("old")
    with pytest.raises(InvalidRequest):
        write(with_tiers(VOICE), "eaf", path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.eaf"]
    assert path.read_text() == "old"


def test_that_a_folder_that_is_a_file_is_named(document: Document, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnwritable, match="file"):
        write(document, "csv", tmp_path / "file" / "a.csv")


def test_that_coco_without_the_pictures_size_is_refused(document: Document, tmp_path: Path) -> None:
    blind = replace(document, media=replace(document.media, width_px=0))
    with pytest.raises(InvalidRequest, match="pixels"):
        write(blind, "coco", tmp_path / "a.json")


def test_that_overlapping_marks_of_many_labels_take_as_few_tiers_as_they_need(
    with_tiers: WithTiers, tmp_path: Path
) -> None:
    marks = tuple(Mark(at, at + 1.5, f"label {at}") for at in range(30))
    written = write_noted(with_tiers(Tier("t", TierKind.INTERVALS, marks)), "eaf", tmp_path / "a.eaf")
    tiers = read(written.paths[0]).tiers
    assert [tier.name for tier in tiers] == ["t", "t (2)"]
    assert sorted(mark.start_s for tier in tiers for mark in tier.marks) == list(range(30))
    assert any("written as 2 tiers" in note for note in written.notes)


def test_that_marks_without_length_or_label_are_told_of(with_tiers: WithTiers, tmp_path: Path) -> None:
    document = with_tiers(Tier("t", TierKind.INTERVALS, (Mark(1.0, 1.0, "short"), Mark(2.0, 3.0, ""))))
    formats = ("eaf", "textgrid", "webvtt", "rttm", "boris")
    notes = {name: " ".join(write_noted(document, name, tmp_path / "a").notes) for name in formats}
    assert "last a millisecond" in notes["eaf"]
    assert "without length are left out" in notes["textgrid"]
    assert "look like gaps" in notes["textgrid"]
    assert "2 marks without text or shorter" in notes["webvtt"]
    assert "shorter than a millisecond" in notes["rttm"]
    assert "name of their tier" in notes["boris"]


def test_that_labels_that_xml_cannot_hold_do_not_break_a_document(with_tiers: WithTiers, tmp_path: Path) -> None:
    tier = Tier("t\x01", TierKind.INTERVALS, (Mark(0, 1, "a\x00b\x1bc\ud800"),), coder="\x02")
    (path,) = write(with_tiers(tier), "eaf", tmp_path / "a.eaf")
    (back,) = read(path).tiers
    assert back.marks[0].label == "a\ufffdb\ufffdc\ufffd"


def test_that_a_media_name_that_is_not_utf8_is_no_obstacle(document: Document, tmp_path: Path) -> None:
    odd = replace(document, media=replace(document.media, file_name="a\udcff.mp4", path="/v/a\udcff.mp4"))
    for name in FORMATS:
        assert write(odd, name, tmp_path / "out")[0].stat().st_size > 0


def test_that_the_internal_document_is_read_as_it_was_written(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "document.json"
    write_document(path, document)
    back = read_document(path)
    assert (back.media, back.provenance) == (document.media, document.provenance)
    assert back.count == document.count
    write_document(tmp_path / "again.json", back)
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_that_a_missing_newer_or_damaged_document_is_named(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "document.json"
    with pytest.raises(MediaMissing, match=r"document\.json"):
        read_document(path)
    write_document(path, document)
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"schema_version":1', b'"schema_version":99'))
    with pytest.raises(InvalidRequest, match="schema version 99"):
        read_document(path)
    path.write_bytes(content.replace(b'"end_s":[2.0,3.25]', b'"end_s":[2.0,1e999]'))
    with pytest.raises(InvalidRequest, match="JSON"):
        read_document(path)
    path.write_bytes(content.replace(b'"end_s":[2.0,3.25]', b'"end_s":[2.0]'))
    with pytest.raises(InvalidRequest, match="differ in length"):
        read_document(path)


def test_that_the_formats_load_nothing_heavy_before_they_are_used() -> None:
    code = (
        "import sys; import core.annotate.formats.catalogue, core.annotate.formats.write, core.annotate.formats.read; "
        "print(sorted(set(sys.modules) & {'pympi', 'praatio', 'pyarrow', 'pysubs2', 'av', 'scipy', 'onnxruntime'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_that_people_who_talk_at_once_get_a_tier_each_with_their_words(with_tiers: WithTiers, tmp_path: Path) -> None:
    ann, bo = {"speaker": "Ann"}, {"speaker": "Bo"}
    said = (Mark(0, 2, "Well then", None, ann), Mark(1, 3, "No", None, bo), Mark(4, 5, "Fine", None, ann))
    words = (
        Mark(0, 1.5, "Well", None, ann),
        Mark(1, 3, "No", None, bo),
        Mark(1.5, 2, "then", None, ann),
        Mark(4, 5, "Fine", None, ann),
    )
    document = with_tiers(
        Tier("utterances", TierKind.INTERVALS, said), Tier("words", TierKind.INTERVALS, words, parent="utterances")
    )
    tiers = {tier.name: tier for tier in read(write(document, "eaf", tmp_path / "a.eaf")[0]).tiers}
    assert set(tiers) == {"utterances: Ann", "utterances: Bo", "words: Ann", "words: Bo"}
    assert tiers["words: Ann"].parent == "utterances: Ann"
    assert [mark.label for mark in tiers["words: Ann"].marks] == ["Well", "then", "Fine"]
