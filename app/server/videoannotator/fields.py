"""What requests bring; keys that are not named here are ignored."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Request(BaseModel):
    """Root of all bodies."""

    model_config = ConfigDict(extra="ignore")


class ConfigValidationRequest(Request):
    """The config of one pipeline, plain or under the pipeline's name."""

    model_config = ConfigDict(json_schema_extra={"example": {"config": {"detection_confidence": 0.7}}})

    config: dict[str, Any]
    selected_pipelines: list[str] | None = Field(default=None, description="Not used here: the path names the one.")


class JobConfigValidationRequest(Request):
    """The config of a job, by pipeline."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "config": {"face_recognition": {"detection_confidence": 0.5}, "audio_processing": {}},
                "selected_pipelines": ["face_recognition", "audio_processing"],
            }
        }
    )

    config: dict[str, Any]
    selected_pipelines: list[str]
