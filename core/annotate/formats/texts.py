"""Bytes that should be text, whoever wrote them."""

import codecs

from core.annotate.formats.faults import Faults
from core.errors import InvalidRequest

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096


def decoded(content: bytes, name: str, faults: Faults) -> str:
    """The text, line ends as ``\\n``: by its byte order mark, else UTF-8, else Windows-1252 (and that is remarked).

    Raises InvalidRequest naming the line that no encoding explains, and for bytes that are no text at all.
    """
    text = _by_mark(content, name) if _marked(content) else _unmarked(content, name, faults)
    if "\x00" in text:
        raise InvalidRequest(f"{name} is no text file.", action="Choose the file that the other program exported.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _marked(content: bytes) -> bool:
    return any(content.startswith(bom) for bom, _ in _BOMS)


def _by_mark(content: bytes, name: str) -> str:
    bom, encoding = next(pair for pair in _BOMS if content.startswith(pair[0]))
    return _decode(content[len(bom) :], encoding, name)


def _unmarked(content: bytes, name: str, faults: Faults) -> str:
    if encoding := _wide(content[:_SAMPLE]):
        return _decode(content, encoding, name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\x00" in content:
            raise InvalidRequest(
                f"{name} is no text file.", action="Choose the file that the other program exported."
            ) from error
        text = _decode(content, "cp1252", name)
        line = content.count(b"\n", 0, error.start) + 1
        faults.remark(f"The file is not UTF-8 (line {line}): read as Windows-1252. Check its accents.")
        return text


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: every second byte of Latin text is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd * 3 > len(sample) and not even:
        return "utf-16-le"
    return "utf-16-be" if even * 3 > len(sample) and not odd else ""


def _decode(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidRequest(
            f"{name}: line {line} is neither UTF-8 nor another text encoding that it could be "
            f"(byte {error.start:,}, as {encoding}).",
            action="Save the file as UTF-8 in the program that it comes from.",
        ) from error
