"""The menu entry of a Linux desktop points to this checkout, whatever its folder is called."""

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "linux" / "install_desktop_entry.py"


def test_that_the_entry_is_written_and_removed(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    subprocess.run([sys.executable, str(SCRIPT)], env=environment, check=True, capture_output=True)
    entry = tmp_path / "applications" / "rushes.desktop"
    text = entry.read_text(encoding="utf-8")
    assert str(ROOT / "run.py") in text
    assert "@" not in text
    icon = next(line.removeprefix("Icon=") for line in text.splitlines() if line.startswith("Icon="))
    assert Path(icon).exists()
    subprocess.run([sys.executable, str(SCRIPT), "--remove"], env=environment, check=True, capture_output=True)
    assert not entry.exists()


def test_that_a_folder_with_odd_characters_is_quoted() -> None:
    spec = importlib.util.spec_from_file_location("install_desktop_entry", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    root = Path('/home/me/my "Ünïcödé" 100%')
    line = next(one for one in script.entry_text(root, "/usr/bin/python3").splitlines() if one.startswith("Exec="))
    value = line.removeprefix("Exec=").replace("\\\\", "\\").replace("%%", "%")  # as a string, without field codes
    assert shlex.split(value) == ["/usr/bin/python3", str(root / "run.py"), "gui"]
