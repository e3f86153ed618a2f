"""Which other gold recordings of a task an attempt is compared with: a step may be done in the way of any of them."""

from collections.abc import Iterable

from core.procedures.types import ProcedureVideo, Role

MOST_OTHER_GOLDS = 8
"""Each is a comparison of its own; the newest are looked at."""


def comparable_golds(gold: ProcedureVideo, videos: Iterable[ProcedureVideo]) -> list[ProcedureVideo]:
    """Of a task's ``videos`` the other golds with steps that were measured in the same way, newest first."""
    encoder = (gold.embedding_model, gold.embedding_version)
    found = [
        one
        for one in videos
        if one.role is Role.GOLD
        and one.video_id != gold.video_id
        and (one.embedding_model, one.embedding_version) == encoder
        and one.embedding_id is not None
        and one.steps_version
    ]
    return sorted(found, key=lambda one: one.video_id, reverse=True)
