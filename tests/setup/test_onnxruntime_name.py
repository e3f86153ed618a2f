"""On Windows the name onnxruntime is provided by a wheel without modules, and pip chooses it."""

import json
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from app.launch.onnxruntime_name import build_name_wheel, directml_version

ROOT = Path(__file__).resolve().parents[2]


def pip(*arguments: str) -> str:
    command = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def small_wheel(folder: Path, name: str, version: str, *requires: str) -> None:
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


def test_that_the_wheel_installs_offline_and_holds_no_module(tmp_path: Path) -> None:
    wheel = build_name_wheel(tmp_path / "wheels", "1.24.4")
    target = tmp_path / "target"
    pip("install", "--quiet", "--no-index", "--no-deps", "--target", str(target), str(wheel))
    assert [path.name for path in target.iterdir()] == ["onnxruntime-1.24.4+directml.dist-info"]
    metadata = Parser().parsestr((target / "onnxruntime-1.24.4+directml.dist-info/METADATA").read_text())
    assert metadata["Name"] == "onnxruntime"
    assert metadata["Version"] == "1.24.4+directml"
    assert metadata.get_all("Requires-Dist") == ["onnxruntime-directml==1.24.4"]


def test_that_the_wheel_is_the_same_every_time(tmp_path: Path) -> None:
    first = build_name_wheel(tmp_path / "a", "1.24.4").read_bytes()
    assert build_name_wheel(tmp_path / "b", "1.24.4").read_bytes() == first


def test_that_pip_takes_it_instead_of_the_plain_runtime(tmp_path: Path) -> None:
    build_name_wheel(tmp_path, "1.24.4")
    small_wheel(tmp_path, "onnxruntime", "1.31.1")
    small_wheel(tmp_path, "onnxruntime_directml", "1.24.4")
    small_wheel(tmp_path, "faster_whisper", "1.2.1", "onnxruntime<2,>=1.14")
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("onnxruntime==1.24.4+directml\nonnxruntime-directml==1.24.4\n")
    report = json.loads(
        pip(
            "install", "--quiet", "--dry-run", "--ignore-installed", "--no-index", "--report", "-",
            "--find-links", str(tmp_path), "-c", str(constraints), "faster-whisper", "onnxruntime-directml",
        )
    )  # fmt: skip
    chosen = {one["metadata"]["name"]: one["metadata"]["version"] for one in report["install"]}
    assert chosen == {
        "faster_whisper": "1.2.1",
        "onnxruntime": "1.24.4+directml",
        "onnxruntime_directml": "1.24.4",
    }


def test_that_the_constraints_ask_for_it_on_windows() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    version = directml_version(text)
    assert f"onnxruntime=={version}+directml; sys_platform == 'win32'" in text.splitlines()
    with pytest.raises(ValueError, match="no onnxruntime-directml"):
        directml_version("onnxruntime==1.31.1\n")
