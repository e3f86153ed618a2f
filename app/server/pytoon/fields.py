"""What requests bring; keys that are not named here are ignored."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

from core.render.request_check import LONGEST_CAPTION, LONGEST_PROMPT, MOST_BEATS, MOST_IMAGES
from core.render.types import LONGEST_S, SHORTEST_S, Archetype, EnginePolicy

MOST_URI_LETTERS = 4_096


def _whole_number(value: Any) -> Any:
    """JSON has one kind of number: 15.0 is the whole number 15, while "15" and true are none."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


Seconds = Annotated[int, Field(ge=SHORTEST_S, le=LONGEST_S), BeforeValidator(_whole_number)]
CaptionText = Annotated[str, StringConstraints(max_length=LONGEST_CAPTION)]
Uri = Annotated[str, StringConstraints(max_length=MOST_URI_LETTERS)]


class Request(BaseModel):
    """Root of all bodies."""

    model_config = ConfigDict(extra="ignore")


class CaptionsRequest(Request):
    """What the cut says. All of it empty = no captions."""

    hook: CaptionText | None = Field(default=None, description="The first words.")
    beats: Annotated[list[CaptionText], Field(max_length=MOST_BEATS)] | None = Field(
        default=None, description="What follows, in order."
    )
    cta: CaptionText | None = Field(default=None, description="The call to action at the end.")


class JobRequest(Request):
    """A cut. What is left out or null comes from the preset."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "preset_id": "overlay_classic",
                "prompt": "Product showcase with elegance",
                "target_duration_seconds": 15,
                "brand_safe": True,
                "engine_policy": "local_preferred",
                "archetype": "OVERLAY",
                "image_uris": [],
                "mask_uri": None,
                "music_uri": None,
                "voice_uri": None,
                "captions": {
                    "hook": "New Collection",
                    "beats": ["Premium quality", "Limited edition"],
                    "cta": "Shop now",
                },
            }
        }
    )

    preset_id: str = Field(description="An id of GET /api/v1/presets; 400 for any other.")
    prompt: str = Field(default="", max_length=LONGEST_PROMPT, description="Captions are made from it.")
    target_duration_seconds: Seconds = 15
    brand_safe: StrictBool | None = None
    engine_policy: EnginePolicy | None = None
    archetype: Archetype | None = None
    image_uris: list[Uri] = Field(
        default_factory=list,
        max_length=MOST_IMAGES,
        description="URIs or keys of uploads, in order; spread over the segments.",
    )
    mask_uri: Uri | None = Field(default=None, description="A PNG whose alpha cuts out the first image.")
    music_uri: Uri | None = None
    voice_uri: Uri | None = None
    captions: CaptionsRequest | None = Field(default=None, description="null = made from the prompt.")
    title: str = Field(default="", max_length=200, description="Ours: a name for lists.")
