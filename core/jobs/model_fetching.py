"""Models that a job needs are fetched when they are default ones; any other has to be fetched on purpose."""

from collections.abc import Sequence

from core.errors import Canceled, FetchCanceled
from core.jobs.types import JobContext
from models.store import ModelStore


def fetch_default_models(models: ModelStore, wanted: Sequence[str], context: JobContext, *, kind: str) -> None:
    """Fetch what is missing of ``wanted``, saying so; ``kind`` names them: face, speech.

    Raises ModelMissing for a missing model that is no default one, Canceled, FetchFailed.
    """
    missing = models.missing(wanted)
    for entry in missing:
        if not entry.default:
            models.path(entry.id)  # raises the error that says what to do
    if not missing:
        return
    size_mb = sum(entry.download_bytes for entry in missing) / 1e6
    names = ", ".join(entry.title for entry in missing)
    context.log(f"Fetching the default {kind} models once, {size_mb:.0f} MB: {names}.")

    def told(model_id: str, _stage: str, done: int, total: int) -> None:
        context.progress(f"models: {model_id}", done, total, unit="bytes")

    try:
        models.fetch([entry.id for entry in missing], progress=told, canceled=lambda: context.canceled)
    except FetchCanceled as error:
        raise Canceled(error.message, action=error.action) from error
