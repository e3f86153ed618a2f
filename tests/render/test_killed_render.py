"""A process that is killed in the middle of a render, and the one that comes after it."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.library.store import Store
from core.render import rendering
from core.render.output_check import read_facts
from core.render.types import LOCAL_ENGINE, Phase
from tests.render.made_renders import QuickEngine, eventually, opened, picture, short, tone, working

ROOT = Path(__file__).resolve().parents[2]

KILLED = """
import sys
import time
from pathlib import Path

from core.render import rendering
from tests.render.made_renders import QuickEngine, short, working


class StuckEngine(QuickEngine):
    def __call__(self, spec):
        if spec.index:
            Path(spec.target).with_name(".seg_001.mp4.0a1b2c3d.tmp").write_bytes(b"half")
            time.sleep(60)
        return super().__call__(spec)


def main() -> None:
    rendering.render_segment = StuckEngine()
    with working(Path(sys.argv[1])) as desk:
        print(desk.ask(short(target_duration_s=4)).job_id, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
"""


def killed_in(library: Path, script: Path) -> str:
    """The id of a render whose process was killed while it drew the second segment."""
    script.write_text(KILLED, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), str(library)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        job_id = process.stdout.readline().strip()
        segments = library / "renders" / job_id / "segments"
        assert eventually(lambda: bool(list(segments.glob(".seg_001*"))))
        process.send_signal(signal.SIGKILL)
    assert [path.name for path in segments.glob("seg*")] == ["seg_000.mp4"]
    return job_id


def leave_as_if_killed(store: Store, job_id: str) -> None:
    """The rows as a process leaves them that dies when everything is drawn and the second segment is not noted yet."""

    def write(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE jobs SET state = 'running', attempts = 1 WHERE job_id = ?", (job_id,))
        connection.execute("UPDATE renders SET phase = 'RENDERING_SEGMENTS' WHERE job_id = ?", (job_id,))
        connection.execute(
            "UPDATE render_segments SET state = 'RENDERING', engine = '', file = '' WHERE job_id = ? AND idx = 1",
            (job_id,),
        )

    store.write(write)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a process cannot be killed there without its children")
def test_that_after_a_kill_finished_segments_are_not_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "library"
    job_id = killed_in(library, tmp_path / "killed.py")
    first = library / "renders" / job_id / "segments" / "seg_000.mp4"
    before = first.stat()
    quick = QuickEngine()
    monkeypatch.setattr(rendering, "render_segment", quick)
    with working(library) as desk:
        assert eventually(lambda: desk.library.jobs.get(job_id).state.ended)
        render = desk.library.renders.get(job_id)
        assert (render.phase, render.error, render.progress_pct) == (Phase.DONE, "", 100.0)
        assert read_facts(Path(render.output)).frame_count == 120
        assert [one.engine for one in desk.library.renders.segments(job_id)] == [LOCAL_ENGINE, LOCAL_ENGINE]
        assert quick.drawn == [1]
        assert (first.stat().st_ino, first.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert not [name for name in desk.left() if name.endswith(".tmp")]


def test_that_a_file_that_no_row_knows_counts_where_only_this_machine_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = QuickEngine()
    monkeypatch.setattr(rendering, "render_segment", quick)
    with working(tmp_path / "library") as desk:
        job_id = desk.ended(desk.ask(short(target_duration_s=4)).job_id).job_id
        quick.drawn.clear()
        leave_as_if_killed(desk.library.store, job_id)
    with working(tmp_path / "library") as desk:
        assert eventually(lambda: desk.library.renders.get(job_id).phase is Phase.DONE)
        assert [one.engine for one in desk.library.renders.segments(job_id)] == [LOCAL_ENGINE, LOCAL_ENGINE]
    assert quick.drawn == []


def test_that_half_a_segment_and_what_nobody_knows_go_at_the_next_opening(tmp_path: Path) -> None:
    root = tmp_path / "library"
    with opened(root) as desk:
        kept = desk.ask(short()).job_id
        canceled = desk.ask(short()).job_id
        desk.library.renders.cancel(canceled)
    for name in (
        f"renders/{kept}/segments/.seg_000.mp4.0a1b2c3d.tmp",
        f"renders/{kept}/.output.mp4.0a1b2c3d.tmp",
        f"renders/{canceled}/segments/seg_000.mp4",
        "renders/job-000099/output.mp4",
        "uploads/.incoming-0a1b2c3d.tmp/a.png",
        "uploads/0c1ad6a4-5a4e-4f3e-9a55-0d8f3d1c0b1a/a.png",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"half")
    with opened(root) as desk:
        assert desk.left() == [f"renders/{kept}", f"renders/{kept}/segments"]


def test_that_a_library_may_be_moved_while_a_render_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = QuickEngine()
    monkeypatch.setattr(rendering, "render_segment", quick)
    outside = str(picture(tmp_path / "outside.png"))
    with opened(tmp_path / "library") as desk:
        image = desk.library.renders.add_asset(picture(tmp_path / "a.png"), "a.png", actor="key:1")
        music = desk.library.renders.add_asset(tone(tmp_path / "a.wav"), "a.wav", "audio", actor="key:1")
        job_id = desk.ask(short(images=(image.path, outside), music=music.path)).job_id
        seed = desk.library.renders.segments(job_id)[0].seed
    moved = (tmp_path / "library").rename(tmp_path / "moved")
    with working(moved) as desk:
        assert eventually(lambda: desk.library.jobs.get(job_id).state.ended)
        render, plan = desk.library.renders.get(job_id), desk.library.renders.plan(job_id)
        log = desk.log(job_id)
    assert (render.phase, render.error) == (Phase.DONE, "")
    assert render.request.images == (str(moved / image.key), outside)
    assert plan is not None
    assert (plan.stills[0].path, plan.sound.music) == (str(moved / image.key), str(moved / music.key))
    assert plan.segments[0].seed == seed
    assert "planned anew" not in log


def test_that_only_a_file_with_all_frames_counts_as_a_finished_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = QuickEngine()
    monkeypatch.setattr(rendering, "render_segment", quick)
    with working(tmp_path / "library") as desk:
        render = desk.ended(desk.ask(short(target_duration_s=4)).job_id)
        first = Path(desk.library.renders.segments(render.job_id)[0].file)
        first.write_bytes(first.read_bytes()[:900])
        quick.drawn.clear()
        leave_as_if_killed(desk.library.store, render.job_id)
    with working(tmp_path / "library") as desk:
        assert eventually(lambda: desk.library.renders.get(render.job_id).phase is Phase.DONE)
    assert quick.drawn == [0]
