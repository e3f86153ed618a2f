"""An analysed episode, made once."""

from tests.analysis.fixtures import analysed, film, inline, library, pool, reviewed, sample

__all__ = ["analysed", "film", "inline", "library", "pool", "reviewed", "sample"]
