"""A checkout with its ``.venv``: where things are, and whether the environment is ready to be used as it is."""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

STAMP_NAME = "rushes-ready.json"
INSTALLING_NAME = "rushes-installing"
FINGERPRINTED = ("pyproject.toml", "constraints.txt")


class SetupError(Exception):
    """The environment cannot be made ready; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What was installed into an environment that is ready.

    ``base``: the real path of the interpreter below it; ``root``: the checkout that its scripts point to.
    """

    fingerprint: str
    base: str
    root: str
    extras: tuple[str, ...]

    def to_json(self) -> str:
        """As text for the stamp file."""
        values = {"fingerprint": self.fingerprint, "base": self.base, "root": self.root, "extras": list(self.extras)}
        return json.dumps(values, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Stamp | None":
        """The stamp in ``text``, None where it is not one."""
        try:
            values = json.loads(text)
            return cls(values["fingerprint"], values["base"], values["root"], tuple(values["extras"]))
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Checkout:
    """The folder that holds ``run.py``."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment's folder."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def constraints(self) -> Path:
        """The exact versions that are installed."""
        return self.root / "constraints.txt"

    @property
    def wheels(self) -> Path:
        """Wheels that set-up makes itself."""
        return self.venv / "rushes-wheels"

    @property
    def lock(self) -> Path:
        """Held while one process makes the environment ready."""
        return self.root / ".venv.lock"

    @property
    def installing(self) -> Path:
        """Exists while pip changes the environment; found at the start, it tells of an interrupted install."""
        return self.venv / INSTALLING_NAME

    def inside(self) -> bool:
        """Whether this process already is the environment's interpreter."""
        return os.path.realpath(sys.prefix) == os.path.realpath(self.venv)

    def read_stamp(self) -> Stamp | None:
        """The stamp of a finished install, if there is one."""
        try:
            return Stamp.from_json((self.venv / STAMP_NAME).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def write_stamp(self, extras: tuple[str, ...]) -> None:
        """Mark the environment as ready, in one step."""
        stamp = Stamp(self.fingerprint(), base_interpreter(self.venv) or "", str(self.root), extras)
        new = self.venv / (STAMP_NAME + ".new")
        new.write_text(stamp.to_json(), encoding="utf-8")
        new.replace(self.venv / STAMP_NAME)

    def remove_stamp(self) -> None:
        """Mark the environment as not ready."""
        (self.venv / STAMP_NAME).unlink(missing_ok=True)

    def fingerprint(self) -> str:
        """Changes whenever what is to be installed changes."""
        digest = hashlib.sha256(sys.platform.encode())
        for name in FINGERPRINTED:
            try:
                digest.update(b"\0" + (self.root / name).read_bytes())
            except OSError as error:
                raise SetupError(
                    f"{self.root / name} cannot be read ({error.strerror}). "
                    "This checkout is not complete: get it again."
                ) from error
        return digest.hexdigest()

    def usable(self) -> bool:
        """Whether the environment's interpreter exists and is still the Python that it was made of."""
        base = base_interpreter(self.venv)
        if base is None or not self.python.exists() or self.installing.exists():
            return False
        return sys.platform == "win32" or os.path.realpath(self.python) == base

    def needs(self, extras: tuple[str, ...]) -> str | None:
        """Why something must be installed before a start with ``extras``: a short reason, None = nothing."""
        if not self.venv.exists():
            return "first start"
        if not self.usable():
            return "the environment in .venv is not complete or its Python is gone"
        stamp = self.read_stamp()
        return "the last set-up did not finish" if stamp is None else self._outdated(stamp, extras)

    def _outdated(self, stamp: Stamp, extras: tuple[str, ...]) -> str | None:
        if stamp.base != base_interpreter(self.venv):
            return "Python was changed"
        if stamp.fingerprint != self.fingerprint():
            return "other versions are wanted"
        if not set(extras) <= set(stamp.extras):
            return f"the extra {', '.join(sorted(set(extras) - set(stamp.extras)))} is wanted"
        return None

    def moved(self) -> bool:
        """Whether the environment is ready but its scripts still point to where the checkout was before."""
        stamp = self.read_stamp()
        return stamp is not None and stamp.root != str(self.root)


def base_interpreter(venv: Path) -> str | None:
    """Real path of the interpreter that ``venv`` was made of; None when it or the environment is gone."""
    try:
        lines = (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    values = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
    executable = values.get("executable", "")
    return os.path.realpath(executable) if executable and Path(executable).exists() else None
