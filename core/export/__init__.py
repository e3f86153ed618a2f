"""An analysed episode in the formats that other programs read: json, csv, coco, jsonl."""

from core.export.write import FORMATS, write_export

__all__ = ["FORMATS", "write_export"]
