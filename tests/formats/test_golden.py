"""What each format looks like, byte for byte: other programs read these files, so a change must be meant."""

from pathlib import Path

import pytest

from core.annotate.formats.catalogue import FORMATS
from core.annotate.formats.read import read
from core.annotate.formats.write import write
from core.annotate.types import Document

GOLDEN = Path(__file__).parent / "golden"
TEXTS = [name for name in FORMATS if name != "parquet"]


def golden(name: str) -> Path:
    return GOLDEN / ("all.coco.json" if name == "coco" else f"all{FORMATS[name].suffix}")


@pytest.mark.parametrize("name", TEXTS)
def test_that_a_format_is_written_as_it_always_was(document: Document, tmp_path: Path, name: str) -> None:
    (path,) = write(document, name, tmp_path / golden(name).name)
    assert path.read_bytes() == golden(name).read_bytes()


@pytest.mark.parametrize("name", [name for name in TEXTS if FORMATS[name].imports])
def test_that_each_golden_file_is_recognised_and_read_without_a_fault(name: str) -> None:
    imported = read(golden(name))
    assert imported.format_name == name
    assert not imported.faults
    assert sum(len(tier) for tier in imported.tiers) > 0
