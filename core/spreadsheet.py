"""Text that goes into cells of a spreadsheet."""


def harmless(text: str) -> str:
    """Spreadsheets run cells that begin like a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
