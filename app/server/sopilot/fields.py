"""What requests bring; keys that are not named here are ignored."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt


def _storable(text: str) -> str:
    """JSON can say halves of letters, which neither the database nor UTF-8 can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("the text holds half of a letter (a lone surrogate)") from None
    return text


Text = Annotated[str, AfterValidator(_storable)]
Seconds = Annotated[StrictFloat, Field(ge=0, le=1e7, allow_inf_nan=False)]


class Request(BaseModel):
    """Root of all bodies."""

    model_config = ConfigDict(extra="ignore")


class ScoreRequest(Request):
    """Which videos to compare."""

    model_config = ConfigDict(json_schema_extra={"example": {"gold_video_id": 1, "trainee_video_id": 42}})

    gold_video_id: StrictInt
    trainee_video_id: StrictInt


class StepIn(Request):
    """A step; ``allowed_sec`` null = the task's factor times its own time."""

    name: Text = Field(max_length=200)
    start_sec: Seconds
    end_sec: Seconds
    critical: StrictBool = False
    optional: StrictBool = False
    any_order: StrictBool = False
    allowed_sec: Seconds | None = None


class StepsRequest(Request):
    """All steps of a gold video, in time order. ``seen_version``: refuse when someone else edited since."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "steps": [
                    {"name": "Open the cover", "start_sec": 0.0, "end_sec": 6.0},
                    {"name": "Put the part in", "start_sec": 6.0, "end_sec": 14.5, "critical": True},
                ],
                "seen_version": 1,
            }
        }
    )

    steps: list[StepIn] = Field(max_length=1000)
    name: Text = Field(default="Set steps", max_length=200)
    seen_version: Annotated[StrictInt, Field(ge=0, le=2**63 - 1)] | None = None


class VerdictRequest(Request):
    """What a person says of a finding; "" takes it back."""

    model_config = ConfigDict(json_schema_extra={"example": {"verdict": "dismissed", "comment": "The cover was open."}})

    verdict: Literal["", "confirmed", "dismissed"]
    comment: Text = Field(default="", max_length=4000)


class AcceptedRequest(Request):
    """Whether a video shows the procedure done well, so that training may learn from it."""

    model_config = ConfigDict(json_schema_extra={"example": {"accepted": True}})

    accepted: StrictBool


class MaskFields(Request):
    """What must not be seen: boxes (x, y, width, height) as fractions of the picture, and faces."""

    regions: list[Annotated[list[StrictFloat], Field(min_length=4, max_length=4)]] = Field(default=[], max_length=100)
    faces: StrictBool = False
    mode: Literal["pixelate", "blur", "black"] = "pixelate"


class SettingsFields(Request):
    """Settings of a task; those that are left out stay as they are."""

    clip_s: StrictFloat | None = None
    clip_overlap: StrictFloat | None = None
    encoder: Text | None = None
    pass_mark: StrictFloat | None = None
    critical_weight: StrictFloat | None = None
    over_time_factor: StrictFloat | None = None
    swap_share: StrictFloat | None = None
    over_time_share: StrictFloat | None = None
    deviation_share: StrictFloat | None = None
    extra_points: StrictFloat | None = None
    masks: MaskFields | None = None

    def given(self) -> dict[str, Any]:
        """Those that came with a value."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


class TaskRequest(Request):
    """What to change of a task."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"title": "Assembly, line 1", "settings": {"pass_mark": 80, "clip_s": 4}}}
    )

    title: Text | None = Field(default=None, max_length=200)
    settings: SettingsFields | None = None


class AdapterChoice(Request):
    """Which adapter scores and searches use; null = none."""

    model_config = ConfigDict(json_schema_extra={"example": {"version": 3}})

    version: Annotated[StrictInt, Field(ge=1, le=2**63 - 1)] | None
