"""Every model of the shipped catalogue says what it is, what its licence means and where it comes from."""

import re
from pathlib import Path

import pytest

from models.catalogue import ModelEntry, load_catalogue
from models.errors import ModelCorrupt, UnknownModel

ENTRIES = list(load_catalogue().models.values())
METRICS = {"rms", "unit_rms", "unit"}

OWN = """
[models.own-net]
purpose = "face_embedder"
title = "Our own"
licence = "MIT"
consequence = "Free for any use."
family = "sface"
calibration = { metric = "unit_rms", threshold = 1.0 }
[[models.own-net.files]]
name = "own.onnx"
size = 12
sha256 = "%s"
[[models.own-net.sources]]
kind = "manual"
hint = "Ask us."
""" % ("0" * 64)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.id)
def test_that_every_entry_is_complete(entry: ModelEntry) -> None:
    assert entry.title
    assert entry.licence
    assert re.fullmatch(r"[A-Z].*\.", entry.consequence), "the consequence is a sentence"
    assert entry.sources
    for file in entry.files:
        assert file.size_bytes > 0
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
    if not entry.files and entry.sources[0].kind == "hub":
        assert [source.kind for source in entry.sources] == ["hub"], "whose checksums the hub tells"
        assert entry.purpose == "speech" or entry.sources[0].members
    elif not entry.files:
        assert entry.options["pack"] == entry.sources[0].pack
    for source in entry.sources:
        assert str(source)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.id)
def test_that_every_source_names_what_its_kind_needs(entry: ModelEntry) -> None:
    for source in entry.sources:
        if source.kind == "package":
            assert source.package
            assert re.fullmatch(r"\d+(\.\d+)*", source.version), "an exact version"
            assert source.member
            assert source.download_bytes > 0, "the person is told the size before it travels"
        elif source.kind == "url":
            assert source.url.startswith("https://")
        elif source.kind == "insightface":
            assert source.pack
        elif source.kind == "hub":
            assert re.fullmatch(r"[\w-]+/[\w.-]+", source.repo)
            assert source.download_bytes > 0
            assert not entry.files or len(source.members) in {0, len(entry.files)}
        elif source.kind == "archives":
            assert all(re.fullmatch(r"\d+(\.\d+)*", one.version) for one in source.archives), "exact versions"
            assert {Path(member).name for one in source.archives for member in one.members}
            assert source.download_bytes > 0
        else:
            assert source.kind == "manual"
            assert f"use-folder {entry.id}" in source.hint


@pytest.mark.parametrize(
    "entry", [one for one in ENTRIES if one.purpose in {"face_embedder", "face_pack"}], ids=lambda one: one.id
)
def test_that_every_embedder_says_how_its_tracks_are_compared(entry: ModelEntry) -> None:
    assert entry.calibration is not None
    assert entry.calibration.metric in METRICS
    assert entry.calibration.threshold > 0


def test_that_the_default_pack_comes_from_the_package_index_alone_and_asks_nothing() -> None:
    defaults = [load_catalogue().get(one) for one in load_catalogue().defaults()]
    purposes = {"face_detector", "face_embedder", "face_mesh", "speech", "speaker", "frame_encoder"}
    assert {entry.purpose for entry in defaults} == purposes
    for entry in defaults:
        assert entry.sources[-1].kind in {"package", "archives"}, "it can be had without anything but the package index"
        assert not entry.needs_acceptance


def test_that_the_speech_models_say_whether_they_translate_and_what_they_know() -> None:
    speech = {entry.id: entry for entry in ENTRIES if entry.purpose == "speech"}
    assert {"whisper-tiny", "whisper-base", "whisper-large-v3", "whisper-large-v3-turbo", "distil-large-v3"} <= set(
        speech
    )
    for entry in speech.values():
        assert isinstance(entry.options["translates"], bool)
        assert entry.options["english_only"] == ("English only" in entry.title)
        assert not (entry.options["translates"] and entry.options["english_only"])
    assert not speech["whisper-large-v3-turbo"].options["translates"]
    assert [entry.id for entry in speech.values() if entry.default] == ["whisper-base"]


def test_that_models_for_research_only_need_their_licence_accepted() -> None:
    packs = [entry for entry in ENTRIES if "non-commercial" in f"{entry.licence} {entry.consequence}"]
    assert {"insightface-buffalo_l", "insightface-buffalo_s", "insightface-antelopev2"} <= {one.id for one in packs}
    assert all(entry.needs_acceptance for entry in packs)


def test_that_an_unknown_model_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(UnknownModel, match="blazeface-full-range"):
        load_catalogue().get("retinaface")


def test_that_an_own_catalogue_adds_to_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    catalogue = load_catalogue(path)
    assert catalogue.get("own-net").size_bytes == 12
    assert set(load_catalogue().models) < set(catalogue.models)
    assert "own-net" not in load_catalogue().models


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[models.own-net]", "[models.own-net"),
        ('title = "Our own"', ""),
        ('purpose = "face_embedder"', 'purpose = "soothsayer"'),
        ('kind = "manual"', 'kind = "pigeon"'),
        ('name = "own.onnx"', 'name = "../../own.onnx"'),
        ("0" * 64, "abc"),
        ('kind = "manual"', 'kind = "hub"\nrepo = "a/b"\nmembers = ["one.onnx", "two.onnx"]'),
        ('kind = "manual"', 'kind = "hub"\nrepo = "a/b"\nmembers = ["../one.onnx"]'),
    ],
)
def test_that_a_faulty_own_catalogue_is_named_with_its_fault(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(ModelCorrupt, match=r"own\.toml"):
        load_catalogue(path)


def test_that_an_absent_own_catalogue_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt, match=r"absent\.toml"):
        load_catalogue(tmp_path / "absent.toml")
