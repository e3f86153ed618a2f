"""Which rule a file falls under."""

from collections.abc import Iterable
from pathlib import PurePath

from core.errors import InvalidRequest
from core.scanning.conditions import codes_of, extensions_of
from core.scanning.types import Conditions, FileFacts, MatchedAction, Rule
from core.speech.languages import whisper_code


def match(facts: FileFacts, rules: Iterable[Rule]) -> Rule | None:
    """The first enabled rule that holds, the highest ``priority`` first, of equal ones the oldest."""
    for rule in in_order(rules):
        if rule.enabled and holds(rule.conditions, facts):
            return rule
    return None


def action_for(facts: FileFacts, rule: Rule) -> MatchedAction:
    """The job that a rule wants for a file that it matches.

    Where the rule asks for a spoken language, the first track of it is meant, whatever other tracks there are.
    """
    wanted = codes_of(rule.conditions.audio_language_is)
    source = next((track.language for track in facts.audio if track.language and track.language in wanted), "")
    action = rule.action
    return MatchedAction(
        action.action_type, action.target_language, action.quality_preset, action.job_priority, _heard_as(source)
    )


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """As they are asked."""
    return sorted(rules, key=lambda rule: (-rule.priority, rule.id))


def holds(conditions: Conditions, facts: FileFacts) -> bool:
    """Whether all set (and checked) conditions hold.

    - A file without sound matches nothing; one without a picture only a rule that names its extension.
    - ``audio_language_is``: a track has one of the languages. ``audio_language_not``: no track has any of them.
    - Tracks and subtitles of unknown language have no language: they satisfy no "is" and no "has", and hinder no "not"
      and no "missing". ``und`` in a condition means exactly them.
    - ``has_…``: a subtitle in one of the languages. ``missing_…``: none in any of them.
    - Forced subtitles hold only what is foreign in the film, so they count as no subtitle of their language.
    """
    if not facts.audio:
        return False
    return _of_kind(conditions, facts) and _sounds(conditions, facts) and _subtitled(conditions, facts)


def _of_kind(conditions: Conditions, facts: FileFacts) -> bool:
    wanted = extensions_of(conditions)
    return PurePath(facts.path).suffix.lower() in wanted if wanted else facts.is_video


def _sounds(conditions: Conditions, facts: FileFacts) -> bool:
    spoken = {track.language for track in facts.audio}
    if conditions.audio_language_is and not spoken & codes_of(conditions.audio_language_is):
        return False
    if spoken & codes_of(conditions.audio_language_not):
        return False
    return len(facts.audio) >= (conditions.audio_track_count_min or 0)


def _subtitled(conditions: Conditions, facts: FileFacts) -> bool:
    embedded = {track.language for track in facts.embedded if not track.forced}
    external = {file.language for file in facts.external if not file.forced}
    if conditions.has_embedded_subtitle_lang and not embedded & codes_of(conditions.has_embedded_subtitle_lang):
        return False
    if embedded & codes_of(conditions.missing_embedded_subtitle_lang):
        return False
    return not external & codes_of(conditions.missing_external_subtitle_lang)


def _heard_as(code: str) -> str:
    """The code where Whisper knows the language, "" where it has to recognise what it can."""
    try:
        whisper_code(code)
    except InvalidRequest:
        return ""
    return code
