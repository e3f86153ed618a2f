"""An open library, empty or with an episode full of difficult names."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.library.library import Library
from core.reports.canvas import ReportCanvas
from core.reports.text.layout import Style
from core.reports.text.shaping import Shaped
from tests.reports.boxes import Box
from tests.screen_time.film import EP_ID, make_film

NAMES = (
    "Lisa Vanderpump", "Łukasz Żółć", "Αθηνά Παπαδοπούλου", "Наталья Ёлкина", "محمد عبد الرحمن (القاهرة)", "נועה לוי",
    "山田 太郎", "김민수", "काव्या श्रीनिवासन", "สมชาย น้ำใจดี", "தமிழ்ச்செல்வி", "বাংলা ক্ষমা", "ኢትዮጵያ", "Գոհար", "გიორგი",
    "😀👩‍🚀 ❤️ 🇩🇪", "x" * 120, "W" * 120, "a/b-c_d" * 17, "1", "\U00012000\U00012001", "e\u0301a\u030a\u20e3",
    "RLO\u202egnp.exe", "<b>&amp;</b> (\\)", "ﷺ", "𝓛𝓲𝓼𝓪",
)  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Empty."""
    with Library.open(tmp_path / "library", holder="test") as opened:
        yield opened


@pytest.fixture
def named(library: Library) -> Library:
    """60 people in 120 shots; the first have the names above."""
    spans = {
        f"track-{number + 1:05d}": (
            f"identity-{number % 60 + 1:05d}" if number % 13 else None,
            [(number * 0.1, number * 0.1 + 1.1)],
        )
        for number in range(180)
    }
    make_film(library, spans, cuts_pts=range(160, 20_000, 160), title="Ünïcödé 你好 " + "لمسلسل " * 12)
    live = {one for one, _ in spans.values() if one}
    for number, name in enumerate(NAMES, start=1):
        if f"identity-{number:05d}" in live:
            library.moderation.rename(EP_ID, f"identity-{number:05d}", name)
    return library


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[Box]]:
    """Boxes (x0, y0, x1, y1) of all lines of text by page, as they are drawn; page 0: the page numbers."""
    boxes: dict[int, list[Box]] = defaultdict(list)
    draw = ReportCanvas.draw_line

    def note(canvas: Any, line: Shaped, x: float, baseline: float, style: Style) -> None:
        left, bottom = canvas.absolutePosition(x, baseline)
        page = 0 if canvas.isDone else canvas.getPageNumber()
        boxes[page].append((left, bottom - 0.2 * style.size, left + line.width * style.size, bottom + 0.7 * style.size))
        draw(canvas, line, x, baseline, style)

    def save(canvas: Any) -> None:
        canvas.isDone = True
        saved(canvas)

    saved = ReportCanvas.save
    monkeypatch.setattr(ReportCanvas, "isDone", False, raising=False)
    monkeypatch.setattr(ReportCanvas, "draw_line", note)
    monkeypatch.setattr(ReportCanvas, "save", save)
    return boxes
