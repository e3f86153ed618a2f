"""Where text stands on the pages of a report, and what is wrong with it."""

from core.reports import look

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points from the lower left corner."""


def text_faults(drawn: dict[int, list[Box]]) -> list[tuple[int, object]]:
    """Lines of text that leave the page, and those that touch others, by page; page 0 are the page numbers."""
    faults: list[tuple[int, object]] = []
    for page, boxes in drawn.items():
        faults += [(page, box) for box in boxes if not is_on_the_page(box)]
        if page:
            faults += [(page, pair) for pair in touching(boxes)]
    return faults


def is_on_the_page(box: Box) -> bool:
    left, bottom, right, top = box
    across = look.MARGIN_X - 0.1 <= left <= right <= look.PAGE_WIDTH - look.MARGIN_X + 0.1
    return across and 24 <= bottom < top <= look.PAGE_HEIGHT - 24


def touching(boxes: list[Box]) -> list[tuple[Box, Box]]:
    rows = sorted(boxes, key=lambda box: box[1])
    found = []
    for index, one in enumerate(rows):
        for other in rows[index + 1 :]:
            if other[1] >= one[3] - 0.3:
                break
            if one[0] < other[2] - 0.3 and other[0] < one[2] - 0.3:
                found.append((one, other))
    return found
