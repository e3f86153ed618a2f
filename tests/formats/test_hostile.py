"""Bad lines are named one by one; what could do harm ends in words, quickly and without a trace."""

import contextlib
import gzip
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from core.annotate.formats.faults import MOST_FAULTS
from core.annotate.formats.read import Imported, read
from core.annotate.types import MediaFacts
from core.errors import InvalidRequest

Bring = Callable[..., Imported]
FACTS = MediaFacts("clip.mp4", "/v/clip.mp4", 60.0, 100, 50, 25.0)

EAF = """<?xml version="1.0"?>
<ANNOTATION_DOCUMENT FORMAT="3.0" VERSION="3.0"><HEADER/>
<TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/>
<TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="1000"/>
<TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="-5"/>
</TIME_ORDER>
<TIER TIER_ID="t">
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
<ANNOTATION_VALUE>good</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts1">
<ANNOTATION_VALUE>reversed</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts2">
<ANNOTATION_VALUE>negative</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a99">
<ANNOTATION_VALUE>orphan</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
</TIER>
<TIER TIER_ID="t"/>
</ANNOTATION_DOCUMENT>
"""
GRID = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 3
tiers? <exists>
size = 1
item []:
    item [1]:
        class = "IntervalTier"
        name = "t"
        xmin = 0
        xmax = 3
        intervals: size = 4
        intervals [1]:
            xmin = 0
            xmax = 1
            text = "good"
        intervals [2]:
            xmin = 2
            xmax = 1
            text = "reversed"
        intervals [3]:
            xmin = --undefined--
            xmax = 3
            text = "undefined"
        intervals [4]:
            xmin = 1e300
            xmax = 1e301
            text = "gigantic"
"""
VTT = """WEBVTT

00:00.000 --> 00:01.000
good

00:02.000 --> 00:01.000
reversed

00:0x.000 --> 00:01.000
no time

lost words

99999999:00:00.000 --> 99999999:00:01.000
gigantic
"""
RTTM = """SPEAKER f 1 0 1 <NA> <NA> good <NA> <NA>
SPEAKER f 1 nan 1 <NA> <NA> a <NA> <NA>
SPEAKER f 1 1 -1 <NA> <NA> a <NA> <NA>
SPEAKER f 1 1e400 1 <NA> <NA> a <NA> <NA>
SPEAKER f 1
SPAEKER f 1 0 1 <NA> <NA> a <NA> <NA>
"""
CSV = """tier,start_s,end_s,label,score
t,0,1,good,0.5
t,2,1,reversed,
t,nan,1,no time,
t,-1,1,negative,
t,1e300,1e301,gigantic,
t,1,2,scored,high
t,1,2,too,1,many
"""
DATAVYU = """file,column,ordinal,onset,offset,code01
d,t,1,0,1000,good
d,t,2,2000,1000,reversed
d,t,3,-5,1000,negative
d,t,4,one,1000,no time
d,,5,0,1000,no column
"""


def coco_rows() -> list[object]:
    good = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 4], "t_s": 0.5}
    return [
        good,
        good | {"bbox": [1, 2, -3, 4]},
        good | {"bbox": [1, 2, 3]},
        good | {"bbox": [1, 2, 1e300, 4]},
        good | {"t_s": -1},
        good | {"t_s": 1e300},
        good | {"score": "high"},
        good | {"track_id": 1.5},
        good | {"keypoints": [1, 2]},
        "no annotation",
    ]


def boris_project() -> bytes:
    events: list[object] = [
        [0.0, "s", "dig", "", ""],
        [1.0, "s", "dig", "", ""],
        [-1.0, "s", "dig", "", ""],
        ["x", "s", "dig", "", ""],
        [1e300, "s", "dig", "", ""],
        [5.0],
        "no event",
        [6.0, "s", "", "", ""],
        [7.0, "s", "dig", "", ""],
    ]
    conf = {"0": {"type": "State event", "code": "dig"}}
    return orjson.dumps({"behaviors_conf": conf, "observations": {"o": {"events": events, "file": {}}}})


FILES: dict[str, tuple[str | bytes, list[int]]] = {
    "a.eaf": (EAF, [6, 11, 13, 15, 18]),
    "a.TextGrid": (GRID, [20, 25, 28]),
    "a.vtt": (VTT, [6, 9, 12, 14]),
    "a.rttm": (RTTM, [2, 3, 4, 5, 6]),
    "a.csv": (CSV, [3, 4, 5, 6, 7, 8]),
    "a.datavyu.csv": (DATAVYU, [3, 4, 5, 6]),
    "a.coco.json": (orjson.dumps(coco_rows()), list(range(2, 11))),
    "a.boris": (boris_project(), [3, 4, 5, 6, 7, 8, 9]),
}


@pytest.mark.parametrize("name", FILES)
def test_that_skipping_takes_the_good_line_and_names_every_bad_one(bring: Bring, name: str) -> None:
    content, bad = FILES[name]
    imported = bring(name, content, facts=FACTS, on_fault="skip")
    assert sum(len(tier) for tier in imported.tiers) == 1
    assert sorted(fault.line for fault in imported.faults) == bad
    assert all(fault.why for fault in imported.faults)


@pytest.mark.parametrize("name", FILES)
def test_that_refusing_takes_nothing_and_names_every_bad_line(bring: Bring, name: str) -> None:
    content, bad = FILES[name]
    with pytest.raises(InvalidRequest) as refused:
        bring(name, content, facts=FACTS)
    assert f"{len(bad)} entries" in refused.value.message
    assert all(f" {line}: " in refused.value.message for line in bad)
    assert "skip" in refused.value.action


def test_that_a_bad_line_is_shown_with_its_text(bring: Bring) -> None:
    (fault, *_) = bring("a.vtt", VTT, on_fault="skip").faults
    assert (fault.line, fault.text, fault.why) == (6, "00:02.000 --> 00:01.000", "it ends before it starts")


def test_that_only_the_first_twenty_bad_lines_are_told_in_words(bring: Bring) -> None:
    text = "tier,start_s,end_s,label\n" + "t,2,1,x\n" * 30
    with pytest.raises(InvalidRequest, match="and 10 more"):
        bring("a.csv", text)


def test_that_marks_after_the_videos_end_are_faults_and_longer_ones_are_cut(bring: Bring) -> None:
    text = "tier,start_s,end_s,label\nt,1,2,a\nt,59,70,b\nt,100,101,c\n"
    imported = bring("a.csv", text, facts=FACTS, on_fault="skip")
    assert [(m.start_s, m.end_s) for m in imported.tiers[0].marks] == [(1, 2), (59, 60)]
    assert [fault.text for fault in imported.faults] == ["t: c"]
    assert any("cut at 60" in note for note in imported.notes)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)).replace("&a0;", "&a;")
    + "]><ANNOTATION_DOCUMENT>&a9;</ANNOTATION_DOCUMENT>"
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><ANNOTATION_DOCUMENT/>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><ANNOTATION_DOCUMENT>&e;</ANNOTATION_DOCUMENT>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><ANNOTATION_DOCUMENT/>',
    ],
)
def test_that_entities_in_xml_are_never_opened(bring: Bring, content: str) -> None:
    with pytest.raises(InvalidRequest, match="document type"):
        bring("a.eaf", content, on_fault="skip")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.eaf", EAF[:400], "line 10, unclosed"),
        ("a.eaf", "<html/>", "begins with <html>"),
        ("a.eaf", "<ANNOTATION_DOCUMENT>" + "<a>" * 5000, "too deeply"),
        ("a.eaf", '<?xml version="1.0" encoding="klingon"?><ANNOTATION_DOCUMENT/>', "encoding"),
        ("a.eaf", b"<ANNOTATION_DOCUMENT>\xff\xfe</ANNOTATION_DOCUMENT>", "line 1"),
        ("a.json", b'{"annotations": [', "line 1"),
        ("a.json", b"[" * 200_000, "JSON"),
        ("a.json", b'{"annotations": 5}', "list of annotations"),
        ("a.json", b'{"rushes": 5}', "annotation document"),
        ("a.boris", b'{"a": 1}', "observations"),
        ("a.boris", b"\x1f\x8bnonsense", "unpacked"),
        ("a.TextGrid", "nothing of it", "no TextGrid"),
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n\x81\x8d\n", "line 4"),
        ("a.csv", b"\x00\x01\x02\xff" * 50, "no text file"),
        ("a.csv", "a,b\n1,2\n", "column of times"),
        ("a.datavyu.csv", "ordinal,onset,offset\n1,2,3\n", "Datavyu"),
        ("a.srt", "", "empty"),
        ("a.srt", "  \n \n", "empty"),
        ("a.mov", b"\x00\x00\x00\x18ftypqt", "no format"),
        ("a.parquet", b"PAR1", "no format"),
    ],
)
def test_that_a_file_that_is_not_what_it_says_is_refused_in_words(
    bring: Bring, name: str, content: str | bytes, words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words) as refused:
        bring(name, content, on_fault="skip")
    assert refused.value.action


def test_that_a_file_cut_off_in_the_middle_says_so(bring: Bring) -> None:
    with pytest.raises(InvalidRequest, match="should hold 4 entries and holds 2"):
        bring(
            "a.TextGrid",
            GRID[: GRID.index("intervals [3]")].replace(
                'xmax = 1\n            text = "rev', 'xmax = 2\n            text = "rev'
            ),
        )


def test_that_a_file_of_200_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)  # takes no room on the disk
    with pytest.raises(InvalidRequest, match="200 MB"):
        read(path)


def test_that_a_packed_bomb_is_not_unpacked(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.annotate.formats.boris_in._MOST_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(InvalidRequest, match="unpacks to more than 1 MB"):
        bring("a.boris.gz", gzip.compress(b" " * 2_000_000))


def test_that_a_file_with_nothing_but_bad_lines_is_given_up(bring: Bring) -> None:
    text = "tier,start_s,end_s,label\n" + "t,2,1,x\n" * (MOST_FAULTS + 5)
    with pytest.raises(InvalidRequest, match="More than 10,000"):
        bring("a.csv", text, on_fault="skip")


def test_that_folders_missing_and_unreadable_files_are_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.vtt"):
        with pytest.raises(InvalidRequest, match="There is no file"):
            read(path)


@pytest.mark.parametrize("name", ["a.eaf", "a.TextGrid", "a.vtt", "a.csv", "a.rttm", "a.srt", "a.json", "a.boris"])
def test_that_noise_never_gets_beyond_an_error_in_words(tmp_path: Path, name: str) -> None:
    import random

    noise = random.Random(7)
    path = tmp_path / name
    starts = [
        b"",
        b"WEBVTT\n\n",
        b'File type = "ooTextFile"\n"TextGrid"\n',
        b"start_s,end_s,label\n",
        b'{"annotations":[',
    ]
    for start in starts:
        for _ in range(6):
            letters = b'0123456789:.,->"<>{}[]\n\t \\ abcSPEAKER\xff\xc3'
            path.write_bytes(start + bytes(noise.choice(letters) for _ in range(400)))
            with contextlib.suppress(InvalidRequest):
                imported = read(path, on_fault="skip", facts=FACTS)
                for tier in imported.tiers:
                    assert all(0 <= m.start_s <= m.end_s <= 60 for m in tier.marks)


def test_that_unclosed_quotes_do_not_take_forever(bring: Bring) -> None:
    content = 'File type = "ooTextFile"\n"TextGrid"\n' + '"IntervalTier" "a ""' * 20_000
    with pytest.raises(InvalidRequest):
        bring("a.TextGrid", content)


def test_that_a_quote_that_is_never_closed_is_named_by_the_line_that_opens_it(bring: Bring) -> None:
    imported = bring("a.csv", 'start_s,end_s,label\n1,2,a\n3,4,"oops\n5,6,b\n', on_fault="skip")
    assert [mark.label for mark in imported.tiers[0].marks] == ["a"]
    (fault,) = imported.faults
    assert (fault.line, fault.text) == (3, '3,4,"oops')
    assert "quotes" in fault.why


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v " * 300_000),
        ("a.txt", "x" + "\n" * 60_000),
        ("a.csv", "start_s,end_s,label\n" + '1,2,"a"b\n' * 9_000),
        ("a.datavyu.csv", "#4\n" + " (a,b," * 100_000),
        ("a.TextGrid", 'File type = "ooTextFile"\n"TextGrid"\n' + '"' * 300_001),
        ("a.srt", "1\n" + "0" * 300_000 + ":0 --> 1\n"),
    ],
)
def test_that_no_pattern_takes_long_over_what_never_matches(bring: Bring, name: str, content: str) -> None:
    with contextlib.suppress(InvalidRequest):
        assert len(bring(name, content, on_fault="skip").faults) <= 9_000
