"""Folders to choose from, and what the computer has."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pynvml
import pytest

from core.errors import InvalidRequest, NotFound
from core.scanning import machine
from core.scanning.browse import browse, common_paths
from core.scanning.errors import NotPermitted


def test_that_folders_are_shown_sorted_and_hidden_ones_left_out(tmp_path: Path) -> None:
    for name in ("b", "A", "ünï 影", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "file.mkv").touch()

    view = browse(tmp_path)

    assert [item.name for item in view.items] == ["A", "b", "ünï 影"]
    assert view.items[0].path == str(tmp_path / "A")
    assert all(item.is_directory and item.is_readable for item in view.items)
    assert (view.current_path, view.parent_path) == (str(tmp_path), str(tmp_path.parent))
    assert browse(f"{tmp_path}/A/../b/").current_path == str(tmp_path / "b")


def test_that_the_root_has_no_parent() -> None:
    view = browse(Path("/").absolute().anchor)

    assert view.parent_path is None
    assert view.items


def test_that_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InvalidRequest, match="is no folder"):
        browse(tmp_path / "file")
    with pytest.raises(NotFound, match="does not exist"):
        browse(tmp_path / "gone")
    with pytest.raises(NotFound, match="does not exist"):
        browse(tmp_path / "file" / "below")
    with pytest.raises(InvalidRequest, match="no path"):
        browse("a\0b")
    with pytest.raises(InvalidRequest, match="no path"):
        browse("/media/\ud800")
    with pytest.raises((InvalidRequest, NotFound)):
        browse("/" + "x" * 5000)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
def test_that_a_closed_folder_is_shown_but_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    if os.access(closed, os.R_OK):  # the user may read everything: let the system say no in its stead
        scandir = os.scandir

        def refuse(path: str) -> object:
            if str(path) == str(closed):
                raise PermissionError(13, "Permission denied", str(closed))
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuse)
    else:
        assert [item.is_readable for item in browse(tmp_path).items] == [False]

    with pytest.raises(NotPermitted, match="No permission to read"):
        browse(closed)
    assert [item.name for item in browse(tmp_path).items] == ["closed"]
    closed.chmod(0o755)


def test_that_common_places_can_all_be_opened() -> None:
    places = common_paths()

    assert str(Path.home()) in [place.path for place in places]
    assert len({place.path for place in places}) == len(places)
    for place in places:
        if place.is_readable:
            assert browse(place.path).current_path == str(Path(place.path))


def test_that_how_busy_the_processor_is_does_not_depend_on_the_thread_that_asks() -> None:
    machine.cpu()
    sum(range(20_000_000))
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(machine.cpu).result().usage_percent > 0


def test_that_processor_and_memory_are_told() -> None:
    now = machine.resources()

    assert 0 <= now.cpu.usage_percent <= 100
    assert now.cpu.count_logical >= now.cpu.count_physical >= 1
    assert now.cpu.frequency_mhz >= 0
    assert 0 < now.memory.used_gb < now.memory.total_gb
    assert now.memory.used_gb + now.memory.free_gb == pytest.approx(now.memory.total_gb, abs=0.1)


def test_that_no_driver_means_no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_driver() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", no_driver)

    assert machine.gpus() == ()
    with pytest.raises(NotFound, match="no GPU 0"):
        machine.gpu(0)


def test_that_devices_are_told_in_mebibytes(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_supported(_: object) -> object:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)

    answers = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: 1,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetName": lambda _: b"Some GPU",
        "nvmlDeviceGetMemoryInfo": lambda _: SimpleNamespace(total=8 << 30, used=1 << 30, free=7 << 30),
        "nvmlDeviceGetUtilizationRates": not_supported,
    }
    for name, answer in answers.items():
        monkeypatch.setattr(pynvml, name, answer)

    one = machine.gpu(0)

    assert (one.name, one.memory_total_mb, one.memory_used_mb, one.memory_free_mb) == ("Some GPU", 8192, 1024, 7168)
    assert one.utilization_percent is None
