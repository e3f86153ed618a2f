"""From a request to an edit of core and back: who asks, what was seen, and which id was the wrong one."""

from collections.abc import Callable, Sequence
from typing import Any

from app.server.screenalytics.desk import Context, what_is_missing
from app.server.screenalytics.refusals import missing
from core.errors import InvalidRequest, NotFound
from core.identities.moderation import Moderation
from core.jobs.events import EditApplied
from core.review.read import read_tracks


def apply(
    context: Context,
    ep_id: str,
    edit: Callable[[Moderation], EditApplied],
    *,
    identities: Sequence[str] = (),
    tracks: Sequence[str] = (),
    deleted_is_missing: bool = True,
) -> EditApplied:
    """Do one edit. Only when core refuses is it looked which id was wrong: the usual edit costs no extra reads.

    Raises Refused (404 with the code of what is missing, also for a deleted track), InvalidRequest, Conflict.
    """
    try:
        return edit(context.library.moderation)
    except NotFound as error:
        raise what_is_missing(context, ep_id, identities, tracks) from error
    except InvalidRequest as error:
        deleted = [one for one in read_tracks(context.library, ep_id, tracks) if one.state == "deleted"]
        if not deleted or not deleted_is_missing:
            raise
        raise missing("track", deleted[0].track_id, action="It was deleted; restore it first.") from error


def edited(applied: EditApplied) -> dict[str, Any]:
    """An edit as the answer of our own routes."""
    return {"edit_id": applied.edit_id, "name": applied.name, "change": applied.change}
