"""Text in any script on a PDF page: which font, which direction, which glyphs, which line."""
