"""Fonts inside a PDF: only the glyphs that were drawn, addressed by their numbers, with the text they stand for.

A composite font with Identity-H (ISO 32000-1, 9.7): TrueType outlines as CIDFontType2, PostScript outlines (Inter) as
CIDFontType0C. It hooks into reportlab where its own dynamic fonts do: ``delayedFonts`` and the resource BasicFonts.
"""

import uharfbuzz as hb
from reportlab.pdfbase import pdfdoc

from core.reports.text.faces import Face
from core.reports.text.shaping import Run, Shaped

_TAG = "RUSHES"


class EmbeddedFonts:
    """The fonts of one document and the operators that draw with them."""

    def __init__(self, document: pdfdoc.PDFDocument) -> None:
        self._document = document
        self._fonts: dict[Face, _EmbeddedFont] = {}

    def operators(self, line: Shaped, x: float, y: float, size: float) -> str:
        """Content stream that draws a line with its left end at (x, y), all in points."""
        parts = ["BT"]
        for run in line.runs:
            font = self._font(run.face)
            parts.append(f"/{font.name} {_number(size)} Tf 1 0 0 1 {_number(x)} {_number(y)} Tm")
            parts.append(font.show(run, size))
            x += run.width * size
        return " ".join([*parts, "ET"])

    def _font(self, face: Face) -> "_EmbeddedFont":
        font = self._fonts.get(face)
        if font is None:
            font = self._fonts[face] = _EmbeddedFont(f"R{len(self._fonts) + 1}", face)
            self._document.delayedFonts.append(font)
        return font


class _EmbeddedFont:
    """One face in one document."""

    def __init__(self, name: str, face: Face) -> None:
        self.name = name
        self._face = face
        self._text: dict[int, str] = {}

    def show(self, run: Run, size: float) -> str:
        """Operators for the glyphs of a run. Where a glyph stands for other text than elsewhere, the text is said."""
        parts: list[str] = []
        for said, glyphs in self._spoken(run):
            if said is not None:
                parts.append(f"/Span <</ActualText <FEFF{said.encode('utf-16-be').hex().upper()}>>> BDC")
            parts.append(self._shown(glyphs, size))
            if said is not None:
                parts.append("EMC")
        return " ".join(parts)

    def addObjects(self, document: pdfdoc.PDFDocument) -> None:
        """Write the font with the glyphs that were used; reportlab calls it when it writes the file."""
        glyphs = sorted(self._text)
        base_name = f"{_TAG}+{self._face.name}"
        reference = document.Reference
        subset = self._subset(glyphs)
        outlines_cff = "CFF " in self._face.hb_face.table_tags
        file = pdfdoc.PDFStream(filters=[pdfdoc.PDFZCompress])
        if outlines_cff:
            file.content = subset.reference_table("CFF ").data
            file.dictionary["Subtype"] = "/CIDFontType0C"
        else:
            file.content = subset.blob.data
            file.dictionary["Length1"] = len(file.content)
        descriptor = reference(self._descriptor(base_name, reference(file), outlines_cff))
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType0" if outlines_cff else "/CIDFontType2",
                "BaseFont": f"/{base_name}",
                "CIDSystemInfo": "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>",
                "FontDescriptor": descriptor,
                "DW": 0,
                "W": f"[ {' '.join(f'{glyph} [ {_number(self._width(glyph))} ]' for glyph in glyphs)} ]",
            }
        )
        if not outlines_cff:
            descendant["CIDToGIDMap"] = "/Identity"
        unicode_map = pdfdoc.PDFStream(filters=[pdfdoc.PDFZCompress])
        unicode_map.content = _to_unicode(base_name, {glyph: text for glyph, text in self._text.items() if text})
        document.idToObject["BasicFonts"].dict[self.name] = reference(
            pdfdoc.PDFDictionary(
                {
                    "Type": "/Font",
                    "Subtype": "/Type0",
                    "BaseFont": f"/{base_name}",
                    "Encoding": "/Identity-H",
                    "DescendantFonts": pdfdoc.PDFArray([reference(descendant)]),
                    "ToUnicode": reference(unicode_map),
                }
            )
        )

    def _spoken(self, run: Run) -> list[tuple[str | None, list[tuple[int, int, int, int]]]]:
        """Glyphs (number, advance, x and y offset) in stretches: None where their numbers tell their text."""
        stretches: list[tuple[str | None, list[tuple[int, int, int, int]]]] = []
        for index, (glyph, advance, x_offset, y_offset, text) in enumerate(run.glyphs):
            alone = index + 1 == len(run.glyphs) or bool(run.glyphs[index + 1].text)
            plain = bool(text) and alone and self._text.setdefault(glyph, text) == text
            if not plain:
                self._text.setdefault(glyph, "")
            drawn = (glyph, advance, x_offset, y_offset)
            goes_on = bool(stretches) and (not text or (plain and stretches[-1][0] is None))
            if goes_on:
                stretches[-1][1].append(drawn)
            else:
                stretches.append((None if plain else text, [drawn]))
        return stretches

    def _shown(self, glyphs: list[tuple[int, int, int, int]], size: float) -> str:
        """``TJ`` with what differs from the font's own advances; marks above and below by text rise."""
        parts: list[str] = []
        items: list[str] = []
        rise = 0
        scale = 1000 / self._face.upem
        for glyph, advance, x_offset, y_offset in glyphs:
            if y_offset != rise:
                if items:
                    parts.append(f"[{''.join(items)}] TJ")
                parts.append(f"{_number(y_offset / self._face.upem * size)} Ts")
                items, rise = [], y_offset
            if x_offset:
                items.append(_number(-x_offset * scale))
            items.append(f"<{glyph:04X}>")
            back = self._width(glyph) - (advance - x_offset) * scale
            if abs(back) > 0.01:
                items.append(_number(back))
        parts.append(f"[{''.join(items)}] TJ")
        if rise:
            parts.append("0 Ts")
        return " ".join(parts)

    def _width(self, glyph: int) -> float:
        return self._face.advance(glyph) * 1000 / self._face.upem

    def _subset(self, glyphs: list[int]) -> hb.Face:
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(glyphs)
        wanted.layout_feature_tag_set.clear()
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NOTDEF_OUTLINE
        return hb.subset(self._face.hb_face, wanted)

    def _descriptor(self, base_name: str, file: object, outlines_cff: bool) -> pdfdoc.PDFDictionary:
        scale = 1000 / self._face.upem
        ascent, descent = round(self._face.ascent * scale), round(self._face.descent * scale)
        return pdfdoc.PDFDictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": f"/{base_name}",
                "Flags": 4,
                "FontBBox": f"[ -1000 {descent - 500} 3000 {ascent + 500} ]",
                "ItalicAngle": 0,
                "Ascent": ascent,
                "Descent": descent,
                "CapHeight": round(ascent * 0.75),
                "StemV": 80,
                "FontFile3" if outlines_cff else "FontFile2": file,
            }
        )


def _to_unicode(name: str, texts: dict[int, str]) -> str:
    """A ToUnicode CMap (Adobe Technical Note 5411), a hundred glyphs a section."""
    rows = [f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>" for glyph, text in sorted(texts.items())]
    sections = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "\n".join(f"{len(rows)} beginbfchar\n" + "\n".join(rows) + "\nendbfchar" for rows in sections)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        f"/CMapName /{name}-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
