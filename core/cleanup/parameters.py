"""What a cleanup is asked to do, under the document's names and bounds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.errors import InvalidRequest
from core.faces.parameter_rules import Rule
from core.faces.parameters import (
    DEVICES,
    ClusterParameters,
    DetectParameters,
    EmbedParameters,
    resolve_cluster,
    resolve_detect,
    resolve_embed,
)

ACTIONS = ("split_tracks", "reembed", "recluster", "group_clusters")
"""The phases in the order in which they run."""

_EMBED_DEVICE = Rule("embed_device", str, "auto", choices=DEVICES)
_WRITE_BACK = Rule("write_back", bool, True)


@dataclass(frozen=True, slots=True)
class CleanupParameters:
    """``actions`` in their order; ``write_back``: apply the outcome, else report only. The rest as of the stages."""

    actions: tuple[str, ...]
    write_back: bool
    detect: DetectParameters
    embed: EmbedParameters
    cluster: ClusterParameters


def resolve_cleanup(
    explicit: Mapping[str, object],
    env: Mapping[str, str],
    settings: Callable[[str], Mapping[str, object]] = lambda _stage: {},
) -> CleanupParameters:
    """``settings`` are a library's own, by stage. Raises InvalidRequest naming the parameter and what it may be."""
    device = explicit.get("embed_device")
    embed = dict(explicit) | ({"device": _EMBED_DEVICE.check(device, source="explicit")} if device is not None else {})
    write_back = explicit.get("write_back")
    return CleanupParameters(
        actions=_actions(explicit.get("actions")),
        write_back=bool(_WRITE_BACK.check(True if write_back is None else write_back, source="explicit")),
        detect=resolve_detect(explicit, env, settings("detect_track")),
        embed=resolve_embed(embed, env, settings("faces_embed")),
        cluster=resolve_cluster(explicit, env, settings("cluster")),
    )


def _actions(value: object) -> tuple[str, ...]:
    if value is None:
        return ACTIONS
    if not isinstance(value, list | tuple) or not value or not all(one in ACTIONS for one in value):
        raise InvalidRequest(
            f"The parameter actions is {value!r}, but it must be a list of some of {', '.join(ACTIONS)}.",
            action="Name at least one of them, or leave actions out for all.",
        )
    return tuple(one for one in ACTIONS if one in value)
