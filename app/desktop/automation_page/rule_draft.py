"""A rule while it is written: what is in the fields, what is wrong with it, and the usual rules to begin with."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QCoreApplication, QLocale

from core.scanning.types import Conditions, Rule, RuleAction
from widgets.rule_words import parts_of

translate = QCoreApplication.translate
ENGLISH = "eng"


@dataclass(frozen=True, slots=True)
class Draft:
    """As :class:`Rule` without what only the library knows. ``rule_id`` None = not saved yet."""

    rule_id: int | None = None
    name: str = ""
    enabled: bool = True
    conditions: Conditions = field(default_factory=Conditions)
    action: RuleAction = field(default_factory=lambda: RuleAction("transcribe", ENGLISH, "balanced"))


def draft_of(rule: Rule) -> Draft:
    """A saved rule as a draft."""
    return Draft(rule.id, rule.name, rule.enabled, rule.conditions, rule.action)


def has_condition(conditions: Conditions) -> bool:
    """Whether anything is asked at all."""
    return conditions != Conditions()


def problems_of(draft: Draft, unknown_language: str, taken_names: frozenset[str]) -> dict[str, str]:
    """What keeps a draft from being saved, by field: name, conditions, language."""
    found = {}
    name = draft.name.strip()
    if not name:
        found["name"] = translate("Rules", "Give the rule a name.")
    elif name.casefold() in taken_names:
        found["name"] = translate("Rules", "Another rule is called “{name}”. Choose another name.").format(name=name)
    if unknown_language:
        found["language"] = translate(
            "Rules", "“{text}” is no language that is known. Choose one from the list."
        ).format(text=unknown_language)
    elif not has_condition(draft.conditions):
        found["conditions"] = translate("Rules", "Choose at least one condition: without one every file would match.")
    return found


def advice_for(draft: Draft, name_of: Callable[[str], str]) -> str:
    """What a person may not expect of a rule; "" = nothing."""
    action, conditions = draft.action, draft.conditions
    spoken = parts_of(conditions.audio_language_is)
    missing = parts_of(conditions.missing_external_subtitle_lang) + parts_of(conditions.missing_embedded_subtitle_lang)
    if action.action_type == "translate":
        other = next((code for code in missing if code != ENGLISH), "")
        if other:
            return translate(
                "Rules", "A translation is always English, so the missing {language} subtitle stays missing."
            ).format(language=name_of(other))
        return ""
    other = next((code for code in missing if spoken and code not in spoken), "")
    if other:
        return translate(
            "Rules",
            "A transcription is in the language that is spoken: it will be {spoken}, and the missing {language} "
            "subtitle stays missing. To get English, choose Translate.",
        ).format(spoken=name_of(spoken[0]), language=name_of(other))
    return ""


def target_of(conditions: Conditions, action_type: str) -> str:
    """The language that a rule's subtitle is expected in: English for translations, else what is spoken or missing."""
    if action_type == "translate":
        return ENGLISH
    for codes in (
        conditions.audio_language_is,
        conditions.missing_external_subtitle_lang,
        conditions.missing_embedded_subtitle_lang,
    ):
        if parts := parts_of(codes):
            return parts[0]
    return ENGLISH


def copy_of(draft: Draft, taken_names: frozenset[str]) -> Draft:
    """A draft of a new rule with the same conditions, off until it is wanted."""
    return replace(draft, rule_id=None, name=free_name(draft.name, taken_names), enabled=False)


def free_name(name: str, taken_names: frozenset[str]) -> str:
    """``name``, or ``name (2)`` where that is taken."""
    free, number = name, 2
    while free.casefold() in taken_names:
        free, number = f"{name} ({number})", number + 1
    return free


def usual_rules(name_of: Callable[[str], str], own: str) -> tuple[Draft, ...]:
    """Rules that most people want; ``own`` is the person's language as a code."""
    into_english = Draft(
        name=translate("Rules", "Foreign films into English"),
        conditions=Conditions(
            audio_language_not=ENGLISH, missing_embedded_subtitle_lang=ENGLISH, missing_external_subtitle_lang=ENGLISH
        ),
        action=RuleAction("translate", ENGLISH, "balanced"),
    )
    anime = Draft(
        name=translate("Rules", "Japanese into English"),
        conditions=Conditions(
            audio_language_is="jpn", missing_embedded_subtitle_lang=ENGLISH, missing_external_subtitle_lang=ENGLISH
        ),
        action=RuleAction("translate", ENGLISH, "balanced", 5),
    )
    plain = [_same_language(code, name_of) for code in dict.fromkeys((own, ENGLISH))]
    return (*plain, into_english, anime)


def _same_language(code: str, name_of: Callable[[str], str]) -> Draft:
    name = translate("Rules", "{language} without {language} subtitles").format(language=name_of(code))
    conditions = Conditions(
        audio_language_is=code, missing_embedded_subtitle_lang=code, missing_external_subtitle_lang=code
    )
    return Draft(name=name, conditions=conditions, action=RuleAction("transcribe", code, "balanced"))


def own_language() -> str:
    """ISO 639-1 of this machine's language."""
    return QLocale.languageToCode(QLocale.system().language()) or "en"
