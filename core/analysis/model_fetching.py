"""Models that a job needs are fetched when they are the default ones; any other has to be fetched on purpose."""

from collections.abc import Sequence

from core.analysis.workshop import Workshop
from core.errors import Canceled, FetchCanceled
from core.jobs.types import JobContext


def fetch_models(shop: Workshop, wanted: Sequence[str], context: JobContext) -> None:
    """Fetch what is missing of the default models, saying so. Raises ModelMissing for any other."""
    missing = shop.models.missing(list(wanted))
    for entry in missing:
        if not entry.default:
            shop.models.path(entry.id)  # raises the error that says what to do
    if not missing:
        return
    size_mb = shop.models.download_size(list(wanted)) / 1e6
    names = ", ".join(entry.title for entry in missing)
    context.log(f"Fetching the default face models once, {size_mb:.0f} MB: {names}.")

    def told(model_id: str, _stage: str, done: int, total: int) -> None:
        context.progress(f"models: {model_id}", done, total, unit="bytes")

    try:
        shop.models.fetch([entry.id for entry in missing], progress=told, canceled=lambda: context.canceled)
    except FetchCanceled as error:
        raise Canceled(error.message, action=error.action) from error
