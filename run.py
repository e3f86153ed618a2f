#!/usr/bin/env python3
"""Start Rushes from a checkout: ``python3 run.py`` (the desktop), ``run.py test`` or ``run.py`` with a rushes command.

The first start makes ``.venv`` and installs into it. Down to the version check this is syntax that any Python reads, so
that one that is too old can say so.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (this is the place that tells)
    sys.exit(
        "rushes: this is Python {}.{}; Rushes needs 3.11, 3.12 or 3.13. "
        "Install a newer Python and start run.py with it, for example: python3.12 run.py".format(*sys.version_info)
    )

from pathlib import Path

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:  # PYTHONSAFEPATH leaves the script's own folder out
    sys.path.insert(0, str(ROOT))

from app.launch.start import start  # noqa: E402  (after the check)

if __name__ == "__main__":
    sys.exit(start(ROOT, sys.argv[1:]))
