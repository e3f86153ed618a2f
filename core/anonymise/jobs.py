"""The job that writes an anonymised video. Desktop, command line and server ask for it with the same params."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.anonymise.types import ANONYMISE, Disguise
from core.errors import InvalidRequest
from core.jobs.types import Job, JobContext

if TYPE_CHECKING:
    from core.library.library import Library
    from models.store import ModelStore

JobFunction = Callable[[Job, JobContext], dict[str, Any]]
DISGUISE_FIELDS = ("style", "strength", "margin", "hold_s", "bridge_s", "voice", "semitones")


def registry(library: "Library", models: "ModelStore") -> dict[str, JobFunction]:
    """Functions by job type: ANONYMISE. Its params:

    - ``ep_id`` (or the job's own) for an episode's tracks, or ``media_id`` and ``result_id`` for a result's boxes;
    - ``path``: the absolute path to write; ``requested_by``;
    - ``tracks`` (list, None = all) or ``except_tracks``: ids of tracks, ids or names of people;
    - ``deleted_tracks`` (True): cover an episode's deleted tracks too; ``verify`` (True): look for faces in the copy;
    - the fields of Disguise.
    """

    def run(job: Job, context: JobContext) -> dict[str, Any]:
        from core.anonymise.anonymise_job import run_anonymise  # noqa: PLC0415  loads av

        return run_anonymise(library, models, job, context)

    return {ANONYMISE: run}


def disguise_of(params: Mapping[str, Any]) -> Disguise:
    """The disguise that params ask for, defaults filled in. Raises InvalidRequest for a value that cannot be."""
    from core.anonymise.checks import check_disguise  # noqa: PLC0415  only when somebody asks

    disguise = Disguise(**{name: params[name] for name in DISGUISE_FIELDS if params.get(name) is not None})
    check_disguise(disguise)
    return disguise


def target_of(params: Mapping[str, Any]) -> Path:
    """Where to write. Raises InvalidRequest."""
    path = params.get("path")
    if not isinstance(path, str) or not Path(path).is_absolute():
        raise InvalidRequest(f"The path {path!r} is not a whole path.", action="Give the file's absolute path.")
    return Path(path)


def names_of(params: Mapping[str, Any], name: str) -> list[str] | None:
    """The ids of a list, None when it was not given. Raises InvalidRequest."""
    given = params.get(name)
    if given is None:
        return None
    if not isinstance(given, list | tuple) or any(isinstance(one, bool) for one in given):
        raise InvalidRequest(f"{name} is {given!r}.", action="Give a list of ids.")
    return [str(one) for one in cast("list[object]", given)]
