"""What the agreement panel shows, as plain data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from widgets.time_text import format_span

translate = QCoreApplication.translate
NO_LABEL = ""
"""The label of time, or of an event, that one of the two did not mark."""


@dataclass(frozen=True, slots=True)
class AgreementChoice:
    """A tier that can be compared: of a coder or of a pipeline."""

    choice_id: str
    title: str
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """How far two tiers agree. A figure that cannot be computed is None (or NaN), and ``notes`` say why.

    ``matrix[i][j]``: how much the first called ``labels[i]`` and the second ``labels[j]``, in ``matrix_unit``: ``s``
    seconds, "" a count. The label "" stands for nothing marked. ``events``: pairs, those of the first alone, those of
    the second alone.
    """

    kappa_time: float | None = None
    kappa_events: float | None = None
    alpha: float | None = None
    observed: float | None = None
    labels: tuple[str, ...] = ()
    matrix: Sequence[Sequence[float]] = ()
    matrix_unit: str = ""
    events: tuple[int, int, int] | None = None
    notes: tuple[str, ...] = ()


def known(value: float | None) -> float | None:
    """A figure, None if there is none."""
    return value if value is not None and math.isfinite(value) else None


def strength_words(kappa: float) -> str:
    """The usual words for a kappa or an alpha.

    Source: Landis, Koch 1977: The Measurement of Observer Agreement for Categorical Data, Biometrics 33(1).
    """
    steps = (
        (0.0, translate("Annotate", "worse than by chance")),
        (0.2, translate("Annotate", "slight")),
        (0.4, translate("Annotate", "fair")),
        (0.6, translate("Annotate", "moderate")),
        (0.8, translate("Annotate", "substantial")),
    )
    if kappa < 0.0:
        return steps[0][1]
    return next((words for bound, words in steps[1:] if kappa <= bound), translate("Annotate", "almost perfect"))


def label_words(label: str) -> str:
    """A label as a heading."""
    return label or translate("Annotate", "nothing")


def amount_words(value: float, unit: str) -> str:
    """An entry of the matrix with its unit."""
    return format_span(value) if unit == "s" else f"{value:,.0f}"


def cell_figure(value: float, unit: str) -> str:
    """An entry of the matrix, short."""
    if value <= 0:
        return "·"
    if unit != "s":
        return f"{value:,.0f}"
    return f"{value:.1f}" if value < 99.95 else f"{value:,.0f}"
