"""InsightFace packs: accepted once, fetched, checked, unpacked to what is used, and opened by the library."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.attribute_choice import installed_age_model
from models.catalogue import Catalogue, ModelEntry, load_catalogue
from models.errors import FetchCanceled, FetchFailed, LicenceNotAccepted, ModelCorrupt, ModelMissing
from models.face_models import open_detector, open_embedder
from models.packs import RECORD
from models.store import ModelStore
from tests.models.nets import scrfd_answers, write_answers, write_embedder
from tests.models.served import Server, Told

ID = "insightface-buffalo_sc"
UNUSED = "landmarks.onnx"
READY = ["det_tiny.onnx", RECORD, "w_tiny.onnx"]


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The files of a pack: a detector, an embedder, and a network that is not used here."""
    folder = tmp_path / "unpacked"
    write_answers(
        folder / "det_tiny.onnx", scrfd_answers(size_px=128, row=1, column=1, anchor=0, score=0.9), size_px=128
    )
    write_embedder(folder / "w_tiny.onnx")
    write_embedder(folder / UNUSED, size_px=192)
    return folder


def packed(folder: Path, path: Path, *, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for file in sorted(folder.iterdir()):
            pack.write(file, f"{inside}{file.name}")
    return path


def entry_of(archive: bytes, url: str) -> ModelEntry:
    shipped = load_catalogue().get(ID)
    digest = hashlib.sha256(archive).hexdigest()
    return replace(shipped, sources=(replace(shipped.sources[0], url=url, download_bytes=len(archive), sha256=digest),))


def store_of(root: Path, server: Server, archive: bytes, *, accepted: bool = True) -> ModelStore:
    server.files["/pack.zip"] = archive
    store = ModelStore(root, Catalogue({ID: entry_of(archive, server.url("/pack.zip"))}))
    if accepted:
        store.accept_licence(ID)
    return store


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_that_the_licence_comes_before_the_first_byte(
    root: Path, server: Server, unpacked: Path, tmp_path: Path
) -> None:
    store = store_of(root, server, packed(unpacked, tmp_path / "pack.zip").read_bytes(), accepted=False)
    assert store.status(ID).state == "needs_acceptance"
    for act in (lambda: store.fetch([ID]), lambda: store.path(ID), lambda: open_detector(ID, store=store)):
        with pytest.raises(LicenceNotAccepted, match="non-commercial"):
            act()
    assert server.asked == []


@pytest.mark.parametrize("inside", ["", "buffalo_sc/"])
def test_that_a_pack_is_unpacked_to_what_is_used(
    root: Path, server: Server, unpacked: Path, tmp_path: Path, inside: str
) -> None:
    archive = packed(unpacked, tmp_path / "pack.zip", inside=inside).read_bytes()
    store = store_of(root, server, archive)
    told = Told()
    store.fetch([ID], progress=told)
    assert store.status(ID).state == "ready"
    assert names_in(store.path(ID)) == READY
    assert store.version(ID) == hashlib.sha256(archive).hexdigest()[:12]
    assert told.stages() == ["download", "extract", "ready"]


def test_that_a_pack_runs_through_the_library(root: Path, server: Server, unpacked: Path, tmp_path: Path) -> None:
    store = store_of(root, server, packed(unpacked, tmp_path / "pack.zip").read_bytes())
    store.fetch([ID])
    detector = open_detector(ID, store=store, device="cpu")
    picture = np.zeros((128, 128, 3), np.uint8)
    found = detector.detect(picture)
    assert (found.boxes * 128)[0].tolist() == pytest.approx([0, 0, 64, 64])
    assert found.landmarks.shape == (1, 6, 2)
    assert [len(detector.detect(picture, threshold=one)) for one in (0.95, None)] == [0, 1]
    embedder = open_embedder(ID, store=store, device="cpu")
    chips = np.random.default_rng(1).integers(0, 256, (10, 112, 112, 3), np.uint8)
    vectors = embedder.embed(chips)
    assert vectors.shape == (10, embedder.dim) == (10, 5)
    assert np.allclose(vectors[9:], embedder.embed(chips[9:]), atol=1e-6)
    assert embedder.embed(chips[:0]).shape == (0, 5)


def test_that_an_archive_with_another_checksum_is_refused_and_removed(
    root: Path, server: Server, unpacked: Path, tmp_path: Path
) -> None:
    archive = packed(unpacked, tmp_path / "pack.zip").read_bytes()
    store = store_of(root, server, archive)
    server.files["/pack.zip"] = archive[:-1] + b"?"
    with pytest.raises(FetchFailed, match="wrong checksum"):
        store.fetch([ID])
    assert names_in(root / ID) == []
    assert store.status(ID).state == "missing"


def test_that_a_damaged_archive_is_refused(root: Path, server: Server) -> None:
    store = store_of(root, server, b"this is no archive" * 100)
    with pytest.raises(FetchFailed, match="damaged"):
        store.fetch([ID])
    assert names_in(root / ID) == []


def test_that_a_pack_without_an_embedder_is_refused(root: Path, server: Server, unpacked: Path, tmp_path: Path) -> None:
    (unpacked / "w_tiny.onnx").write_bytes(b"not a network")
    store = store_of(root, server, packed(unpacked, tmp_path / "pack.zip").read_bytes())
    with pytest.raises(FetchFailed, match="no model for recognition"):
        store.fetch([ID])
    assert names_in(root / ID) == []


def test_that_unpacking_can_be_canceled(root: Path, server: Server, unpacked: Path, tmp_path: Path) -> None:
    store = store_of(root, server, packed(unpacked, tmp_path / "pack.zip").read_bytes())
    told = Told()
    with pytest.raises(FetchCanceled):
        store.fetch([ID], progress=told, canceled=lambda: "extract" in told.stages())
    assert names_in(root / ID) == []


@pytest.mark.parametrize("form", ["archive", "files", "files in a folder"])
def test_that_a_pack_is_taken_out_of_a_folder_of_ones_own(
    root: Path, server: Server, unpacked: Path, tmp_path: Path, form: str
) -> None:
    archive = packed(unpacked, tmp_path / "buffalo_sc.zip")
    store = store_of(root, server, archive.read_bytes())
    if form == "archive":
        folder = tmp_path
    elif form == "files":
        folder = unpacked
    else:
        unpacked.rename(tmp_path / "buffalo_sc")
        archive.unlink()
        folder = tmp_path
    store.use_local_folder(ID, folder)
    assert names_in(store.path(ID)) == READY
    assert store.version(ID)
    assert server.asked == []


def test_that_a_folder_without_a_pack_is_named(root: Path, server: Server, tmp_path: Path) -> None:
    store = store_of(root, server, b"")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FetchFailed, match=r"empty holds neither buffalo_sc\.zip nor \.onnx"):
        store.use_local_folder(ID, tmp_path / "empty")


def test_that_a_damaged_or_lost_file_of_a_pack_is_noticed(
    root: Path, server: Server, unpacked: Path, tmp_path: Path
) -> None:
    store = store_of(root, server, packed(unpacked, tmp_path / "pack.zip").read_bytes())
    store.fetch([ID])
    file = store.path(ID) / "w_tiny.onnx"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert store.status(ID).state == "corrupt"
    with pytest.raises(ModelCorrupt, match=r"w_tiny\.onnx"):
        store.path(ID)
    file.unlink()
    with pytest.raises(ModelMissing):
        store.path(ID)
    store.fetch([ID])
    assert store.ready(ID)


def test_that_a_detector_without_landmarks_is_refused_when_opened(
    root: Path, server: Server, unpacked: Path, tmp_path: Path
) -> None:
    answers = scrfd_answers(row=0, column=0, anchor=0, score=0.5)
    without = {name: value for name, value in answers.items() if not name.startswith("kps")}
    write_answers(unpacked / "det_tiny.onnx", without)
    store = store_of(root, server, packed(unpacked, tmp_path / "pack.zip").read_bytes())
    store.fetch([ID])
    with pytest.raises(ModelCorrupt, match="finds no landmarks"):
        open_detector(ID, store=store, device="cpu")


def test_that_the_network_for_ages_is_kept_where_a_pack_has_one(
    root: Path, server: Server, unpacked: Path, tmp_path: Path
) -> None:
    write_embedder(unpacked / "genderage.onnx", size_px=96, batch=1, dim=3)
    store = store_of(root, server, packed(unpacked, tmp_path / "pack.zip").read_bytes())
    assert installed_age_model(store) == ""
    store.fetch([ID])
    assert names_in(store.path(ID)) == sorted([*READY, "genderage.onnx"])
    assert installed_age_model(store) == ID
    (store.path(ID) / "genderage.onnx").write_bytes(b"damaged")
    assert store.status(ID).state == "corrupt"
    assert installed_age_model(store) == ""
