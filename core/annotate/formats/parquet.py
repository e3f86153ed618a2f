"""The long table as Parquet: typed columns; media, provenance and what is known of the tiers in the file's metadata."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from core.annotate.formats.json_document import encodable, raw_media, raw_provenance
from core.annotate.formats.table import TEXT_COLUMNS, table_of
from core.annotate.types import Document, Tier

if TYPE_CHECKING:
    import pyarrow as pa

METADATA_KEY = b"rushes"
_WHOLE = ("frame", "track")


def parquet_bytes(document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], _notes: list[str]) -> bytes:
    """One table in long form, every base column there even when it is empty."""
    import pyarrow as pa  # noqa: PLC0415  takes a third of a second
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = table_of(tiers).columns
    arrays = {name: _array(name, column) for name, column in columns.items()}
    table = pa.table(arrays).replace_schema_metadata({METADATA_KEY: _metadata(document, tiers)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _array(name: str, column: list[Any]) -> "pa.Array[Any]":
    import pyarrow as pa  # noqa: PLC0415

    if name in _WHOLE:
        return pa.array(column, pa.int64())
    kinds = {type(value) for value in column if value is not None}
    if name in TEXT_COLUMNS or (kinds and not kinds <= {int, float, bool}) or (bool in kinds and len(kinds) > 1):
        return pa.array([_text(value) for value in column], pa.string())
    if kinds == {bool}:
        return pa.array(column, pa.bool_())
    return pa.array([None if value is None else float(value) for value in column], pa.float64())


def _text(value: Any) -> str | None:
    return None if value is None else encodable(str(value))


def _metadata(document: Document, tiers: Sequence[Tier]) -> bytes:
    raw = {
        "media": raw_media(document.media),
        "provenance": [raw_provenance(one) for one in document.provenance],
        "tiers": [
            {
                "name": tier.name,
                "kind": str(tier.kind),
                "unit": tier.unit,
                "coder": tier.coder,
                "vocabulary": list(tier.vocabulary),
                "parent": tier.parent,
            }
            for tier in tiers
        ],
    }
    return orjson.dumps(raw, default=str, option=orjson.OPT_NON_STR_KEYS)
