"""What edits of identities and tracks are told."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.server.screenalytics.fields import IdentityId, Request, TrackId

LabelKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
LabelValue = Annotated[str, Field(max_length=200)]
Seen = Annotated[
    dict[IdentityId, int] | None,
    Field(default=None, max_length=5000, description="Ours: revisions as they were read; another one now is a 409."),
]


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"example": values})


class EditRequest(Request):
    """What every edit may carry."""

    seen: Seen = None


class MergeRequest(EditRequest):
    """Many into one."""

    model_config = _example(source_ids=["identity-00002", "identity-00003"], target_id="identity-00001")

    source_ids: list[IdentityId] = Field(min_length=1, max_length=5000)
    target_id: IdentityId


class SplitRequest(EditRequest):
    """Tracks of an identity become a new one."""

    model_config = _example(identity_id="identity-00001", track_ids_to_split=["track-00005", "track-00012"])

    identity_id: IdentityId
    track_ids_to_split: list[TrackId] = Field(min_length=1, max_length=20_000)


class MoveRequest(EditRequest):
    """A track changes hands. Ours: to null makes a new identity, from null takes it from wherever it is."""

    model_config = _example(from_identity_id="identity-00001", to_identity_id="identity-00002")

    from_identity_id: IdentityId | None
    to_identity_id: IdentityId | None


class IdentityPatch(EditRequest):
    """Lock and labels; a label of null or "" is removed, ``name`` names the identity."""

    model_config = _example(locked=True, labels={"person_id": "lisa-vanderpump", "name": "Lisa Vanderpump"})

    locked: bool | None = None
    labels: dict[LabelKey, LabelValue | None] | None = Field(None, max_length=50)


class LinkRequest(Request):
    """Two tracks that must, or cannot, be one person."""

    model_config = _example(kind="cannot", first_track_id="track-00001", second_track_id="track-00002")

    kind: Annotated[str, Field(pattern="^(must|cannot)$")]
    first_track_id: TrackId
    second_track_id: TrackId


class TrackSplitRequest(EditRequest):
    """A track is cut in two before a frame."""

    model_config = _example(at_frame=420, apart=True)

    at_frame: int = Field(ge=0, le=2**31 - 1)
    apart: bool = Field(True, description="Whether the second part becomes a new identity.")


class SuggestionKeys(Request):
    """Suggestions by their keys; several are one undo step."""

    model_config = _example(keys=["merge:track-00001:track-00007"])

    keys: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(min_length=1, max_length=5000)


class AcceptAbove(Request):
    """All suggestions of confirmed identities from a likeness on."""

    model_config = _example(likeness=0.9)

    likeness: float = Field(ge=0.0, le=1.0)
