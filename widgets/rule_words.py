"""A scan rule as a sentence that a person reads."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from core.scanning.types import Conditions, RuleAction

translate = QCoreApplication.translate
NameOf = Callable[[str], str]
"""The name of a language of a code."""


def parts_of(text: str | None) -> list[str]:
    """The parts of a comma-separated list."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def listed(words: Sequence[str], last: str) -> str:
    """``a, b or c``; ``last`` is the word before the last."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def names_of(codes: str | None, name_of: NameOf) -> str:
    """``Japanese, Korean or Chinese``."""
    return listed([name_of(code) for code in parts_of(codes)], translate("Rules", "or"))


def condition_words(conditions: Conditions, name_of: NameOf) -> list[str]:
    """Each condition that is set, as what must hold; what is missing comes last, because it is what it is about."""
    found: list[str] = []
    if conditions.file_extension:
        words = translate("Rules", "the file is {extensions}")
        found.append(words.format(extensions=listed(parts_of(conditions.file_extension), translate("Rules", "or"))))
    if conditions.audio_language_is:
        words = translate("Rules", "the audio is {languages}")
        found.append(words.format(languages=names_of(conditions.audio_language_is, name_of)))
    if conditions.audio_language_not:
        words = translate("Rules", "the audio is not {languages}")
        found.append(words.format(languages=names_of(conditions.audio_language_not, name_of)))
    if conditions.audio_track_count_min:
        words = (
            translate("Rules", "there is an audio track")
            if conditions.audio_track_count_min == 1
            else translate("Rules", "there are at least {count} audio tracks")
        )
        found.append(words.format(count=conditions.audio_track_count_min))
    found += _subtitle_words(conditions, name_of)
    return found


def _subtitle_words(conditions: Conditions, name_of: NameOf) -> list[str]:
    inside, beside = conditions.missing_embedded_subtitle_lang, conditions.missing_external_subtitle_lang
    found = []
    if conditions.has_embedded_subtitle_lang:
        words = translate("Rules", "there is a {languages} subtitle inside the file")
        found.append(words.format(languages=names_of(conditions.has_embedded_subtitle_lang, name_of)))
    if inside and beside and names_of(inside, name_of) == names_of(beside, name_of):
        words = translate("Rules", "there is no {languages} subtitle, neither inside nor beside the file")
        return [*found, words.format(languages=names_of(inside, name_of))]
    if inside:
        words = translate("Rules", "there is no {languages} subtitle inside the file")
        found.append(words.format(languages=names_of(inside, name_of)))
    if beside:
        words = translate("Rules", "there is no {languages} subtitle beside the file")
        found.append(words.format(languages=names_of(beside, name_of)))
    return found


def preset_title(preset: str) -> str:
    """A preset's name for people."""
    titles = {
        "fast": translate("Rules", "Fast"),
        "balanced": translate("Rules", "Balanced"),
        "best": translate("Rules", "Best"),
    }
    return titles.get(preset, preset)


def action_words(action: RuleAction) -> str:
    """What a match makes."""
    what = (
        translate("Rules", "translate into English with {preset}")
        if action.action_type == "translate"
        else translate("Rules", "transcribe with {preset}")
    ).format(preset=preset_title(action.quality_preset))
    if not action.job_priority:
        return what
    return translate("Rules", "{what}, priority {priority}").format(what=what, priority=action.job_priority)


def rule_sentence(conditions: Conditions, action: RuleAction, name_of: NameOf) -> str:
    """``When the audio is Japanese and there is no Spanish subtitle …, transcribe with Fast, priority 5.``"""
    words = condition_words(conditions, name_of)
    if not words:
        return translate("Rules", "Choose at least one condition.")
    return translate("Rules", "When {conditions}, {action}.").format(
        conditions=listed(words, translate("Rules", "and")), action=action_words(action)
    )
