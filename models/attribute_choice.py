"""Which models for what faces tell are on this machine. Loads no runtime."""

from models.packs import AGE, has_task
from models.store import ModelStore

EMOTION_MODEL = "emotion-ferplus"


def installed_age_model(store: ModelStore) -> str:
    """The id of the first installed pack that guesses ages; "" when there is none."""
    packs = (one.id for one in store.catalogue.models.values() if one.family == "insightface_pack")
    return next((one for one in packs if has_task(store.root / one, AGE) and store.ready(one)), "")
