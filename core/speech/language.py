"""What language is spoken: windows from all over the sound are put to the model, and they vote.

Windows are shorter than the model's 30 s and are not padded: for 4 to 8 s of speech that costs a fifth, and the answer
is the same. Where the votes differ, all of the sound is put to the model between the moments at which it changes, in
groups of neighbours, and the languages are those about which the model doubts least (dynamic programming with a price
for each change).
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.speech.changes import change_points
from core.speech.pieces import Stretch, least_voiced
from core.speech.sound import RATE_HZ, Recording, Samples
from core.speech.types import LanguageGuess
from core.speech.voice import Probabilities, Span, merged

WINDOW_S = 4.0
LEAST_S = 1.0
_FEWEST, _MOST = 8, 40
_PER_S = 1.2 / 60
_SURE, _VERY_SURE, _HALF_SURE = 0.7, 0.85, 0.4
_CHANGE_COST = 0.3
_FLOOR = 1e-3
_APART_S = ((180.0, 1.0), (900.0, 2.0))
_COARSE_S = 4.0
"""How close changes may lie, by how much is spoken: more of them take longer."""
_TELLING_S, _LONGEST_S = 2.0, 7.0
_UNTOLD = 0.05
_SNAP_S, _CRUMB = 0.4, RATE_HZ // 10
_APART = RATE_HZ
_REAL_S, _REAL_SHARE = 2.0, 0.03

Votes = Mapping[str, float]
Ask = Callable[[Samples], Votes]
"""Sound to the probability of each language."""


@dataclass(frozen=True, slots=True)
class _Window:
    spans: tuple[Span, ...]
    votes: Votes

    @property
    def seconds(self) -> float:
        return sum(end - start for start, end in self.spans) / RATE_HZ

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]

    @property
    def best(self) -> tuple[str, float]:
        return max(self.votes.items(), key=lambda one: one[1])


def asker(model: Any) -> Ask:
    """Asks a loaded ``faster_whisper.WhisperModel``."""

    def ask(samples: Samples) -> Votes:
        features = model.feature_extractor(samples)[..., : model.feature_extractor.nb_max_frames]
        answer = model.model.detect_language(model.encode(features))[0]
        return {token[2:-2]: float(probability) for token, probability in answer}

    return ask


def name_of(code: str) -> str:
    """English name of a code of Whisper; "" for none."""
    from core.speech.languages import name  # noqa: PLC0415  a table, needed once a job

    return name(code) if code else ""


def forced(code: str) -> LanguageGuess:
    """The guess when a person said what is spoken."""
    return LanguageGuess(code, name_of(code), 1.0, shares={code: 1.0})


def guess(
    recording: Recording, spans: Sequence[Span], ask: Ask, *, check: Callable[[], None] = lambda: None
) -> LanguageGuess:
    """Vote over windows from all over the voiced stretches. Nobody speaks: code "" and confidence 0."""
    return _guess_of(_voted(recording, _sampled(_windows(spans), voiced_s(spans)), ask, check))


def guess_and_divide(
    recording: Recording,
    spans: Sequence[Span],
    probabilities: Probabilities,
    ask: Ask,
    extractor: Any,
    *,
    check: Callable[[], None] = lambda: None,
) -> tuple[list[Stretch], LanguageGuess]:
    """The guess, and the voiced stretches by language; all of it is looked at where the samples do not agree."""
    windows = _voted(recording, _sampled(_windows(spans), voiced_s(spans)), ask, check)
    found = _guess_of(windows)
    if not _suspect(windows, found.code):
        return ([Stretch(tuple(spans), found.code)] if spans else []), found
    return stretches_of(recording, spans, probabilities, ask, extractor, check=check)


def voiced_s(spans: Sequence[Span]) -> float:
    """Seconds in spans together."""
    return sum(end - start for start, end in spans) / RATE_HZ


def _voted(
    recording: Recording, parts: Sequence[tuple[Span, ...]], ask: Ask, check: Callable[[], None]
) -> list[_Window]:
    windows = []
    for part in parts:
        check()
        windows.append(_Window(part, ask(_sound(recording, part))))
    return windows


def _suspect(windows: Sequence[_Window], code: str) -> bool:
    """Whether it pays to look at all of the sound: one other answer among few, several alike among many."""
    others: dict[str, int] = {}
    for window in windows:
        other, probability = window.best
        if other != code and probability >= (_HALF_SURE if len(windows) <= 2 * _FEWEST else _SURE):
            others[other] = others.get(other, 0) + 1
    return bool(others) and (len(windows) <= 2 * _FEWEST or max(others.values()) > 1)


def stretches_of(
    recording: Recording,
    spans: Sequence[Span],
    probabilities: Probabilities,
    ask: Ask,
    extractor: Any,
    *,
    check: Callable[[], None] = lambda: None,
) -> tuple[list[Stretch], LanguageGuess]:
    """The voiced stretches by language, where several are spoken, and the guess made of all windows."""
    apart_s = next((apart_s for most_s, apart_s in _APART_S if voiced_s(spans) <= most_s), _COARSE_S)
    units = [unit for run in merged(spans, _APART) for unit in _units(recording, run, extractor, apart_s)]
    groups: dict[tuple[int, int], _Window] = {}
    for first, last in _groups(units, max(_LONGEST_S, 2 * apart_s)):
        check()
        group = ((units[first][0], units[last][1]),)
        telling = voiced_s(group) >= _TELLING_S
        groups[first, last] = _Window(group, ask(_sound(recording, group)) if telling else {})
    windows = [window for window in groups.values() if window.votes]
    if not windows:
        found = guess(recording, spans, ask, check=check)
        return [Stretch(tuple(spans), found.code)], found
    path = _likeliest(len(units), groups)
    changes = [index for index in range(1, len(units)) if path[index] != path[index - 1]]
    labelled = [(0, path[0])]
    labelled += [(_quiet_near(spans, probabilities, units[index][0]), path[index]) for index in changes]
    stretches = _divided(spans, labelled)
    heard: dict[str, float] = {}
    for stretch in stretches:
        length_s = sum(end - start for start, end in stretch.spans) / RATE_HZ
        heard[str(stretch.language)] = heard.get(str(stretch.language), 0.0) + length_s
    whole_s = sum(heard.values())
    real = [code for code, length_s in heard.items() if length_s >= max(_REAL_S, _REAL_SHARE * whole_s)]
    found = _guess_of(windows)
    if len(real) < 2:
        return [Stretch(tuple(spans), found.code)], _changed(found, mixed=False)
    shares = {code: length_s / whole_s for code, length_s in sorted(heard.items(), key=lambda one: -one[1])}
    return stretches, _changed(found, mixed=True, shares=shares)


def _windows(spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    """All of the voiced sound in windows of about ``WINDOW_S``; what is too short to tell joins its neighbour."""
    longest, least = round(WINDOW_S * RATE_HZ), round(LEAST_S * RATE_HZ)
    found: list[tuple[Span, ...]] = []
    waiting: list[Span] = []
    filled = 0
    for start, end in spans:
        apart = waiting and start - waiting[-1][1] > longest
        if waiting and (apart or filled + end - start > longest) and filled >= least:
            found.append(tuple(waiting))
            waiting, filled = [], 0
        count = max(1, math.ceil((end - start) / longest))
        edges = [round(start + (end - start) * number / count) for number in range(count + 1)]
        for first, last in itertools.pairwise(edges[:-1]):
            found.append((*waiting, (first, last)))
            waiting, filled = [], 0
        waiting.append((edges[-2], edges[-1]))
        filled += edges[-1] - edges[-2]
    if waiting:
        if filled < least and found:
            found[-1] = (*found[-1], *waiting)
        else:
            found.append(tuple(waiting))
    return found


def _sampled(windows: list[tuple[Span, ...]], voiced_s: float) -> list[tuple[Span, ...]]:
    """Some of them, evenly through the sound."""
    count = min(len(windows), _MOST, max(_FEWEST, math.ceil(voiced_s * _PER_S)))
    if count == len(windows):
        return windows
    return [windows[int((number + 0.5) * len(windows) / count)] for number in range(count)]


def _sound(recording: Recording, spans: Sequence[Span]) -> Samples:
    return np.concatenate([recording.read(start, end) for start, end in spans])


def _guess_of(windows: Sequence[_Window]) -> LanguageGuess:
    if not windows:
        return LanguageGuess("", "", 0.0, shares={})
    total: dict[str, float] = {}
    weight_s = 0.0
    for window in windows:
        weight_s += window.seconds
        for code, probability in window.votes.items():
            total[code] = total.get(code, 0.0) + probability * window.seconds
    code, mass = max(total.items(), key=lambda one: one[1])
    shares = {one: value / weight_s for one, value in sorted(total.items(), key=lambda x: -x[1]) if value > _FLOOR}
    samples = tuple((window.start / RATE_HZ, *window.best) for window in windows)
    return LanguageGuess(code, name_of(code), mass / weight_s, _differ(windows, code), shares, samples)


def _differ(windows: Sequence[_Window], code: str) -> bool:
    """Whether another language is surely heard: in two windows, or in one of few that is very sure."""
    others: dict[str, list[float]] = {}
    for window in windows:
        other, probability = window.best
        if other != code and probability >= _SURE and window.seconds >= LEAST_S:
            others.setdefault(other, []).append(probability)
    return any(len(sure) > 1 or (len(windows) <= _FEWEST * 2 and max(sure) > _VERY_SURE) for sure in others.values())


def _changed(found: LanguageGuess, *, mixed: bool, shares: Mapping[str, float] | None = None) -> LanguageGuess:
    return LanguageGuess(
        found.code,
        found.name,
        found.confidence,
        mixed,
        dict(shares) if shares is not None else found.shares,
        found.samples,
    )


def _units(recording: Recording, run: Span, extractor: Any, apart_s: float) -> list[Span]:
    """A stretch without a long pause, cut where the voice or the room changes; a minute of it at a time."""
    found: list[Span] = []
    minute = 60 * RATE_HZ
    for start in range(run[0], run[1], minute):
        end = min(run[1], start + minute)
        inner = change_points(recording.read(start, end), extractor, apart_s=apart_s) if end - start > RATE_HZ else []
        edges = [start, *(start + place for place in inner), end]
        found.extend(itertools.pairwise(edges))
    return found


def _groups(units: Sequence[Span], longest_s: float) -> list[tuple[int, int]]:
    """Neighbouring units (first, last) to be heard together: each alone, and all that are short enough."""
    found = []
    for first in range(len(units)):
        for last in range(first, len(units)):
            apart = last > first and units[last][0] - units[last - 1][1] > _APART
            if apart or (last > first and units[last][1] - units[first][0] > longest_s * RATE_HZ):
                break
            found.append((first, last))
    return found


def _likeliest(count: int, groups: Mapping[tuple[int, int], _Window]) -> list[str]:
    """The language of each unit: groups and languages such that, weighted by time, the model doubts least."""
    told = [window for window in groups.values() if window.votes]
    candidates = sorted({code for window in told for code, p in [window.best] if p >= _SURE})
    if not candidates:
        candidates = [_guess_of(told).code]
    # cost[i][c]: the least doubt about the units before i, the last of them in language c
    cost = np.full((count + 1, len(candidates)), np.inf)
    came: dict[tuple[int, int], tuple[int, int]] = {}
    cost[0] = 0.0
    for end in range(1, count + 1):
        for (first, last), window in groups.items():
            if last + 1 != end:
                continue
            for index, code in enumerate(candidates):
                probability = window.votes.get(code, 0.0) if window.votes else _UNTOLD
                doubt = -math.log(max(probability, _FLOOR)) * window.seconds
                before = cost[first] + np.where(np.arange(len(candidates)) == index, 0.0, _CHANGE_COST * (first > 0))
                best = int(before.argmin())
                if before[best] + doubt < cost[end, index]:
                    cost[end, index] = before[best] + doubt
                    came[end, index] = first, best
    path: list[str] = []
    end, index = count, int(cost[count].argmin())
    while end > 0:
        first, before_index = came[end, index]
        path[:0] = [candidates[index]] * (end - first)
        end, index = first, before_index
    return path


def _quiet_near(spans: Sequence[Span], probabilities: Probabilities, place: int) -> int:
    """The least voiced moment close to a change, unless nobody speaks there anyway."""
    if not any(start <= place <= end for start, end in spans):
        return place
    near = round(_SNAP_S * RATE_HZ)
    return least_voiced(probabilities, max(0, place - near), place + near)


def _divided(spans: Sequence[Span], labelled: Sequence[tuple[int, str]]) -> list[Stretch]:
    """Spans cut where the language changes."""
    found = []
    for index, (first, code) in enumerate(labelled):
        last = labelled[index + 1][0] if index + 1 < len(labelled) else max((end for _, end in spans), default=0)
        inside = tuple(
            (max(start, first), min(end, last)) for start, end in spans if min(end, last) - max(start, first) > _CRUMB
        )
        if inside:
            found.append(Stretch(inside, code))
    return found
