"""Changes of the schema in their order. Number n brings a database from version n - 1 to version n.

Each is applied once, inside a transaction and after a backup; a published one is never changed again.
"""

import sqlite3
from collections.abc import Callable

from core.library.migrations import (
    m0001_start,
    m0002_moderation,
    m0003_speech,
    m0004_procedures,
    m0005_annotations,
    m0006_renders,
)

Migration = Callable[[sqlite3.Connection], None]

MIGRATIONS: tuple[Migration, ...] = (
    m0001_start.apply,
    m0002_moderation.apply,
    m0003_speech.apply,
    m0004_procedures.apply,
    m0005_annotations.apply,
    m0006_renders.apply,
)
