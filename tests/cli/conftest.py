"""The command line as scripts use it: a process, its two outputs and its exit code."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.prepared import Prepared

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 240


@dataclass(frozen=True)
class Answer:
    """What a command returned."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """Standard output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Rushes:
    """``rushes`` with its own library."""

    library: Path
    environment: dict[str, str]
    prefix: tuple[str, ...] = ()
    prepared: Prepared | None = None

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start it and leave it running, in a process group of its own."""
        return subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "app.cli", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def __call__(self, *arguments: str | Path, **environment: str) -> Answer:
        """Run it to its end. No answer may ever hold a traceback."""
        chosen = {**self.environment, **environment}
        if self.prepared is not None:
            answer = Answer(*self.prepared.run([*map(str, arguments)], chosen, LONGEST_S))
        else:
            process = replace(self, environment=chosen).start(*arguments)
            try:
                out, err = process.communicate(timeout=LONGEST_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
            answer = Answer(process.returncode, out, err)
        assert "Traceback" not in answer.err, answer.err
        return answer


@pytest.fixture
def rushes(tmp_path: Path, prepared: Prepared | None) -> Rushes:
    """The command with a library below this test's folder."""
    library = tmp_path / "library"
    return Rushes(library, {**os.environ, "RUSHES_LIBRARY": str(library)}, prepared=prepared)


@pytest.fixture
def started_rushes(rushes: Rushes) -> Rushes:
    """The command as the system itself starts it."""
    return replace(rushes, prepared=None)


@pytest.fixture
def bound_rushes(rushes: Rushes) -> Rushes:
    """The command as a user whom permissions stop, even where the tests run as root."""
    if sys.platform == "win32":
        pytest.skip("permissions work differently here")
    if os.geteuid() != 0:
        return rushes
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")
    if shutil.which("setpriv") is None or subprocess.run([*drop, "true"], check=False).returncode != 0:
        pytest.skip("the tests run as root and cannot give up its power")
    return replace(rushes, prefix=drop, prepared=None)


@pytest.fixture(scope="session")
def face_picture() -> Any:
    """RGB picture of six people, from an installed package; its faces are the truth of nothing here."""
    import av
    import insightface

    path = Path(insightface.__file__).parent / "data" / "images" / "t1.jpg"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


@pytest.fixture
def people_video(tmp_path: Path, make_video: Callable[..., Path], face_picture: Any) -> Path:
    """Three seconds of two people of the picture, with a cut, in a folder of other alphabets."""
    return make_video(
        tmp_path / "Ünïcödé 你好" / "clip – один.mp4",
        segments=[
            {"seconds": 1.5, "picture": face_picture[180:640, 400:1040]},
            {"seconds": 1.5, "picture": face_picture[80:640, 600:1280]},
        ],
        size=(1280, 720),
        tone=True,
    )
