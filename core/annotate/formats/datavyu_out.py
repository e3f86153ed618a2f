"""Datavyu's columns as CSV: file, column, ordinal, onset, offset and the codes, in milliseconds.

The shape that ``datavyu2csv.rb`` exports and the R package datavyur imports; a tier is a column, a label its code.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from core.annotate.formats.guarding import guarded
from core.annotate.formats.holding import in_ms
from core.annotate.formats.json_document import encodable
from core.annotate.formats.tables_out import cell
from core.annotate.types import Document, Tier

BASE = ("file", "column", "ordinal", "onset", "offset")
LABEL = "code01"


def datavyu_csv_bytes(
    document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], notes: list[str]
) -> bytes:
    """A row for each cell; attributes of marks are further codes. A point's onset is its offset."""
    if any(mark.score is not None for tier in tiers for mark in tier.marks):
        notes.append("Datavyu does not carry: score.")
    codes = dict.fromkeys(name for tier in tiers for mark in tier.marks for name in mark.attributes)
    stem = document.media.file_name.rsplit(".", 1)[0]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    taken = {*BASE, LABEL}
    writer.writerow([*BASE, LABEL, *(guarded(f"{name}_" if name in taken else name) for name in codes)])
    for tier in tiers:
        for ordinal, mark in enumerate(tier.marks, start=1):
            values = [cell(mark.attributes.get(name)) for name in codes]
            times = (in_ms(mark.start_s), in_ms(mark.end_s))
            writer.writerow([guarded(stem), guarded(tier.name), ordinal, *times, guarded(mark.label), *values])
    return encodable(buffer.getvalue()).encode()
