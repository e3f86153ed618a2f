"""Requests of the document: strict types, so that true is no number; unknown keys are ignored."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("may not hold the character NUL")
    return text


class Request(BaseModel):
    """Root of all JSON requests."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


PathText = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_without_nul)]
ShortText = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]
Language = Annotated[str, Field(min_length=2, max_length=40, examples=["jpn"])]
Languages = Annotated[str, Field(max_length=400, description="Comma-separated.")]
Priority = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
QualityPreset = Literal["fast", "balanced", "best"]
Task = Literal["transcribe", "translate"]
RuleId = Annotated[int, Field(ge=0, le=2**53)]
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


class JobRequest(Request):
    """A job for one file."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "file_path": "/media/anime/Attack on Titan S04E01.mkv",
                "file_name": "Attack on Titan S04E01.mkv",
                "source_lang": "jpn",
                "target_lang": "spa",
                "quality_preset": "fast",
                "transcribe_or_translate": "transcribe",
                "priority": 10,
                "is_manual_request": True,
            }
        }
    )

    file_path: PathText
    file_name: ShortText
    source_lang: Language | None = Field(None, description="ISO 639-2; null detects what is spoken.")
    target_lang: Language
    quality_preset: QualityPreset = "fast"
    transcribe_or_translate: Task = "transcribe"
    priority: Priority = Field(0, description="Higher is processed first.")
    is_manual_request: bool = True
    overwrite: bool = Field(False, description="Ours: replace a subtitle that somebody else wrote.")


class WorkerRequest(Request):
    """A worker to add."""

    model_config = ConfigDict(json_schema_extra={"example": {"worker_type": "gpu", "device_id": 0}})

    worker_type: Literal["cpu", "gpu"]
    device_id: Annotated[int, Field(ge=0, le=1023)] | None = Field(None, description="Required for gpu.")


class ConditionFields(Request):
    """What a file must be like; all that are given must hold."""

    audio_language_is: Languages | None = None
    audio_language_not: Languages | None = None
    audio_track_count_min: Annotated[int, Field(ge=0, le=1000)] | None = None
    has_embedded_subtitle_lang: Languages | None = None
    missing_embedded_subtitle_lang: Languages | None = None
    missing_external_subtitle_lang: Languages | None = None
    file_extension: Annotated[str, Field(max_length=400)] | None = Field(None, examples=[".mkv,.mp4"])


class ActionFields(Request):
    """The job that a match makes."""

    action_type: Task
    target_language: Language
    quality_preset: QualityPreset = "fast"
    job_priority: Priority = 0


class ActionChanges(Request):
    """Parts of an action."""

    action_type: Task | None = None
    target_language: Language | None = None
    quality_preset: QualityPreset | None = None
    job_priority: Priority | None = None


_RULE: JsonDict = {
    "name": "Japanese anime without Spanish subs",
    "enabled": True,
    "priority": 10,
    "conditions": {
        "audio_language_is": "jpn",
        "missing_embedded_subtitle_lang": "spa",
        "missing_external_subtitle_lang": "spa",
        "file_extension": ".mkv,.mp4",
    },
    "action": {"action_type": "transcribe", "target_language": "spa", "quality_preset": "fast", "job_priority": 5},
}


class RuleRequest(Request):
    """A rule to make."""

    model_config = ConfigDict(json_schema_extra={"example": _RULE})

    name: Annotated[str, Field(min_length=1, max_length=200)]
    enabled: bool = True
    priority: Priority = 0
    conditions: ConditionFields
    action: ActionFields


class RuleChanges(Request):
    """Parts of a rule; a condition that is null is taken away."""

    model_config = ConfigDict(json_schema_extra={"example": {"priority": 20, "enabled": False}})

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    enabled: bool | None = None
    priority: Priority | None = None
    conditions: ConditionFields | None = None
    action: ActionChanges | None = None


Paths = Annotated[list[PathText], Field(min_length=1, max_length=1000)]


class ScanRequest(Request):
    """What to scan; without ``paths`` the folders of the settings."""

    model_config = ConfigDict(json_schema_extra={"example": {"paths": ["/media/anime"], "recursive": True}})

    paths: Paths | None = None
    recursive: bool = True


class ScheduleRequest(Request):
    """When to scan; what is not given comes from the settings."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"enabled": True, "cron_expression": "0 2 * * *", "recursive": True}}
    )

    enabled: bool = True
    cron_expression: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    interval_minutes: Annotated[int, Field(ge=1, le=525_600)] | None = Field(None, description="Ours.")
    paths: Paths | None = None
    recursive: bool | None = None


class WatchRequest(Request):
    """Which folders to watch; without ``paths`` those of the settings."""

    model_config = ConfigDict(json_schema_extra={"example": {"enabled": True, "paths": ["/media/anime"]}})

    enabled: bool = True
    paths: Paths | None = None
    recursive: bool | None = None


SettingKey = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]+$")]
SettingValue = Annotated[str, Field(max_length=20_000), AfterValidator(_without_nul)]


class SettingChange(Request):
    """A new value, as text."""

    model_config = ConfigDict(json_schema_extra={"example": {"value": "2"}})

    value: SettingValue


class SettingChanges(Request):
    """New values by key: all of them, or none."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"settings": {"worker_cpu_count": "2", "scanner_enabled": "true"}}}
    )

    settings: Annotated[dict[str, SettingValue], Field(max_length=500)]


class SettingRequest(Request):
    """A setting to make."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "key": "custom_setting",
                "value": "value",
                "description": "Custom setting description",
                "category": "general",
                "value_type": "string",
            }
        }
    )

    key: SettingKey
    value: SettingValue | None = None
    description: ShortText | None = None
    category: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_-]+$")] = "general"
    value_type: Literal["string", "integer", "float", "boolean", "list"] = "string"


class SetupRule(ConditionFields):
    """A rule of the wizard: conditions and action beside each other."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    target_language: Language
    action_type: Task = "transcribe"
    quality_preset: QualityPreset = "fast"
    job_priority: Priority = 0
    priority: Priority = 0


class WorkerConfig(Request):
    """How many workers, and of which kind."""

    count: Annotated[int, Field(ge=0, le=64)] = 1
    type: Literal["cpu", "gpu"] = "cpu"


class ScannerConfig(Request):
    """When to scan."""

    interval_minutes: Annotated[int, Field(ge=1, le=525_600)] = 360


class StandaloneRequest(Request):
    """Everything that the standalone mode needs."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "library_paths": ["/media/anime", "/media/movies"],
                "scan_rules": [
                    {
                        "name": "Japanese to Spanish",
                        "audio_language_is": "jpn",
                        "missing_external_subtitle_lang": "spa",
                        "target_language": "spa",
                        "action_type": "transcribe",
                    }
                ],
                "worker_config": {"count": 1, "type": "cpu"},
                "scanner_config": {"interval_minutes": 360},
            }
        }
    )

    library_paths: Paths
    scan_rules: Annotated[list[SetupRule], Field(max_length=1000)] = Field(default_factory=list)
    worker_config: WorkerConfig | None = None
    scanner_config: ScannerConfig | None = None
