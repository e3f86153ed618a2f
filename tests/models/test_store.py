"""Where models stand on this machine, and how they come and go, without any network."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import models.digests
import models.fetch
from models.catalogue import Source, load_catalogue
from models.errors import FetchFailed, LicenceNotAccepted, ModelCorrupt, ModelMissing, UnknownModel
from models.fetch import sha256_of
from models.store import ModelStore, default_root
from tests.models.served import catalogue_of, entry_of, some_bytes

CONTENT = some_bytes(50_000)
NOWHERE = Source("manual", hint="Ask a colleague.")

LOOK_AT_EVERYTHING = """
import importlib, pkgutil, socket, sys

def refuse(*_arguments, **_named):
    raise AssertionError("the network was used")

socket.socket.connect = socket.getaddrinfo = refuse
import models
for module in pkgutil.walk_packages(models.__path__, "models."):
    if module.name not in {"models.pip_download", "models.http_download"}:
        importlib.import_module(module.name)
from models.store import ModelStore
store = ModelStore()
states = {model_id: store.status(model_id).state for model_id in store.catalogue.models}
assert set(states.values()) <= {"missing", "needs_acceptance"}, states
assert len(store.missing(states)) == len(states)
assert store.download_size(store.catalogue.defaults()) > 1_000_000
"""


def tiny_store(root: Path, **changes: object) -> ModelStore:
    return ModelStore(root, catalogue_of(entry_of(CONTENT, NOWHERE, **changes)))


def put(root: Path, content: bytes = CONTENT) -> Path:
    path = root / "tiny" / "weights.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_that_importing_and_looking_fetch_and_create_nothing(tmp_path: Path) -> None:
    place = tmp_path / "nothing here"
    environment = os.environ | {"RUSHES_MODELS": str(place), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", LOOK_AT_EVERYTHING], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_that_the_environment_chooses_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RUSHES_MODELS", str(tmp_path / "你好"))
    assert ModelStore().root == tmp_path / "你好"
    monkeypatch.delenv("RUSHES_MODELS")
    assert default_root().parts[-2:] == ("rushes", "models")


def test_that_a_model_is_missing_then_ready_then_corrupt_then_missing(root: Path) -> None:
    store = tiny_store(root)
    assert (store.status("tiny").state, store.status("tiny").size_bytes) == ("missing", 0)
    path = put(root)
    assert (store.status("tiny").state, store.status("tiny").size_bytes) == ("ready", len(CONTENT))
    assert store.path("tiny") == path
    path.write_bytes(CONTENT[:-1] + b"?")
    assert store.status("tiny").state == "corrupt"
    path.write_bytes(CONTENT[:100])
    assert store.status("tiny").state == "corrupt"
    path.unlink()
    assert store.status("tiny").state == "missing"


def test_that_opening_what_is_not_there_says_how_to_get_it(root: Path) -> None:
    with pytest.raises(ModelMissing, match="rushes models fetch tiny"):
        tiny_store(root).path("tiny")


def test_that_opening_a_damaged_file_names_it_and_what_to_do(root: Path) -> None:
    path = put(root, CONTENT[::-1])
    with pytest.raises(ModelCorrupt, match="rushes models fetch tiny") as caught:
        tiny_store(root).path("tiny")
    assert str(path) in caught.value.message


def test_that_an_unknown_model_is_refused_everywhere(root: Path) -> None:
    store = tiny_store(root)
    for act in (store.status, store.path, store.accept_licence, store.remove, lambda name: store.fetch([name])):
        with pytest.raises(UnknownModel, match="nobody"):
            act("nobody")
    assert not root.exists()


def test_that_a_second_start_does_not_hash_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root)
    assert tiny_store(root).ready("tiny")
    hashed: list[Path] = []
    monkeypatch.setattr(models.digests, "sha256_of", lambda path: hashed.append(path) or sha256_of(path))
    assert tiny_store(root).ready("tiny")
    assert hashed == []


def test_that_a_changed_file_of_the_same_size_is_noticed_at_the_next_start(root: Path) -> None:
    path = put(root)
    assert tiny_store(root).ready("tiny")
    before = path.stat().st_mtime_ns
    path.write_bytes(CONTENT[:-1] + b"?")
    os.utime(path, ns=(before + 1, before + 1))
    assert tiny_store(root).status("tiny").state == "corrupt"


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b'{"tiny/weights.bin": 7}', b'{"tiny/weights.bin": [1, 2, 3]}'])
def test_that_a_damaged_record_of_checksums_does_no_harm(root: Path, record: bytes) -> None:
    put(root)
    (root / "verified.json").write_bytes(record)
    assert tiny_store(root).ready("tiny")


def test_that_the_record_of_checksums_forgets_files_that_are_gone(root: Path, tmp_path: Path) -> None:
    put(root)
    own = tmp_path / "own.onnx"
    for content in (b"first", b"second"):
        own.write_bytes(content)
        ModelStore(root).version(str(own))
    assert str(own) in json.loads((root / "verified.json").read_bytes())
    own.unlink()
    assert tiny_store(root).ready("tiny")
    assert list(json.loads((root / "verified.json").read_bytes())) == ["tiny/weights.bin"]


def test_that_a_folder_of_models_can_be_moved(root: Path, tmp_path: Path) -> None:
    put(root)
    assert tiny_store(root).ready("tiny")
    moved = root.rename(tmp_path / "elsewhere")
    assert tiny_store(moved).ready("tiny")
    assert tiny_store(root).status("tiny").state == "missing"


def test_that_a_licence_is_accepted_once_and_for_all(root: Path) -> None:
    changes = {"needs_acceptance": True, "consequence": "For research only."}
    put(root)
    store = tiny_store(root, **changes)
    assert store.status("tiny").state == "needs_acceptance"
    with pytest.raises(LicenceNotAccepted, match=r"For research only\..*rushes models accept tiny"):
        store.path("tiny")
    with pytest.raises(LicenceNotAccepted):
        store.fetch(["tiny"])
    store.accept_licence("tiny")
    assert store.status("tiny").state == "ready"
    assert tiny_store(root, **changes).path("tiny").is_file()


def test_that_an_acceptance_survives_that_of_another_model_and_a_removal(root: Path) -> None:
    entries = [entry_of(CONTENT, NOWHERE, model_id=name, needs_acceptance=True) for name in ("one", "two")]
    for name in ("one", "two"):
        ModelStore(root, catalogue_of(*entries)).accept_licence(name)
    store = ModelStore(root, catalogue_of(*entries))
    store.remove("one")
    assert [store.status(name).state for name in ("one", "two")] == ["missing", "missing"]


def test_that_an_acceptance_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("not a folder")
    with pytest.raises(FetchFailed, match="blocked"):
        tiny_store(blocked / "models", needs_acceptance=True).accept_licence("tiny")


def test_that_a_removed_model_is_missing_and_leaves_nothing(root: Path) -> None:
    put(root)
    (root / "tiny" / "weights.bin.part").write_bytes(b"half")
    store = tiny_store(root)
    store.remove("tiny")
    assert store.status("tiny").state == "missing"
    assert not (root / "tiny").exists()
    store.remove("tiny")  # gone already: fine


@pytest.mark.parametrize("inner", ["", "tiny"])
def test_that_a_model_is_taken_out_of_a_folder_of_ones_own(root: Path, tmp_path: Path, inner: str) -> None:
    folder = tmp_path / "Mitgebracht ü" / inner
    folder.mkdir(parents=True)
    (folder / "weights.bin").write_bytes(CONTENT)
    store = tiny_store(root)
    store.use_local_folder("tiny", tmp_path / "Mitgebracht ü")
    assert store.path("tiny").read_bytes() == CONTENT
    assert (folder / "weights.bin").read_bytes() == CONTENT


def test_that_a_folder_with_other_content_is_refused_and_left_as_it_is(root: Path, tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(CONTENT[::-1])
    store = tiny_store(root)
    with pytest.raises(FetchFailed, match=r"weights\.bin"):
        store.use_local_folder("tiny", tmp_path)
    assert store.status("tiny").state == "missing"
    assert [path.name for path in (root / "tiny").iterdir()] == []
    assert (tmp_path / "weights.bin").read_bytes() == CONTENT[::-1]


def test_that_a_refused_folder_does_not_harm_a_model_that_was_ready(root: Path, tmp_path: Path) -> None:
    put(root)
    (tmp_path / "weights.bin").write_bytes(b"other")
    store = tiny_store(root)
    with pytest.raises(FetchFailed):
        store.use_local_folder("tiny", tmp_path)
    assert store.ready("tiny")


def test_that_a_folder_without_the_file_is_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"absent.*weights\.bin"):
        tiny_store(root).use_local_folder("tiny", tmp_path / "absent")


def test_that_a_full_disk_is_said_and_leaves_nothing_half(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(models.fetch.os, "fsync", full)
    (tmp_path / "weights.bin").write_bytes(CONTENT)
    store = tiny_store(root)
    with pytest.raises(FetchFailed, match=r"No space left.*Free some space"):
        store.use_local_folder("tiny", tmp_path)
    assert list((root / "tiny").iterdir()) == []
    assert store.status("tiny").state == "missing"


def test_that_folders_named_in_the_environment_are_looked_into_first(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    (stick / "tiny").mkdir(parents=True)
    (stick / "tiny" / "weights.bin").write_bytes(CONTENT)
    monkeypatch.setenv("RUSHES_MODEL_FOLDERS", os.pathsep.join([str(tmp_path / "absent"), str(stick)]))
    store = tiny_store(root)
    store.fetch(["tiny"])
    assert store.path("tiny").read_bytes() == CONTENT


def test_that_what_is_needed_is_told_with_its_size(root: Path) -> None:
    entries = [entry_of(CONTENT, NOWHERE, model_id="one"), entry_of(CONTENT, NOWHERE, model_id="two")]
    store = ModelStore(root, catalogue_of(*entries))
    assert [entry.id for entry in store.missing(["one", "two", "own.onnx"])] == ["one", "two"]
    assert store.download_size(["one", "two", "own.onnx"]) == 2 * len(CONTENT)
    put(root.parent / "models")
    (root / "tiny").rename(root / "two")
    assert [entry.id for entry in store.missing(["one", "two"])] == ["one"]


def test_that_versions_and_calibrations_come_from_the_catalogue(root: Path) -> None:
    store = ModelStore(root)
    for entry in load_catalogue().models.values():
        if entry.files:
            assert store.version(entry.id) == entry.files[0].sha256[:12]
        if entry.calibration:
            assert store.calibration(entry.id) == entry.calibration


def test_that_an_own_file_has_a_version_of_its_content(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "eigenes Netz ü.onnx"
    own.write_bytes(b"first")
    store = ModelStore(root)
    assert store.ready(str(own))
    assert store.path(str(own)) == own
    first = store.version(str(own))
    own.write_bytes(b"second")
    assert len(first) == 12
    assert store.version(str(own)) != first
    assert not store.ready(str(tmp_path / "absent.onnx"))
    with pytest.raises(ModelMissing, match=r"absent\.onnx"):
        store.path(str(tmp_path / "absent.onnx"))


def test_that_the_records_are_whole_files(root: Path) -> None:
    put(root)
    store = tiny_store(root, needs_acceptance=True)
    store.accept_licence("tiny")
    assert store.ready("tiny")
    assert json.loads((root / "accepted.json").read_bytes()) == {"models": ["tiny"]}
    assert not list(root.rglob("*.tmp"))
