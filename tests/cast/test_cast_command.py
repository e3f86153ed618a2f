"""``rushes cast`` as scripts use it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.library.library import Library


@pytest.mark.slow
def test_that_the_cast_is_kept_and_matched_on_the_command_line(
    rushes: Callable, reviewed: Library, lfw: Path, tmp_path: Path, default_models: object
) -> None:
    where = ("--library", reviewed.path)
    [first] = reviewed.store.read().execute("SELECT best_crop FROM tracks ORDER BY start_s LIMIT 1").fetchone()
    run = reviewed.runs.current("film", "detect_track")
    assert run is not None
    face = tmp_path / "face.jpg"
    face.write_bytes((run.path / first).read_bytes())
    reviewed.close()

    assert "No cast members" in rushes("cast", "list", *where).out
    added = rushes("cast", "add", "Eileen Collins", "--show", "space", *where, "--json")
    assert added.data["cast_id"] == "eileen-collins"
    assert rushes("cast", "add", "Eileen", "--id", "../x", *where).code == 3
    assert rushes("cast", "add", "Eileen", "--id", "eileen-collins", *where).code != 0

    text = tmp_path / "notes.jpg"
    text.write_text("no image")
    answer = rushes("cast", "photo", "eileen-collins", face, text, tmp_path / "gone.jpg", *where, "--json")
    assert answer.code == 3
    assert [one["photo"] for one in answer.data["added"]] == [str(face)]
    assert [Path(one["photo"]).name for one in answer.data["refused"]] == ["notes.jpg", "gone.jpg"]
    assert "notes.jpg is not an image" in answer.err
    assert rushes("cast", "photo", "nobody", face, *where).code == 3

    listed = rushes("cast", "list", *where, "--json").data["cast"]
    assert [(one["cast_id"], one["photos"], one["show_slug"]) for one in listed] == [("eileen-collins", 1, "space")]
    matches = rushes("cast", "match", "film", *where, "--json").data["matches"]
    assert matches[0]["cast_id"] == "eileen-collins"
    assert matches[0]["sure"]
    assert matches[0]["likeness"] > 0.7
    shown = rushes("cast", "match", "film", *where)
    assert "Eileen Collins" in shown.out
    assert "sure" in shown.out
    assert rushes("cast", "match", "nowhere", *where).code == 3
