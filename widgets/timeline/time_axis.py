"""Which stretch of time is on the screen, and where a time is on it."""

from dataclasses import dataclass

MOST_PX_PER_S = 2_000.0
_STEPS_S = (
    0.001,
    0.002,
    0.005,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    3600.0,
    7200.0,
    14400.0,
)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Seconds to pixels: immutable, each change gives a new one. ``left_s`` is at pixel 0."""

    duration_s: float
    width_px: float
    left_s: float = 0.0
    px_per_s: float = 0.0

    @property
    def fit_px_per_s(self) -> float:
        """The scale at which everything is just on the screen."""
        return self.width_px / self.duration_s if self.duration_s > 0 and self.width_px > 0 else 1.0

    @property
    def right_s(self) -> float:
        """The time at the right edge."""
        return self.left_s + self.width_px / self.px_per_s if self.px_per_s else self.duration_s

    def x_px(self, t_s: float) -> float:
        """Where a time is."""
        return (t_s - self.left_s) * self.px_per_s

    def t_s(self, x_px: float) -> float:
        """The time at a place, within the video."""
        return min(max(self.left_s + x_px / self.px_per_s, 0.0), self.duration_s) if self.px_per_s else 0.0

    def fitted(self) -> "TimeAxis":
        """Everything on the screen."""
        return TimeAxis(self.duration_s, self.width_px, 0.0, self.fit_px_per_s)

    def resized(self, width_px: float) -> "TimeAxis":
        """Another width: what was fitted stays fitted, else the scale stays."""
        was_fitted = self.px_per_s <= self.fit_px_per_s * 1.0001
        other = TimeAxis(self.duration_s, width_px, self.left_s, self.px_per_s)
        return other.fitted() if was_fitted else other.clamped()

    def zoomed(self, factor: float, at_px: float) -> "TimeAxis":
        """Another scale; the time at a place stays there (unless an end of the video comes into view)."""
        wanted = min(max(self.px_per_s * factor, self.fit_px_per_s), max(MOST_PX_PER_S, self.fit_px_per_s))
        fixed_s = self.left_s + at_px / self.px_per_s if self.px_per_s else 0.0
        return TimeAxis(self.duration_s, self.width_px, fixed_s - at_px / wanted, wanted).clamped()

    def panned(self, dx_px: float) -> "TimeAxis":
        """Everything moves to the right by some pixels."""
        if not self.px_per_s:
            return self
        return TimeAxis(self.duration_s, self.width_px, self.left_s - dx_px / self.px_per_s, self.px_per_s).clamped()

    def showing(self, start_s: float, end_s: float) -> "TimeAxis":
        """A stretch of time fills the width."""
        length_s = max(end_s - start_s, self.width_px / max(MOST_PX_PER_S, self.fit_px_per_s))
        px_per_s = max(self.width_px / length_s, self.fit_px_per_s)
        middle_s = (start_s + end_s) / 2
        return TimeAxis(self.duration_s, self.width_px, middle_s - self.width_px / px_per_s / 2, px_per_s).clamped()

    def centred_on(self, t_s: float) -> "TimeAxis":
        """A time in the middle, the scale stays."""
        return TimeAxis(
            self.duration_s,
            self.width_px,
            t_s - self.width_px / self.px_per_s / 2 if self.px_per_s else 0.0,
            self.px_per_s,
        ).clamped()

    def clamped(self) -> "TimeAxis":
        """Within the video."""
        longest_left_s = max(self.duration_s - self.width_px / self.px_per_s, 0.0) if self.px_per_s else 0.0
        return TimeAxis(self.duration_s, self.width_px, min(max(self.left_s, 0.0), longest_left_s), self.px_per_s)


def tick_step_s(px_per_s: float, label_px: float) -> tuple[float, int]:
    """The seconds between two labelled ticks so that labels do not touch, and the parts between them."""
    step_s = next((step for step in _STEPS_S if step * px_per_s >= label_px), _STEPS_S[-1])
    for parts in (10, 5, 4, 3, 2):
        if step_s * px_per_s / parts >= 7:
            return step_s, parts
    return step_s, 1
