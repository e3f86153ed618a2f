"""Making the environment: ``python -m venv``, then pip, both in sight of the person."""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from app.launch import setup_lock
from app.launch.checkout import Checkout, SetupError
from app.launch.onnxruntime_name import build_name_wheel, directml_version


def say(text: str) -> None:
    """Tell the person something. Standard output belongs to the command that follows."""
    print(f"rushes: {text}", file=sys.stderr, flush=True)  # noqa: T201


def make_ready(checkout: Checkout, extras: tuple[str, ...]) -> None:
    """Install what :meth:`Checkout.needs` says is missing.

    Raises SetupError; the environment is then not marked ready.
    """
    if not os.access(checkout.root, os.W_OK):
        raise SetupError(
            f"The folder {checkout.root} cannot be written, so its environment cannot be made. "
            "Copy the folder to a place of your own and start run.py there."
        )
    with setup_lock.held(checkout.lock, on_wait=lambda: say("another set-up of this folder runs; waiting for it")):
        reason = checkout.needs(extras)
        if reason is None:
            return
        say(f"setting up in {checkout.venv} ({reason}); this takes a few minutes once")
        if not checkout.usable():
            _make_venv(checkout)
        kept = checkout.read_stamp()
        wanted = tuple(sorted({*extras, *(kept.extras if kept else ())}))
        checkout.remove_stamp()
        checkout.installing.touch()
        _install(checkout, wanted)
        checkout.installing.unlink()
        checkout.write_stamp(wanted)
        say("set-up finished")


def follow_move(checkout: Checkout) -> None:
    """Point the environment's scripts to where the checkout is now. Its programs run without it, so this may fail."""
    if not os.access(checkout.venv, os.W_OK):
        return
    stamp = checkout.read_stamp()
    say("this folder was moved: renewing the scripts in .venv")
    command = [*_pip(checkout), "install", "--quiet", "--no-deps", "--editable", str(checkout.root)]
    if stamp is not None and _run(command, checkout) == 0:
        checkout.write_stamp(stamp.extras)
    else:
        say("the command `rushes` in .venv could not be renewed (no network?); `run.py` works all the same")


def _make_venv(checkout: Checkout) -> None:
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise SetupError(f"This Python has no module {' and '.join(missing)}. {_venv_advice()}")
    if checkout.venv.exists():
        say("removing the incomplete .venv")
        _remove(checkout.venv)
    # the mark comes first: an interrupted `python -m venv` leaves a folder that looks whole
    checkout.venv.mkdir()
    checkout.installing.touch()
    # a virtual environment as the base would tie ours to it
    base = getattr(sys, "_base_executable", sys.executable)
    if _run([base, "-m", "venv", str(checkout.venv)], checkout) != 0:
        _remove(checkout.venv)
        raise SetupError(f"The environment {checkout.venv} could not be made (see above). {_venv_advice()}")


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise SetupError(
            f"{folder} is broken and cannot be removed ({error.strerror}). "
            "Close programs that use it, delete it, start again."
        ) from error


def _venv_advice() -> str:
    if sys.platform.startswith("linux") and _os_family() & {"debian", "ubuntu"}:
        return (
            "Install it with: sudo apt install python3-venv "
            f"(for a Python that is not the system's: python{sys.version_info[0]}.{sys.version_info[1]}-venv)"
        )
    return "Install a complete Python 3.11, 3.12 or 3.13 and start run.py with it."


def _os_family() -> set[str]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return set()
    return {release.get("ID", ""), *release.get("ID_LIKE", "").split()}


def _install(checkout: Checkout, extras: tuple[str, ...]) -> None:
    target = f"{checkout.root}[{','.join(extras)}]" if extras else str(checkout.root)
    command = [*_pip(checkout), "install", "--constraint", str(checkout.constraints)]
    if sys.platform == "win32":
        build_name_wheel(checkout.wheels, directml_version(checkout.constraints.read_text(encoding="utf-8")))
        command += ["--find-links", str(checkout.wheels)]
    code = _run([*command, "--editable", target], checkout)
    if code != 0:
        # pip ended by itself and rolled back what it had begun: nothing has to be removed
        checkout.installing.unlink(missing_ok=True)
        raise SetupError(
            f"pip could not install Rushes (exit code {code}); its last lines above say why. "
            "The usual cause is no network, a proxy that pip does not know (pip config set global.proxy …) "
            "or a full disk. Start run.py again: what was downloaded is kept."
        )


def _pip(checkout: Checkout) -> list[str]:
    return [str(checkout.python), "-m", "pip", "--disable-pip-version-check"]


def _run(command: list[str], checkout: Checkout) -> int:
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONHOME", "PYTHONPATH"}}
    standard_error = 2  # pip's own words go there: standard output belongs to the command that follows
    try:
        return subprocess.run(
            command, cwd=checkout.root, env=environment, stdout=standard_error, check=False
        ).returncode
    except OSError as error:
        raise SetupError(
            f"{command[0]} cannot be started ({error.strerror}). Delete {checkout.venv} and start again."
        ) from error
