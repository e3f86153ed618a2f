"""The shapes of the places that pictures get, for whoever plans a camera. Imports nothing heavy."""

from core.render.types import HEIGHT_PX, WIDTH_PX, Archetype

CARD_TALLEST, CARD_FLATTEST = 1.5, 1.0
"""Height by width of a card: a picture of another shape is cropped to the nearer of the two."""
CARD_MOST_HEIGHT = 0.52
"""Of the frame's height."""
_PANEL_HEIGHT = 0.41


def card_size(picture_aspect: float, place_width: float) -> tuple[float, float]:
    """Width and height in pixels of the full frame of the card for a picture of that width by height."""
    width = WIDTH_PX * place_width
    shape = min(CARD_TALLEST, max(CARD_FLATTEST, 1 / picture_aspect))
    return width, min(width * shape, HEIGHT_PX * CARD_MOST_HEIGHT)


def place_aspect(archetype: Archetype, picture_aspect: float, place_width: float) -> float:
    """Width by height of what a picture of that width by height has to fill.

    A meme's panels are as high as its band leaves them; this is their usual shape.
    """
    if archetype is Archetype.OVERLAY:
        width, height = card_size(picture_aspect, place_width)
        return width / height
    if archetype is Archetype.MEME_TEXT:
        return WIDTH_PX / (HEIGHT_PX * _PANEL_HEIGHT)
    return WIDTH_PX / HEIGHT_PX
