"""``python3 run.py``: make the environment ready, then become the program inside it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from app.launch.checkout import Checkout, SetupError
from app.launch.install import follow_move, make_ready, say

TEST_EXTRA = "test"
MOST_TEST_PROCESSES = 4
"""More would only wait for each other: many tests start worker processes of their own."""
TEST_PLUGINS = ("xdist.plugin", "pytest_timeout", "pytestqt.plugin", "_hypothesis_pytestplugin")
"""What the tests need of pytest's plugins. pytest rewrites all modules of a package that brings a plugin which it finds
by itself: with hypothesis and schemathesis that is the greater part of collecting the tests."""


def start(root: str | Path, arguments: Sequence[str]) -> int:
    """Run ``arguments`` (none = the desktop, ``test …`` = the tests, else a rushes command); returns the exit code.

    Outside the environment it is made ready and this process is replaced by its interpreter; inside, the command runs.
    """
    checkout = Checkout(Path(root).resolve())
    if checkout.inside():
        return _run_inside(arguments)
    testing = list(arguments[:1]) == ["test"]
    extras = (TEST_EXTRA,) if testing else ()
    try:
        if checkout.needs(extras) is not None:
            make_ready(checkout, extras)
        elif checkout.moved():
            follow_move(checkout)
    except SetupError as error:
        say(str(error))
        return 1
    except OSError as error:
        say(f"{error.filename or checkout.venv}: {error.strerror}. Set-up did not finish; start run.py again.")
        return 1
    except KeyboardInterrupt:
        say("stopped; the next start repairs what is half done")
        return 130
    if testing:
        return _run_tests(checkout, arguments[1:])
    return _become([str(checkout.python), str(checkout.root / "run.py"), *arguments])


def _run_inside(arguments: Sequence[str]) -> int:
    from app.cli import main

    return main(list(arguments) or ["gui"])


def _run_tests(checkout: Checkout, arguments: Sequence[str]) -> int:
    fetch = [str(checkout.python), str(checkout.root / "run.py"), "models", "fetch", "default"]
    if subprocess.run(fetch, cwd=checkout.root, stdout=2, check=False).returncode != 0:
        say("the default models could not be fetched (see above): the tests that need them will be skipped")
    os.chdir(checkout.root)
    os.environ.setdefault("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    os.environ.setdefault("PYTEST_PLUGINS", ",".join(TEST_PLUGINS))
    processes = min(MOST_TEST_PROCESSES, os.cpu_count() or 1)
    # a file's tests stay together: they share what is slow to make
    spread = ["-n", str(processes), "--dist", "loadfile"] if processes > 1 else []
    return _become([str(checkout.python), "-m", "pytest", *spread, *arguments])


def _become(command: list[str]) -> int:
    """Replace this process by ``command``; where a system cannot, run it and return its exit code."""
    if hasattr(os, "fork"):  # Windows' execv returns to the shell at once
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)  # noqa: S606  (a list of arguments, no shell)
    # Ctrl+C reaches the child too: it decides when to end
    with subprocess.Popen(command) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue
