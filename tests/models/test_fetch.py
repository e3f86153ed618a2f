"""Downloads from a server: progress, resuming, cancelling, refusals, and two who want the same."""

import errno
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from models.catalogue import Source
from models.errors import FetchCanceled, FetchFailed, LicenceNotAccepted
from models.store import ModelStore
from tests.models.served import Server, Told, catalogue_of, entry_of, some_bytes

SIZE = 300_000
CONTENT = some_bytes(SIZE)
PATH = "/weights.bin"

FETCH_IN_A_PROCESS = """
import sys
from pathlib import Path
from models.catalogue import load_catalogue
from models.store import ModelStore
ModelStore(Path(sys.argv[1]), load_catalogue(Path(sys.argv[2]))).fetch(["tiny"])
"""
CATALOGUE = """
[models.tiny]
purpose = "face_detector"
title = "Tiny"
licence = "MIT"
consequence = "Free for any use."
family = "blazeface"
[[models.tiny.files]]
name = "weights.bin"
size = {size}
sha256 = "{sha256}"
[[models.tiny.sources]]
kind = "url"
url = "{url}"
"""


def store_of(root: Path, *urls: str, **changes: object) -> ModelStore:
    return ModelStore(root, catalogue_of(entry_of(CONTENT, *(Source("url", url=one) for one in urls), **changes)))


def left_in(root: Path) -> list[str]:
    """What a person would see in the model's folder."""
    folder = root / "tiny"
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []


def test_that_a_download_arrives_whole_and_tells_its_progress(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    told = Told()
    store = store_of(root, server.url(PATH))
    store.fetch(["tiny"], progress=told)
    assert store.path("tiny").read_bytes() == CONTENT
    assert left_in(root) == ["weights.bin"]
    assert told.stages() == ["download", "ready"]
    done = [(now, total) for _, stage, now, total in told.calls if stage == "download"]
    assert done == sorted(done)
    assert done[-1] == (SIZE, SIZE)
    assert {total for _, total in done} == {SIZE}
    assert told.calls[-1] == ("tiny", "ready", 1, 1)


def test_that_what_is_ready_is_not_fetched_again(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    store = store_of(root, server.url(PATH))
    store.fetch(["tiny", "tiny"])
    store.fetch(["tiny"])
    assert len(server.asked) == 1


def test_that_a_broken_download_goes_on_where_it_broke_off(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    server.break_after[PATH] = 100_000
    store = store_of(root, server.url(PATH))
    with pytest.raises(FetchFailed, match="broke off"):
        store.fetch(["tiny"])
    assert left_in(root) == []
    told = Told()
    store.fetch(["tiny"], progress=told)
    assert store.path("tiny").read_bytes() == CONTENT
    assert server.asked == [(PATH, ""), (PATH, "bytes=100000-")]
    assert told.calls[0] == ("tiny", "download", 100_000, SIZE)


def test_that_a_server_that_cannot_go_on_starts_over(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    server.break_after[PATH] = 100_000
    server.ranges = False
    store = store_of(root, server.url(PATH))
    with pytest.raises(FetchFailed):
        store.fetch(["tiny"])
    store.fetch(["tiny"])
    assert store.path("tiny").read_bytes() == CONTENT


def test_that_a_part_of_another_file_is_noticed_and_the_next_try_is_clean(root: Path, server: Server) -> None:
    server.files[PATH] = some_bytes(SIZE, "another")
    server.break_after[PATH] = 100_000
    store = store_of(root, server.url(PATH))
    with pytest.raises(FetchFailed):
        store.fetch(["tiny"])
    server.files[PATH] = CONTENT
    with pytest.raises(FetchFailed, match="wrong checksum"):
        store.fetch(["tiny"])
    assert left_in(root) == []
    store.fetch(["tiny"])
    assert store.path("tiny").read_bytes() == CONTENT


def test_that_canceling_leaves_no_half_file_and_the_next_try_goes_on(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    server.wait_after[PATH] = 120_000
    pressed = threading.Event()
    store = store_of(root, server.url(PATH))
    began = time.monotonic()
    with pytest.raises(FetchCanceled):
        store.fetch(["tiny"], progress=Told(then=pressed.set), canceled=pressed.is_set)
    assert time.monotonic() - began < 5, "the server stood still: only the person could end it"
    assert left_in(root) == []
    assert store.status("tiny").state == "missing"
    server.wait_after.clear()
    store.fetch(["tiny"])
    assert store.path("tiny").read_bytes() == CONTENT


def test_that_a_fetch_that_was_canceled_before_asks_nobody(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    with pytest.raises(FetchCanceled):
        store_of(root, server.url(PATH)).fetch(["tiny"], canceled=lambda: True)
    assert server.asked == []


def test_that_a_wrong_checksum_is_refused_and_removed_and_the_next_source_is_tried(root: Path, server: Server) -> None:
    server.files |= {"/wrong": some_bytes(SIZE, "wrong"), PATH: CONTENT}
    store = store_of(root, server.url("/wrong"), server.url(PATH))
    store.fetch(["tiny"])
    assert store.path("tiny").read_bytes() == CONTENT
    assert [path for path, _ in server.asked] == ["/wrong", PATH]


@pytest.mark.parametrize("wrong", [some_bytes(SIZE, "wrong"), CONTENT[:1000], CONTENT + b"more", b""])
def test_that_other_content_never_lies_under_the_models_name(root: Path, server: Server, wrong: bytes) -> None:
    server.files[PATH] = wrong
    store = store_of(root, server.url(PATH))
    with pytest.raises(FetchFailed, match=r"weights\.bin"):
        store.fetch(["tiny"])
    assert left_in(root) == []
    server.files[PATH] = CONTENT
    store.fetch(["tiny"])
    assert store.path("tiny").read_bytes() == CONTENT


def test_that_a_failure_names_everything_that_was_tried(root: Path, server: Server) -> None:
    closed = "http://127.0.0.1:9/closed"
    urls = (server.url("/absent"), closed, "ftp://example.org/weights.bin")
    sources = [*(Source("url", url=one) for one in urls), Source("manual", hint="Ask a colleague.")]
    store = ModelStore(root, catalogue_of(entry_of(CONTENT, *sources)))
    with pytest.raises(FetchFailed) as caught:
        store.fetch(["tiny"])
    for words in (*urls, "404", "https", "Ask a colleague.", "use-folder tiny"):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/w",
        "http://localhost.example.org/w",
        "http://127.0.0.1@example.org/w",
        "file:///etc/hosts",
        "w",
    ],
)
def test_that_only_addresses_that_nobody_on_the_way_can_change_are_asked(root: Path, url: str) -> None:
    with pytest.raises(FetchFailed, match="not a safe address"):
        store_of(root, url).fetch(["tiny"])


def test_that_nothing_travels_while_one_licence_is_not_accepted(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    source = Source("url", url=server.url(PATH))
    free = entry_of(CONTENT, source)
    bound = entry_of(CONTENT, source, model_id="bound", needs_acceptance=True)
    with pytest.raises(LicenceNotAccepted, match="rushes models accept bound"):
        ModelStore(root, catalogue_of(free, bound)).fetch(["tiny", "bound"])
    assert server.asked == []


def test_that_a_damaged_model_is_fetched_anew(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    store = store_of(root, server.url(PATH))
    store.fetch(["tiny"])
    store.path("tiny").write_bytes(b"damaged")
    assert store.status("tiny").state == "corrupt"
    store.fetch(["tiny"])
    assert store.path("tiny").read_bytes() == CONTENT


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a file on a disk that is always full")
def test_that_a_disk_that_fills_up_during_a_download_is_said_at_once(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    folder = root / "tiny"
    folder.mkdir(parents=True)
    (folder / ".weights.bin.arrived.part").symlink_to("/dev/full")
    store = store_of(root, server.url(PATH), server.url(PATH))
    with pytest.raises(FetchFailed, match="Free some space") as caught:
        store.fetch(["tiny"])
    assert os.strerror(errno.ENOSPC) in caught.value.message
    assert len(server.asked) == 1, "no other source would fit either"
    assert left_in(root) == []


def test_that_a_place_that_is_no_folder_is_named(tmp_path: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    blocked = tmp_path / "blocked"
    blocked.write_text("not a folder")
    with pytest.raises(FetchFailed, match="blocked"):
        store_of(blocked / "models", server.url(PATH)).fetch(["tiny"])
    assert server.asked == []


@pytest.mark.parametrize("refused", ["mkdir", "replace"])
def test_that_a_folder_without_permission_is_said_with_a_way_out(
    root: Path, server: Server, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    def no(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    server.files[PATH] = CONTENT
    monkeypatch.setattr(Path, refused, no)
    with pytest.raises(FetchFailed, match=r"Permission denied.*RUSHES_MODELS"):
        store_of(root, server.url(PATH)).fetch(["tiny"])


def test_that_threads_that_want_the_same_model_do_the_work_once(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(store_of(root, server.url(PATH)).fetch, ["tiny"]) for _ in range(4)]:
            done.result()
    assert len(server.asked) == 1
    assert store_of(root).path("tiny").read_bytes() == CONTENT


def test_that_processes_that_want_the_same_model_do_the_work_once(root: Path, tmp_path: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    digest = entry_of(CONTENT).files[0].sha256
    own = tmp_path / "own.toml"
    own.write_text(CATALOGUE.format(size=SIZE, sha256=digest, url=server.url(PATH)), encoding="utf-8")
    command = [sys.executable, "-c", FETCH_IN_A_PROCESS, str(root), str(own)]
    for process in [subprocess.Popen(command) for _ in range(3)]:
        assert process.wait(60) == 0
    assert len(server.asked) == 1
    assert store_of(root).path("tiny").read_bytes() == CONTENT


def test_that_a_killed_program_takes_its_download_along_and_the_next_one_goes_on(
    root: Path, tmp_path: Path, server: Server
) -> None:
    server.files[PATH] = CONTENT
    server.wait_after[PATH] = 100_000
    digest = entry_of(CONTENT).files[0].sha256
    own = tmp_path / "own.toml"
    own.write_text(CATALOGUE.format(size=SIZE, sha256=digest, url=server.url(PATH)), encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-c", FETCH_IN_A_PROCESS, str(root), str(own)])
    part = root / "tiny" / ".weights.bin.arrived.part"
    try:
        deadline = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.02)
        children = psutil.Process(process.pid).children()
        assert len(children) == 1
    finally:
        process.kill()
        process.wait()
    assert psutil.wait_procs(children, timeout=5)[1] == [], "the download would go on alone"
    server.wait_after.clear()
    store_of(root, server.url(PATH)).fetch(["tiny"])
    assert store_of(root).path("tiny").read_bytes() == CONTENT
    assert server.asked[-1][1].startswith("bytes=")


def test_that_waiting_for_anothers_download_can_be_canceled(root: Path, server: Server) -> None:
    server.files[PATH] = CONTENT
    server.wait_after[PATH] = 50_000
    begun = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(store_of(root, server.url(PATH)).fetch, ["tiny"], progress=Told(then=begun.set))
        assert begun.wait(20)
        with pytest.raises(FetchCanceled):
            store_of(root, server.url(PATH)).fetch(["tiny"], canceled=lambda: True)
        server.go_on.set()
        first.result()
    assert store_of(root).ready("tiny")
