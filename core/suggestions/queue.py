"""Everything about suggestions that a caller needs, in one place."""

from core.suggestions.answer import accept, accept_all_above, count_above, reject
from core.suggestions.cohesion import cohesions
from core.suggestions.suggest import suggest

__all__ = ["accept", "accept_all_above", "cohesions", "count_above", "reject", "suggest"]
