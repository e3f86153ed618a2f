"""Documents that the formats are tried with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.annotate.formats.read import Imported, read
from core.annotate.types import (
    Boxes,
    Document,
    Mark,
    MediaFacts,
    ModelUsed,
    Provenance,
    Series,
    Tier,
    TierKind,
)

FACTS = MediaFacts("film one.mp4", "/videos/film one.mp4", 20.0, 640, 360, 25.0, "abc", has_sound=True)
PROVENANCE = Provenance(
    "face_analysis",
    "1",
    "0.1.0",
    {"threshold": 0.5, "arrow": "-->", "names": ["Ä", "<b>"]},
    "abc",
    (ModelUsed("yunet", "12345678", "MIT"),),
    started_at="2026-01-02T03:04:00+00:00",
    ended_at="2026-01-02T03:04:05+00:00",
)


def face_boxes() -> Boxes:
    """Six boxes of two tracks and of none, with everything that a box can have."""
    return Boxes(
        frame=np.array([0, 1, 2, 3, 4, 4]),
        t_s=np.array([0.0, 0.04, 0.081, 0.12, 0.16, 0.16]),
        bbox=np.array([[0.1, 0.2, 0.3, 0.4]] * 5 + [[0.55, 0.5, 0.75, 1.0]], np.float32),
        score=np.array([0.5, 0.6, 0.7, 0.8, 0.9, 1.0], np.float32),
        track=np.array([0, 0, 1, 1, -1, 0]),
        category=np.array([0, 0, 1, 0, 0, 0]),
        categories=("face", "profile"),
        track_names={0: "Ann"},
        values={"yaw_deg": np.array([1.5, np.nan, 2, 3, 4, -5], np.float32)},
        labels={"emotion": ("happy", "sad", "", "=x", "happy", "calm")},
        keypoints=np.array([[[0.2, 0.3, 1.0], [0.25, 0.3, 0.25]]] * 6, np.float32),
        keypoint_names=("left_eye", "right_eye"),
        skeleton=((0, 1),),
    )


@pytest.fixture
def document() -> Document:
    """A document with a tier of every kind."""
    utterances = (
        Mark(0.5, 2.0, "Hello <b> & co", 0.9, {"speaker": "Ann B"}),
        Mark(2.0, 3.25, "=cmd()|'!A1\nzwei „ä“", None, {"speaker": "Bo", "comment": "unsure"}),
    )
    return Document(
        FACTS,
        (
            Tier("utterances", TierKind.INTERVALS, utterances, coder="Kim", vocabulary=("a", "b")),
            Tier("words", TierKind.INTERVALS, (Mark(0.5, 1.0, "Hello"), Mark(1.0, 1.5, "co")), parent="utterances"),
            Tier("speakers", TierKind.INTERVALS, (Mark(0.5, 2.0, "SPEAKER_00"), Mark(1.5, 3.25, "SPEAKER_01"))),
            Tier("claps", TierKind.POINTS, (Mark(1.0, 1.0, "clap"), Mark(4.0, 4.0, 'clap "two"'))),
            Tier(
                "voice",
                TierKind.SERIES,
                series=Series(np.array([0, 0.1, 0.2]), np.array([0.1, np.nan, 0.3], np.float32)),
                unit="probability",
            ),
            Tier("faces", TierKind.BOXES, boxes=face_boxes()),
        ),
        (PROVENANCE,),
    )


@pytest.fixture
def with_tiers(document: Document) -> Callable[..., Document]:
    """``with_tiers(tier, …)``: a document of the same video with just these tiers."""
    return lambda *tiers: replace(document, tiers=tiers)


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., Imported]:
    """``bring("a.vtt", text or bytes, …)``: what an import makes of a file of that name and content."""

    def brought(name: str, content: str | bytes, **how: object) -> Imported:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path, **how)  # type: ignore[arg-type]

    return brought
