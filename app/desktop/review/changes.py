"""What an edit's change set means for the review on the page."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.review.types import EpisodeReview


def changed_review(review: EpisodeReview, change: Mapping[str, Any]) -> EpisodeReview | None:
    """The review after an edit, made from its change set alone.

    None for edits that move tracks or identities: screen time and cohesion are core's to work out, so the review must
    be read again.
    """
    if change.get("command") != "rename":
        return None
    renamed = tuple(
        replace(identity, name=str(change["name"])) if identity.identity_id == change["identity_id"] else identity
        for identity in review.identities
    )
    return replace(review, identities=renamed)
