"""Types of values in requests: strict, so that true is no number and "6" no count; unknown keys are ignored."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.library.slug import ID_PATTERN


class Request(BaseModel):
    """Root of all JSON requests."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class Answer(BaseModel):
    """Root of all documented answers; further fields may be there."""

    model_config = ConfigDict(extra="allow")


EpisodeId = Annotated[str, Field(pattern=f"^(?:{ID_PATTERN.pattern})$", max_length=64, examples=["rhobh-s05e02"])]
IdentityId = Annotated[str, Field(min_length=1, max_length=64, examples=["identity-00001"])]
TrackId = Annotated[str, Field(min_length=1, max_length=64, examples=["track-00005"])]
ShortText = Annotated[str, Field(max_length=500)]

Profile = Literal["low_power", "fast_cpu", "balanced", "high_accuracy"]
Device = Literal["auto", "cpu", "mps", "coreml", "metal", "apple", "cuda", "directml"]
SceneDetector = Literal["pyscenedetect", "internal", "off"]
CleanupAction = Literal["split_tracks", "reembed", "recluster", "group_clusters"]
ModelName = Annotated[str, Field(min_length=1, max_length=200)]

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
JpegQuality = Annotated[int, Field(ge=1, le=100)]
FrameCount = Annotated[int, Field(ge=0, le=100_000)]
