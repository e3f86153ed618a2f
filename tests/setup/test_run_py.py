"""``run.py`` on real virtual environments and the real pip, with a small project that needs no network."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="drives POSIX processes and signals")

BACKEND = """
import os, time, zipfile
NAME = "rushes-0.1.0"
def _wheel(folder, text):
    if os.path.exists("fail"):
        raise SystemExit("the backend was told to fail")
    while os.path.exists("hang"):
        open("hanging", "w").close()
        time.sleep(0.05)
    name = f"{NAME}-py3-none-any.whl"
    info = f"{NAME}.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("rushes_installed.py", "")
        about = "Metadata-Version: 2.1\\nName: rushes\\nVersion: 0.1.0\\nProvides-Extra: test\\n"
        archive.writestr(f"{info}/METADATA", about)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", f"{info}/RECORD,,\\n")
    return name
def build_editable(folder, config_settings=None, metadata_directory=None):
    return _wheel(folder, "")
build_wheel = build_editable
"""
CLI = """
import json, os, sys
def main(argv):
    print(json.dumps({"argv": argv, "prefix": sys.prefix}))
    return 7 if argv == ["fail"] else 0
"""


def made_checkout(folder: Path) -> Path:
    """A small project with Rushes' run.py and launcher in a folder with spaces and other alphabets."""
    root = folder / "my Ünïcödé 你好"
    (root / "app").mkdir(parents=True)
    shutil.copy(ROOT / "run.py", root / "run.py")
    shutil.copytree(ROOT / "app/launch", root / "app/launch", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "app/__init__.py").write_text("")
    (root / "app/cli.py").write_text(textwrap.dedent(CLI))
    (root / "backend.py").write_text(BACKEND)
    (root / "pytest.py").write_text("import sys; print('the tests run with', sys.argv[1:])\n")
    (root / "constraints.txt").write_text("onnxruntime-directml==1.24.4\n")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "rushes"\nversion = "0.1.0"\n'
    )
    return root


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One that was never started."""
    return made_checkout(tmp_path)


def environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))}
    return {**kept, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}


def start(root: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys._base_executable, str(root / "run.py"), *arguments],
        cwd=cwd or root.parent,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@dataclass(frozen=True)
class Started:
    """A checkout after its first start, what that said, and where the person stood: beside a folder named ``app``."""

    root: Path
    first: "subprocess.CompletedProcess[str]"
    here: Path


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Started:
    """Set up once: tests may start it again and add what is asked for, but take nothing away."""
    folder = tmp_path_factory.mktemp("started")
    (folder / "here/app").mkdir(parents=True)
    (folder / "here/app/__init__.py").write_text("raise RuntimeError('not this one')")
    root = made_checkout(folder)
    return Started(root, start(root, "analyse", "a b.mp4", "--json", cwd=folder / "here"), folder / "here")


def test_that_the_first_start_sets_up_and_the_second_starts_at_once(started: Started) -> None:
    first = started.first
    assert first.returncode == 0, first.stderr
    answer = json.loads(first.stdout)
    assert answer == {"argv": ["analyse", "a b.mp4", "--json"], "prefix": str(started.root / ".venv")}
    assert "setting up" in first.stderr
    assert "Successfully installed rushes" in first.stderr

    second = start(started.root)
    assert json.loads(second.stdout)["argv"] == ["gui"]
    assert second.stderr == ""
    assert start(started.root, "fail").returncode == 7


def test_that_a_folder_of_the_same_name_where_the_person_stands_is_not_imported(started: Started) -> None:
    assert started.first.returncode == 0, started.first.stderr
    result = start(started.root, "list", cwd=started.here)
    assert result.returncode == 0, result.stderr


def test_that_a_failed_install_says_so_and_the_next_start_repairs_it(checkout: Path) -> None:
    (checkout / "fail").touch()
    failed = start(checkout, "list")
    assert failed.returncode == 1
    assert "pip could not install" in failed.stderr
    assert "Traceback" not in failed.stderr.rpartition("rushes:")[2]
    assert not (checkout / ".venv/rushes-ready.json").exists()
    (checkout / "fail").unlink()
    assert start(checkout, "list").returncode == 0


def test_that_a_killed_install_is_repaired_by_the_next_start(checkout: Path) -> None:
    (checkout / "hang").touch()
    process = subprocess.Popen(
        [sys._base_executable, str(checkout / "run.py"), "list"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (checkout / "hanging").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert (checkout / ".venv/rushes-installing").exists()
    (checkout / "hang").unlink()
    repaired = start(checkout, "list")
    assert repaired.returncode == 0, repaired.stderr
    assert "removing the incomplete .venv" in repaired.stderr


def test_that_other_versions_a_move_and_a_lost_python_are_noticed(checkout: Path) -> None:
    assert start(checkout, "list").returncode == 0

    (checkout / "constraints.txt").write_text("onnxruntime-directml==1.24.5\n")
    assert "other versions are wanted" in start(checkout, "list").stderr

    moved = checkout.with_name("moved here")
    checkout.rename(moved)
    after_move = start(moved, "list")
    assert after_move.returncode == 0
    assert "moved" in after_move.stderr
    assert start(moved, "list").stderr == ""

    settings = moved / ".venv/pyvenv.cfg"
    lines = settings.read_text(encoding="utf-8").splitlines()
    settings.write_text(
        "\n".join("executable = /gone/python" if line.startswith("executable") else line for line in lines)
    )
    rebuilt = start(moved, "list")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "its Python is gone" in rebuilt.stderr


def test_that_test_installs_the_extra_fetches_models_and_runs_pytest(started: Started) -> None:
    result = start(started.root, "test", "-k", "faces")
    assert "the extra test is wanted" in result.stderr
    assert '"models", "fetch", "default"' in result.stderr
    told = result.stdout.split("the tests run with ")[1]
    assert told.strip().endswith("'-k', 'faces']")
    assert (os.cpu_count() == 1) or "'--dist', 'loadfile'" in told, "files of tests share the cores"


def test_that_two_starts_at_once_do_not_disturb_each_other(checkout: Path) -> None:
    both = [
        subprocess.Popen(
            [sys._base_executable, str(checkout / "run.py"), "list"],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    words = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], words
    assert sum("set-up finished" in text for text in words) == 1


def test_that_an_old_python_is_told_what_to_do() -> None:
    code = f"import sys; sys.version_info = (3, 9, 1); exec(open({str(ROOT / 'run.py')!r}).read())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "this is Python 3.9; Rushes needs 3.11, 3.12 or 3.13" in result.stderr
