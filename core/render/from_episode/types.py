"""What an episode gives for a cut."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EpisodeStill:
    """A frame written as a JPEG. ``t_s`` counts from the container's start; ``focus``: where the face is, x and y in
    [0, 1] of the file, None where none was known; ``sharpness`` in [0, 1]; ``reason``: why this frame, for people."""

    path: str
    t_s: float
    focus: tuple[float, float] | None
    sharpness: float
    reason: str


@dataclass(frozen=True, slots=True)
class KeptStill:
    """A still that lies among the library's uploads under ``key``; ``focus`` as in EpisodeStill."""

    key: str
    path: str
    focus: tuple[float, float] | None
