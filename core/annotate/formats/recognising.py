"""What a file is, by its suffix and, where that is not enough, by its beginning."""

import re

from core.annotate.formats.catalogue import FORMATS
from core.errors import InvalidRequest

_HEAD = 65_536
_BY_SUFFIX = {
    ".eaf": "eaf", ".textgrid": "textgrid", ".boris": "boris", ".boris.gz": "boris", ".vtt": "webvtt",
    ".webvtt": "webvtt", ".srt": "srt", ".rttm": "rttm", ".tsv": "tsv", ".tab": "tsv",
}  # fmt: skip
_DATAVYU = re.compile(r"(?:^|,)\s*ordinal\s*,\s*onset\s*,\s*offset|\.ordinal\s*,[^\n]*\.onset\s*,", re.IGNORECASE)
_TIMING = re.compile(r"^[ \t]*(?:\d{1,6}:)?\d{1,2}:\d{2}[.,]\d+\s*-->", re.MULTILINE)


def recognised(name: str, content: bytes) -> str:
    """The name of the format. Raises InvalidRequest naming the formats when it is none of them."""
    lowered = name.lower()
    for suffix, format_name in _BY_SUFFIX.items():
        if lowered.endswith(suffix):
            return format_name
    head = _head_text(content)
    found = _by_content(head, content, csv=lowered.endswith(".csv"))
    if found:
        return found
    titles = ", ".join(one.title for one in FORMATS.values() if one.imports)
    raise InvalidRequest(f"{name} is of no format that can be imported.", action=f"These can: {titles}.")


def _head_text(content: bytes) -> str:
    head = content[:_HEAD]
    for bom, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")):
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    return head.decode("utf-8", "replace")


def _by_content(head: str, content: bytes, *, csv: bool) -> str:
    text = head.lstrip()
    if text.startswith(("{", "[")):
        return _kind_of_json(text, content)
    first = text.split("\n", 1)[0]
    checks = (
        ("webvtt", text.startswith("WEBVTT")),
        ("eaf", "<ANNOTATION_DOCUMENT" in text),
        ("textgrid", "ooTextFile" in first or '"TextGrid"' in text[:200]),
        ("datavyu_csv", text.startswith(("#4\n", "#4\r")) or bool(_DATAVYU.search(first))),
        ("rttm", bool(re.match(r"(?:SPEAKER|SPKR-INFO|LEXEME|NOSCORE)\s", text))),
        ("srt", bool(_TIMING.search(text))),
        ("csv", csv or first.count(",") > 0 or first.count(";") > 0),
        ("tsv", "\t" in first),
    )
    found = next((name for name, matches in checks if matches), "")
    return "tsv" if found == "csv" and not csv and "\t" in first else found


def _kind_of_json(text: str, content: bytes) -> str:
    if '"rushes.annotations"' in text[:200]:
        return "json"
    if b'"behaviors_conf"' in content:
        return "boris"
    return "coco" if b'"annotations"' in content or b'"bbox"' in content or text.startswith("[") else "json"
