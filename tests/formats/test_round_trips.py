"""What is written and read again is what it was, as far as the format holds it."""

import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.annotate.formats.read import read
from core.annotate.formats.write import write
from core.annotate.types import Boxes, Document, Mark, MediaFacts, Series, Tier, TierKind

FACTS = MediaFacts("clip.mp4", "/v/clip.mp4", 5000.0, 1920, 1080, 25.0)
EXAMPLES = settings(max_examples=25)
# what XML, subtitles and tables can all hold: no control characters, no lone surrogates
LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Cf"), exclude_characters="\x85\xa0")
TEXTS = st.text(LETTERS, min_size=1, max_size=20).map(lambda text: " ".join(text.split()) or "x")
NAMES = st.text(st.sampled_from("abcdefgh äß-_01"), min_size=1, max_size=12).map(lambda t: " ".join(t.split()) or "t")


def again(document: Document, format_name: str, suffix: str = "") -> Document:
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write(document, format_name, Path(folder) / f"a{suffix}")
        return replace(document, tiers=read(path, format_name=format_name, facts=document.media).tiers)


@st.composite
def interval_marks(draw: st.DrawFn) -> tuple[Mark, ...]:
    """Intervals by time that do not overlap, in whole milliseconds."""
    edges = sorted(draw(st.sets(st.integers(0, 4_000_000), min_size=2, max_size=16)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    return tuple(Mark(start_ms / 1000, end_ms / 1000, draw(TEXTS)) for start_ms, end_ms in spans)


@st.composite
def point_marks(draw: st.DrawFn) -> tuple[Mark, ...]:
    times = sorted(draw(st.sets(st.integers(0, 4_000_000), min_size=1, max_size=8)))
    return tuple(Mark(t_ms / 1000, t_ms / 1000, draw(TEXTS)) for t_ms in times)


@st.composite
def mark_tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    tiers = []
    for name in names:
        points = draw(st.booleans())
        marks = draw(point_marks() if points else interval_marks())
        tiers.append(Tier(name, TierKind.POINTS if points else TierKind.INTERVALS, marks))
    return tuple(tiers)


FLOATS = st.floats(-1e6, 1e6, width=32)


@st.composite
def box_tier(draw: st.DrawFn) -> Tier:
    count = draw(st.integers(1, 8))
    frames = sorted(draw(st.lists(st.integers(0, 99_999), min_size=count, max_size=count)))
    corners = draw(
        st.lists(st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4), min_size=count, max_size=count)
    )
    bbox = np.array([[*np.minimum(c[:2], c[2:]), *np.maximum(c[:2], c[2:])] for c in corners], np.float32)
    column = st.lists(st.one_of(FLOATS, st.just(float("nan"))), min_size=count, max_size=count)
    yaw = np.array(draw(column), np.float32)
    scores = draw(st.lists(st.floats(0, 1, width=32), min_size=count, max_size=count))
    points = draw(st.booleans())
    labels = draw(st.lists(st.sampled_from(["happy", "sad", "'=x", "+1", "a b"]), min_size=count, max_size=count))
    boxes = Boxes(
        frame=np.array(frames),
        t_s=np.array(frames) / 25.0,
        bbox=bbox,
        score=np.array(scores, np.float32),
        track=np.array(draw(st.lists(st.integers(-1, 3), min_size=count, max_size=count))),
        category=np.array(draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))),
        categories=("face", "person"),
        values={"yaw_deg": np.concatenate([yaw[:-1], [1.0]]).astype(np.float32)},
        labels={"emotion": (*labels[:-1], "calm")},
        keypoints=np.full((count, 2, 3), 0.25, np.float32) if points else None,
        keypoint_names=("nose", "chin") if points else (),
        skeleton=((0, 1),) if points else (),
    )
    return Tier("faces", TierKind.BOXES, boxes=boxes)


def plain(tiers: tuple[Tier, ...]) -> list[Any]:
    return [(tier.name, tier.kind, [(m.start_s, m.end_s, m.label) for m in tier.marks]) for tier in tiers]


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "eaf", "textgrid", "boris", "datavyu_csv"])
def test_that_marks_come_back_from_the_coders_formats(name: str) -> None:
    @EXAMPLES
    @given(mark_tiers())
    def comes_back(tiers: tuple[Tier, ...]) -> None:
        if name == "boris":  # a behaviour there is either a state or a point, and holds no bar
            tiers = tuple(
                replace(
                    tier,
                    marks=tuple(replace(m, label=f"{tier.kind[0]} {m.label}".replace("|", "/")) for m in tier.marks),
                )
                for tier in tiers
            )
        assert plain(again(Document(FACTS, tiers), name).tiers) == plain(tiers)

    comes_back()


@pytest.mark.parametrize("name", ["webvtt", "srt", "rttm"])
def test_that_one_tier_of_marks_comes_back_from_subtitles_and_turns(name: str) -> None:
    @EXAMPLES
    @given(interval_marks())
    def comes_back(marks: tuple[Mark, ...]) -> None:
        if name == "rttm":
            marks = tuple(replace(mark, label=f"S{hash(mark.label) % 5}") for mark in marks)
        if name == "srt":  # it has no way to write a bracket that is no tag
            marks = tuple(
                replace(mark, label=mark.label.translate(dict.fromkeys(map(ord, "<>{}&\\"), "x"))) for mark in marks
            )
        tier = Tier("speakers" if name == "rttm" else "utterances", TierKind.INTERVALS, marks)
        assert plain(again(Document(FACTS, (tier,)), name).tiers) == plain((tier,))

    comes_back()


@EXAMPLES
@given(interval_marks(), st.lists(NAMES, min_size=1, max_size=3))
def test_that_speakers_come_back_from_webvtt(marks: tuple[Mark, ...], speakers: list[str]) -> None:
    spoken = tuple(replace(mark, attributes={"speaker": speakers[at % len(speakers)]}) for at, mark in enumerate(marks))
    tier = Tier("utterances", TierKind.INTERVALS, spoken)
    (read_tier,) = again(Document(FACTS, (tier,)), "webvtt").tiers
    assert [mark.attributes for mark in read_tier.marks] == [mark.attributes for mark in spoken]


@EXAMPLES
@given(
    st.lists(NAMES, min_size=2, max_size=4, unique=True).flatmap(
        lambda names: st.tuples(*(interval_marks().map(lambda marks, name=name: (name, marks)) for name in names))
    )
)
def test_that_several_tiers_come_back_from_webvtt(made: tuple[tuple[str, tuple[Mark, ...]], ...]) -> None:
    tiers = tuple(Tier(f"lane {name}", TierKind.INTERVALS, marks) for name, marks in made)
    read_tiers = again(Document(FACTS, tiers), "webvtt").tiers
    assert sorted(plain(read_tiers), key=str) == sorted(plain(tiers), key=str)


def test_that_a_number_in_a_table_of_marks_stays_in_its_column() -> None:
    marks = (Mark(1.0, 2.0, "Ann", None, {"track": 3, "frame": 25}), Mark(2.0, 3.0, "Bo", None, {"track": 4}))
    (tier,) = again(Document(FACTS, (Tier("identities", TierKind.INTERVALS, marks),)), "csv").tiers
    assert [mark.attributes for mark in tier.marks] == [{"frame": 25, "track": 3}, {"track": 4}]


@pytest.mark.parametrize("name", ["json", "csv", "coco"])
def test_that_boxes_come_back_with_everything_on_them(name: str) -> None:
    @EXAMPLES
    @given(box_tier())
    def comes_back(tier: Tier) -> None:
        (read_tier,) = again(Document(FACTS, (tier,)), name).tiers
        was, now = tier.boxes, read_tier.boxes
        assert was is not None
        assert now is not None
        assert now.frame.tolist() == was.frame.tolist()
        assert now.t_s == pytest.approx(was.t_s, abs=1e-6)
        assert now.track.tolist() == was.track.tolist()
        assert [now.categories[at] for at in now.category] == [was.categories[at] for at in was.category]
        tolerance = 1e-6 if name == "coco" else 0.0  # a thousandth of a pixel
        assert np.abs(now.bbox - was.bbox).max() <= tolerance
        assert np.allclose(now.score, was.score, rtol=0, atol=tolerance)
        assert np.allclose(now.values["yaw_deg"], was.values["yaw_deg"], rtol=tolerance, atol=tolerance, equal_nan=True)
        assert now.labels == was.labels
        assert (now.keypoints is None) == (was.keypoints is None)
        if was.keypoints is not None and now.keypoints is not None:
            assert np.allclose(now.keypoints, was.keypoints, atol=1e-6)
            assert now.keypoint_names == was.keypoint_names

    comes_back()


@pytest.mark.parametrize("name", ["json", "csv", "tsv"])
def test_that_a_series_comes_back_digit_by_digit(name: str) -> None:
    @EXAMPLES
    @given(st.lists(st.one_of(st.floats(width=32, allow_infinity=False)), min_size=1, max_size=20))
    def comes_back(values: list[float]) -> None:
        series = Series(np.arange(len(values)) * 0.04, np.array(values, np.float32))
        tier = Tier("voice", TierKind.SERIES, series=series, unit="dB")
        (read_tier,) = again(Document(FACTS, (tier,)), name).tiers
        assert read_tier.series is not None
        assert read_tier.unit == "dB"
        assert np.array_equal(read_tier.series.values, series.values, equal_nan=True)
        assert np.allclose(read_tier.series.times_s, series.times_s, atol=1e-6)

    comes_back()


def test_that_our_json_holds_everything(document: Document) -> None:
    back = again(document, "json")
    for was, now in zip(document.tiers, back.tiers, strict=True):
        for field in fields(Tier):
            if field.name not in {"series", "boxes"}:
                assert getattr(now, field.name) == getattr(was, field.name)
    was_boxes, now_boxes = document.tiers[-1].boxes, back.tiers[-1].boxes
    assert was_boxes is not None
    assert now_boxes is not None
    for field in fields(Boxes):
        was_value, now_value = getattr(was_boxes, field.name), getattr(now_boxes, field.name)
        if field.name == "values":
            assert was_value.keys() == now_value.keys()
            assert all(np.array_equal(was_value[key], now_value[key], equal_nan=True) for key in was_value)
        elif isinstance(was_value, np.ndarray):
            assert was_value.dtype.kind == now_value.dtype.kind
            assert np.array_equal(was_value, now_value)
        else:
            assert now_value == was_value


def test_that_coders_vocabularies_and_parents_come_back_from_elan(document: Document) -> None:
    tiers = {tier.name: tier for tier in again(document, "eaf").tiers}
    assert (tiers["utterances"].coder, tiers["utterances"].vocabulary) == ("Kim", ("a", "b"))
    assert tiers["words"].parent == "utterances"
    assert tiers["claps"].kind is TierKind.POINTS


def test_that_scores_and_attributes_come_back_from_tables(document: Document) -> None:
    tier = again(document, "csv").tier("utterances")
    assert tier is not None
    assert tier.marks == document.tiers[0].marks
    assert tier.coder == "Kim"
