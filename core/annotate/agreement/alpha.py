"""Krippendorff's alpha: agreement of any number of coders, with values missing, at four levels of measurement."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.annotate.agreement.stretches import Line
from core.annotate.agreement.time_units import line_of
from core.annotate.agreement.types import UNMARKED, Level
from core.annotate.types import Ints, Tier, Times
from core.errors import InvalidRequest

LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")
_TILE_ROWS, _TILE_COLUMNS = 64, 1024


def alpha(
    units: npt.ArrayLike | Sequence[Sequence[str | float | None]],
    level: Level = "nominal",
    *,
    order: Sequence[str] = (),
) -> float:
    """Alpha of values (coders, units); NaN or None = missing. NaN when nothing can differ: fewer than two values.

    Values are numbers, or words: at the nominal level any, at the ordinal one those of ``order`` from the lowest to
    the highest. At the ratio level they are not below 0. Raises InvalidRequest for values that the level cannot have.

    Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011; the
    ordinal metric is the difference of mean ranks, which is the same as his sum of frequencies between two values.
    """
    _require_level(level)
    values = _numbers(units, level, order)
    return _alpha(values, np.ones(values.shape[1], dtype=np.int64), level)


def alpha_by_time(
    tiers: Sequence[Tier],
    *,
    duration_s: float,
    step_s: float = 0.1,
    level: Level = "nominal",
    order: Sequence[str] = (),
) -> float:
    """Alpha of two or more codings over units of ``step_s`` seconds, as in ``kappa_by_time``.

    At the nominal level unmarked time is a category; at the others it is missing, and labels are numbers, or at the
    ordinal level words of ``order``. Raises InvalidRequest for fewer than two tiers, for other labels, and as
    ``kappa_by_time`` does.
    """
    _require_level(level)
    if len(tiers) < 2:
        raise InvalidRequest("One coding alone agrees with nothing.", action="Choose tiers of two or more coders.")
    line, counts = line_of(tiers, duration_s=duration_s, step_s=step_s)
    values = line.codes.astype(np.float64) if level == "nominal" else _values(line, level, order)
    return _alpha(values, counts, level)


def _alpha(values: Times, weights: Ints, level: Level) -> float:
    """``values`` (coders, units) with NaN, each unit as often as ``weights`` says.

    1 - observed / expected disagreement: the mean difference of the values inside units against that of all of them.
    """
    given = ~np.isnan(values)
    pairable = (given.sum(axis=0) >= 2) & (weights > 0)
    values, given, weights = values[:, pairable], given[:, pairable], weights[pairable]
    total = float((given.sum(axis=0) * weights).sum())
    if total < 2:
        return math.nan
    distinct, code_of = np.unique(values[given], return_inverse=True)
    repeats = np.broadcast_to(weights, values.shape)[given]
    often = np.bincount(code_of, weights=repeats, minlength=len(distinct)).astype(np.float64)
    if level == "ordinal":
        distinct = np.cumsum(often) - often / 2
    if level in {"ordinal", "interval"}:
        distinct = distinct - distinct.mean()  # squares of large numbers that differ little would lose the difference
    scaled = np.full(values.shape, np.nan)
    scaled[given] = (code_of if level == "nominal" else distinct[code_of]).astype(np.float64)
    difference = _DIFFERENCES[level]
    observed = _inside(scaled, given, weights, difference) / total
    expected = _overall(np.arange(len(often), dtype=np.float64) if level == "nominal" else distinct, often, level)
    expected /= total * (total - 1)
    return 1 - observed / expected if expected > 0 else math.nan


def _inside(values: Times, given: npt.NDArray[np.bool_], weights: Ints, difference: "_Difference") -> float:
    """The sum over units of the differences of ordered pairs in them, each divided by its values less one."""
    sums = np.zeros(values.shape[1])
    for first in range(len(values)):
        for second in range(first + 1, len(values)):
            both = given[first] & given[second]
            sums[both] += 2 * difference(values[first, both], values[second, both])
    return float((sums / (given.sum(axis=0) - 1) * weights).sum())


def _overall(distinct: Times, often: Times, level: Level) -> float:
    """The sum of the differences of all ordered pairs of values."""
    total = often.sum()
    if level == "nominal":
        return float(total**2 - (often**2).sum())
    if level != "ratio":
        centred = distinct - (distinct * often).sum() / total
        return float(2 * total * (often * centred**2).sum())
    return _overall_ratio(distinct, often)


def _overall_ratio(distinct: Times, often: Times) -> float:
    """Ratios of all values to all others do not come apart into sums of single ones: each pair is looked at once, in
    tiles that stay in the processor's cache.
    """
    zeros = float(often[distinct == 0].sum())
    values, often = distinct[distinct > 0], often[distinct > 0]
    total = 2 * zeros * float(often.sum())  # the ratio of 0 to anything is 1
    for top in range(0, len(values), _TILE_ROWS):
        rows = slice(top, top + _TILE_ROWS)
        for left in range(top, len(values), _TILE_COLUMNS):
            columns = slice(left, left + _TILE_COLUMNS)
            tile = values[rows, None] - values[columns]
            tile /= values[rows, None] + values[columns]
            np.square(tile, out=tile)
            if left < top + _TILE_ROWS:  # of the tile on the diagonal the upper half
                tile *= np.arange(top, top + len(tile))[:, None] < np.arange(left, left + tile.shape[1])
            total += 2 * float(often[rows] @ (tile @ often[columns]))
    return total


_Difference = Callable[[Times, Times], Times]


def _nominal(one: Times, other: Times) -> Times:
    differs: Times = (one != other).astype(np.float64)
    return differs


def _squared(one: Times, other: Times) -> Times:
    difference: Times = (one - other) ** 2
    return difference


def _ratio(one: Times, other: Times) -> Times:
    both = one + other
    difference: Times = ((one - other) / np.where(both == 0, 1.0, both)) ** 2
    return difference


_DIFFERENCES: dict[Level, _Difference] = {
    "nominal": _nominal,
    "ordinal": _squared,
    "interval": _squared,
    "ratio": _ratio,
}


def _require_level(level: str) -> None:
    if level not in LEVELS:
        raise InvalidRequest(
            f"There is no level of measurement {level!r}.", action=f"Choose one of {', '.join(LEVELS)}."
        )


def _numbers(
    units: npt.ArrayLike | Sequence[Sequence[str | float | None]], level: Level, order: Sequence[str]
) -> Times:
    """(coders, units) as numbers; words get theirs from ``order`` or, where any will do, in the order of sight."""
    table = _table(units)
    if table.dtype.kind in "fiub":
        return _checked(table.astype(np.float64), level)
    codes: dict[object, float] = {}
    cells = [_cell(value, level, order, codes) for row in np.asarray(units, dtype=object) for value in row]
    return _checked(np.array(cells, dtype=np.float64).reshape(table.shape), level)


def _table(units: npt.ArrayLike | Sequence[Sequence[str | float | None]]) -> npt.NDArray[Any]:
    try:
        table = np.asarray(units)
    except ValueError:  # rows of different lengths
        table = np.empty(0)
    if table.ndim != 2:
        raise InvalidRequest("The values are no table.", action="Give a row for each coder, a column for each unit.")
    return table


def _cell(value: object, level: Level, order: Sequence[str], codes: dict[object, float]) -> float:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return math.nan
    if level == "nominal":
        return codes.setdefault(value, float(len(codes)))
    return _number(value, level, order)


def _number(value: object, level: Level, order: Sequence[str]) -> float:
    """A word's place in the order, or a number."""
    if level == "ordinal" and value in order:
        return float(list(order).index(str(value)))
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if math.isnan(number) or (level == "ordinal" and order):
        raise InvalidRequest(
            f"“{value}” is no value of the {level} level.",
            action="Use numbers as labels, or name all labels in their order, or choose the nominal level.",
        )
    return number


def _values(line: Line, level: Level, order: Sequence[str]) -> Times:
    """Numbers for the labels of a line; unmarked time is missing."""
    used = set(np.unique(line.codes).tolist())
    table = np.array(
        [
            _number(name, level, order) if code in used and name != UNMARKED else math.nan
            for code, name in enumerate(line.names)
        ]
    )
    return _checked(table[line.codes], level)


def _checked(values: Times, level: Level) -> Times:
    if np.isinf(values).any():
        raise InvalidRequest("One of the values is infinite.", action="Give numbers, or nothing where one is missing.")
    if level == "ratio" and (values < 0).any():
        raise InvalidRequest(
            "Values of the ratio level cannot be below 0.", action="Choose the interval level, or correct the values."
        )
    return values
