"""Where a person's own things lie. Nothing is created here."""

import os
from pathlib import Path

LIBRARY_VARIABLE = "RUSHES_LIBRARY"


def chosen_library(argument: Path | None) -> Path | None:
    """The library that the person named: ``--library``, else the environment; None when neither does."""
    if argument is not None:
        return argument
    named = os.environ.get(LIBRARY_VARIABLE)
    return Path(named) if named else None


def default_library() -> Path:
    """The library of a person who never chose one."""
    from platformdirs import user_data_path

    return user_data_path("rushes", appauthor=False) / "library"


def command_log() -> Path:
    """Where the command line keeps the details of an unexpected error."""
    from platformdirs import user_log_path

    return user_log_path("rushes", appauthor=False) / "command.log"
