"""Merging identities."""

import json
import sqlite3
from typing import Any

from core.errors import InvalidRequest
from core.identities.commands import Done, edit_command
from core.identities.draft import Draft, counted, label_of, labels_of, unique_ids


@edit_command("merge")
def merge(draft: Draft, payload: dict[str, Any]) -> Done:
    """``{"source_ids", "target_id"}``: all tracks of the sources go to the target, which keeps its name.

    An unnamed target takes the one name that its sources have, and labels that it lacks.
    """
    source_ids, target_id = unique_ids(payload["source_ids"], "identity to merge"), payload["target_id"]
    if target_id in source_ids:
        raise InvalidRequest(f"{target_id} cannot be merged into itself.", action="Choose another target.")
    target = draft.unlocked(target_id)
    sources = draft.all_unlocked(source_ids)
    _inherit(draft, target, sources)
    # the person says that all of them are one: none is a guess any more, not even the target's own
    track_ids = draft.tracks_of(target_id, *source_ids)
    draft.assign(track_ids, target_id)
    draft.set_identities(source_ids, deleted=1)
    who = label_of(sources[0]) if len(sources) == 1 else counted(len(sources), "person", "people")
    return Done(
        f"Merge {who} into {label_of(draft.identity(target_id))}",
        {"target_id": target_id, "sources_deleted": source_ids, "track_ids": track_ids},
    )


def _inherit(draft: Draft, target: sqlite3.Row, sources: list[sqlite3.Row]) -> None:
    names = list(dict.fromkeys(source["name"] for source in sources if source["name"]))
    if not target["name"] and len(names) == 1:
        draft.set_identities([target["identity_id"]], name=names[0])
    labels = {key: value for source in reversed(sources) for key, value in labels_of(source).items()}
    if target["name"] and names:  # two named people: the labels of the other one are not this one's
        labels = {}
    if labels:
        wanted = labels | labels_of(target)
        draft.set_identities([target["identity_id"]], labels=json.dumps(wanted, sort_keys=True, ensure_ascii=False))
