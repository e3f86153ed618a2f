"""A disk that has no byte left: what was half written goes before the reason is noted, which then has room."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import StorageFull
from core.render import render_job, render_rows, rendering
from core.render.types import Phase
from tests.render.made_renders import Desk, QuickEngine, short, tone, working


def half_written(desk: Desk) -> list[str]:
    """Files that serve nobody once the render has failed."""
    return [name for name in desk.left() if name.endswith((".tmp", "mix.wav"))]


def test_that_half_written_files_make_room_for_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[list[str]] = []
    real = render_rows.set_failed

    with working(tmp_path / "library") as desk:

        def fill(path: Path, **_: object) -> None:
            path.with_name(f".{path.name}.0a1b2c3d.tmp").write_bytes(b"half")
            found.append(half_written(desk))
            raise StorageFull("The disk is full.")

        def note(*given: Any, **named: Any) -> None:
            if half_written(desk):
                raise StorageFull("The row does not fit.")
            real(*given, **named)

        monkeypatch.setattr(rendering, "render_segment", QuickEngine())
        monkeypatch.setattr(render_job, "write_metadata", fill)
        monkeypatch.setattr(render_rows, "set_failed", note)
        render = desk.ended(desk.ask(short(music=str(tone(tmp_path / "m.wav")))).job_id)
        assert (render.phase, render.failure, render.error) == (Phase.FAILED, "storage_full", "The disk is full.")
        assert len(found[0]) == 2
        assert half_written(desk) == []
