"""As much of a PDF reader as the tests need: objects, fonts, and the text of pages in the order of drawing."""

import re
import zlib
from dataclasses import dataclass, field
from functools import cached_property

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
_TOKENS = re.compile(rb"/ActualText <FEFF([0-9A-F]*)>|(BDC)|(EMC)|/(R\d+) [\d.]+ Tf|<([0-9A-F]{4})>|(ET)|/([\w.-]+) Do")


@dataclass
class Pdf:
    """A file that reportlab wrote: no object streams, Flate or nothing."""

    content: bytes
    objects: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.objects = {int(number): body for number, body in _OBJECT.findall(self.content)}

    def stream(self, number: int) -> bytes:
        """Decoded bytes of a stream."""
        body = self.objects[number]
        length = re.search(rb"/Length (\d+)", body)
        assert length is not None
        start = re.search(rb"stream\r?\n", body)
        assert start is not None
        data = body[start.end() : start.end() + int(length[1])]
        return zlib.decompress(data) if b"/FlateDecode" in body[: start.start()] else data

    def reference(self, body: bytes, key: str) -> int:
        """The object that a key of a dictionary refers to."""
        found = re.search(rb"/" + key.encode() + rb"\s*\[?\s*(\d+) 0 R", body)
        assert found is not None, key
        return int(found[1])

    @cached_property
    def pages(self) -> list[bytes]:
        """Page dictionaries in order."""
        root = next(body for body in self.objects.values() if re.search(rb"/Type /Pages\b", body))
        kids = re.search(rb"/Kids \[(.*?)\]", root, re.DOTALL)
        assert kids is not None
        return [self.objects[int(number)] for number in re.findall(rb"(\d+) 0 R", kids[1])]

    @cached_property
    def fonts(self) -> dict[str, bytes]:
        """Font dictionaries by the name that pages use."""
        found: dict[str, bytes] = {}
        for body in self.objects.values():
            for name, number in re.findall(rb"/(R\d+) (\d+) 0 R", body):
                found[name.decode()] = self.objects[int(number)]
        return found

    @cached_property
    def catalog(self) -> bytes:
        """The root."""
        return next(body for body in self.objects.values() if re.search(rb"/Type /Catalog\b", body))

    def unicode_map(self, font: str) -> dict[str, str]:
        """Text by glyph number."""
        cmap = self.stream(self.reference(self.fonts[font], "ToUnicode")).decode()
        pairs = re.findall(r"^<([0-9A-F]{4})> <([0-9A-F]*)>$", cmap, re.MULTILINE)
        return {glyph: bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}

    @cached_property
    def _maps(self) -> dict[str, dict[str, str]]:
        return {name: self.unicode_map(name) for name in self.fonts}

    def text(self, page: int) -> str:
        """The text of a page, a line for each text object; forms on it come last."""
        return self._text(self.stream(self.reference(self.pages[page], "Contents")), self.pages[page])

    @cached_property
    def all_text(self) -> str:
        """Of all pages."""
        return "\n".join(self.text(page) for page in range(len(self.pages)))

    def _text(self, content: bytes, resources: bytes) -> str:
        parts: list[str] = []
        font, said = "", False
        for spoken, begins, ends, new_font, glyph, line_ends, form in _TOKENS.findall(content):
            if spoken:
                parts.append(bytes.fromhex(spoken.decode()).decode("utf-16-be"))
            said = (said or bool(begins)) and not ends
            font = new_font.decode() or font
            if glyph and not said:
                parts.append(self._maps[font].get(glyph.decode(), "\ufffd"))
            if line_ends:
                parts.append("\n")
            if form and b"rushes-page" in form:
                number = re.search(rb"/" + re.escape(form) + rb" (\d+) 0 R", resources)
                assert number is not None
                parts.append(self._text(self.stream(int(number[1])), resources))
        return "".join(parts)
