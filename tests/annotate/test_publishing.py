"""What lies in the folder of a result."""

from pathlib import Path

from core.annotate.publishing import write_result
from core.annotate.types import Document, Mark, MediaFacts, Provenance, Tier, TierKind

FACTS = MediaFacts("a.mp4", "/a.mp4", 10.0, 640, 360, 25.0)
MADE = Provenance("words", "1", "1", {}, "0" * 64, (), "cpu", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


def test_that_extra_files_never_take_the_place_of_others(tmp_path: Path) -> None:
    document = Document(FACTS, (Tier("said", TierKind.INTERVALS, (Mark(1.0, 2.0, "yes"),)),), (MADE,))
    extra = {"document.json": b"one", "extra-document.json": b"two", "../words.csv": b"three", ".": b"four"}
    written = write_result(tmp_path / "result", document, ["csv"], extra, took_s=1.0)
    assert len(set(written.files)) == len(written.files) == 5
    contents = {(tmp_path / "result" / name).read_bytes() for name in written.files[1:]}
    assert contents == {b"one", b"two", b"three", b"four"}
    assert b"yes" in (tmp_path / "result" / written.files[0]).read_bytes()
    assert not (tmp_path / "words.csv").exists()
