"""Captions as image layers: any text in any script, set, coloured and made legible on what lies under it."""
