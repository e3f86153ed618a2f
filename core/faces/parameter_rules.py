"""How a stage's parameters are found and checked: one rule a parameter, one order of sources for all."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import InvalidRequest

Value = int | float | bool | str | None

ENVIRONMENT_PREFIX = "RUSHES_"
TRUE_WORDS, FALSE_WORDS = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One parameter. ``kind`` is int, float, bool or str; ``low`` and ``high`` are inclusive.

    ``above_low`` makes ``low`` exclusive. ``stands_for_unset`` are names that mean "take the next source".
    """

    name: str
    kind: type[int] | type[float] | type[bool] | type[str]
    fallback: Value
    low: float | None = None
    high: float | None = None
    above_low: bool = False
    choices: tuple[str, ...] = ()
    stands_for_unset: tuple[str, ...] = ()

    def check(self, value: object, *, source: str) -> Value:
        """The value in its own type. Raises InvalidRequest naming parameter, value and bound."""
        if self.kind is bool:
            return self._flag(value, source)
        if self.kind is str:
            return self._word(value, source)
        return self._number(value, source)

    def parse(self, text: str, *, source: str) -> Value:
        """The value of a word from the environment."""
        if self.kind is bool:
            word = text.strip().lower()
            return self.check(word in TRUE_WORDS if word in TRUE_WORDS | FALSE_WORDS else text, source=source)
        if self.kind is str:
            return self.check(text.strip(), source=source)
        try:
            number = float(text)
        except ValueError as error:
            raise self._refusal(text, source, f"must be {self._bounds()}") from error
        return self.check(number, source=source)

    def _flag(self, value: object, source: str) -> bool:
        if not isinstance(value, bool):
            raise self._refusal(value, source, "must be true or false")
        return value

    def _word(self, value: object, source: str) -> str:
        if not isinstance(value, str) or not value:
            raise self._refusal(value, source, "must be a name")
        if self.choices and value.lower() not in self.choices:
            raise self._refusal(value, source, f"must be one of {', '.join(self.choices)}")
        return value.lower() if self.choices else value

    def _number(self, value: object, source: str) -> int | float:
        wanted = f"must be {self._bounds()}"
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._refusal(value, source, wanted)
        if self.kind is int and value != int(value):
            raise self._refusal(value, source, wanted)
        too_low = self.low is not None and (value < self.low or (self.above_low and value == self.low))
        if too_low or (self.high is not None and value > self.high):
            raise self._refusal(value, source, wanted)
        return int(value) if self.kind is int else float(value)

    def _bounds(self) -> str:
        noun = "a whole number" if self.kind is int else "a number"
        low = "" if self.low is None else f"{self.low:g}"
        if self.low is None or self.high is None:
            return f"{noun} {'above' if self.above_low else 'of at least'} {low}" if low else noun
        if self.above_low:
            return f"{noun} above {low} and at most {self.high:g}"
        return f"{noun} between {low} and {self.high:g}"

    def _refusal(self, value: object, source: str, wanted: str) -> InvalidRequest:
        shown = value if isinstance(value, str) else repr(value)
        return InvalidRequest(
            f"The parameter {self.name} is {shown} (from {source}), but it {wanted}.",
            action=f"Give {self.name} a value within its bounds or leave it out.",
        )


def resolve(
    rules: Sequence[Rule],
    profiles: Mapping[str, Mapping[str, Value]],
    aliases: Mapping[str, str],
    *,
    explicit: Mapping[str, object],
    environment: Mapping[str, str],
    stage_config: Mapping[str, object],
) -> tuple[dict[str, Value], dict[str, str]]:
    """Every rule's value and where it came from: explicit, environment, profile:NAME, stage_config or fallback.

    A value of None counts as not given in every source, and so does an empty environment variable.
    Keys without a rule are ignored. Raises InvalidRequest for the first value out of its bounds.
    """
    values: dict[str, Value] = {}
    sources: dict[str, str] = {}
    profile, profile_source = _profile(profiles, aliases, explicit, environment, stage_config)
    values["profile"], sources["profile"] = profile, profile_source
    preset = profiles[profile] if profile else {}
    for rule in rules:
        layers = (
            ("explicit", explicit.get(rule.name)),
            ("environment", _from_environment(rule, environment)),
            (f"profile:{profile}", preset.get(rule.name)),
            ("stage_config", stage_config.get(rule.name)),
        )
        values[rule.name], sources[rule.name] = _first_given(rule, layers)
    return values, sources


def _first_given(rule: Rule, layers: Sequence[tuple[str, object]]) -> tuple[Value, str]:
    for source, given in layers:
        if given is None:
            continue
        value = rule.check(given, source=source)
        if value not in rule.stands_for_unset:
            return value, source
    return rule.fallback, "fallback"


def _from_environment(rule: Rule, environment: Mapping[str, str]) -> Value:
    name = ENVIRONMENT_PREFIX + rule.name.upper()
    text = environment.get(name, "")
    return rule.parse(text, source=name) if text.strip() else None


def _profile(
    profiles: Mapping[str, Mapping[str, Value]],
    aliases: Mapping[str, str],
    explicit: Mapping[str, object],
    environment: Mapping[str, str],
    stage_config: Mapping[str, object],
) -> tuple[str | None, str]:
    rule = Rule("profile", str, None, choices=(*profiles, *aliases))
    value, source = _first_given(
        rule,
        (
            ("explicit", explicit.get("profile")),
            ("environment", _from_environment(rule, environment)),
            ("stage_config", stage_config.get("profile")),
        ),
    )
    return (aliases.get(value, value) if isinstance(value, str) else None), source
