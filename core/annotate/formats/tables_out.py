"""The long table as CSV (RFC 4180) and TSV, for spreadsheets, R and pandas."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from core.annotate.formats.guarding import guarded
from core.annotate.formats.json_document import encodable
from core.annotate.formats.table import table_of
from core.annotate.types import Document, Tier


def csv_bytes(_document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], _notes: list[str]) -> bytes:
    """Comma separated, UTF-8, a header; text that a spreadsheet would run is quoted harmless."""
    return _delimited(tiers, ",")


def tsv_bytes(_document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], _notes: list[str]) -> bytes:
    """Tab separated, otherwise as CSV."""
    return _delimited(tiers, "\t")


def _delimited(tiers: Sequence[Tier], delimiter: str) -> bytes:
    columns = table_of(tiers).used()
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in columns])
    writer.writerows(zip(*(map(cell, column) for column in columns.values()), strict=True))
    return encodable(buffer.getvalue()).encode()


def cell(value: Any) -> Any:
    """A value as the csv module is to write it; text is quoted harmless."""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
