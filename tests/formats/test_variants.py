"""Files as other programs and other people write them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import orjson
import pytest

from core.annotate.formats.read import Imported
from core.annotate.types import MediaFacts, TierKind
from core.errors import InvalidRequest

Bring = Callable[..., Imported]
FACTS = MediaFacts("clip.mp4", "/v/clip.mp4", 60.0, 100, 50, 25.0)


def plain(imported: Imported) -> list[tuple[str, list[tuple[float, float, str]]]]:
    return [(tier.name, [(m.start_s, m.end_s, m.label) for m in tier.marks]) for tier in imported.tiers]


VTT = "WEBVTT\n\n00:01.500 --> 00:02.000 align:start\n<v.loud Ann B>Hello <b>you</b>\n\n00:03.000-->00:04.000\nbye\n"


@pytest.mark.parametrize(
    "text",
    [
        VTT,
        VTT.replace("\n", "\r\n"),
        "\ufeff" + VTT,
        VTT.replace("WEBVTT\n", "WEBVTT - made by hand\nKind: captions\n"),
        VTT.replace("00:01.500", "00:00:01,500"),
        VTT.replace("WEBVTT\n", "WEBVTT\n\nNOTE\nnothing of this\nis a cue\n\nSTYLE\n::cue { color: red }\n"),
        VTT.replace("00:03.000-->", "2\n00:03.000 -->"),
        VTT.replace("WEBVTT\n\n", ""),
    ],
)
def test_that_webvtt_is_read_as_it_is_found(bring: Bring, text: str) -> None:
    imported = bring("a.vtt", text)
    assert plain(imported) == [("utterances", [(1.5, 2.0, "Hello you"), (3.0, 4.0, "bye")])]
    assert imported.tiers[0].marks[0].attributes == {"speaker": "Ann B"}
    assert not imported.faults


def test_that_two_voices_of_a_cue_are_two_marks(bring: Bring) -> None:
    (tier,) = bring("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Yes</v>\n<v Bo &amp; Co>No</v>\n").tiers
    assert [(m.label, m.attributes["speaker"]) for m in tier.marks] == [("Yes", "Ann"), ("No", "Bo & Co")]


def test_that_what_is_done_in_brackets_stays(bring: Bring) -> None:
    assert plain(bring("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n<laughs> {\\an8}<i>Ha</i>\n"))[0][1] == [
        (1.0, 2.0, "<laughs> Ha")
    ]


def test_that_srt_without_empty_lines_between_cues_is_read(bring: Bring) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:03.000 --> 00:00:04.000\ntwo\n"
    assert plain(bring("a.srt", text))[0][1] == [(1.0, 2.0, "one"), (3.0, 4.0, "two")]


GRID = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 3
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "say ""it"""
        xmin = 0
        xmax = 3
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = ""
        intervals [2]:
            xmin = 1.5
            xmax = 3
            text = "a ! ""b""
c" ! a comment
    item [2]:
        class = "TextTier"
        name = "taps"
        xmin = 0
        xmax = 3
        points: size = 1
        points [1]:
            number = 0.25
            mark = "ü"
'''
SHORT_GRID = '''File type = "ooTextFile short"
"TextGrid"

0
3
<exists>
2
"IntervalTier"
"say ""it"""
0
3
2
0
1.5
""
1.5
3
"a ! ""b""
c"
"TextTier"
"taps"
0
3
1
0.25
"ü"
'''


@pytest.mark.parametrize(
    "content",
    [
        GRID,
        SHORT_GRID,
        GRID.replace("\n", "\r\n"),
        GRID.replace("\n", "\r"),
        "\ufeff" + GRID,
        GRID.replace("1.5", "1,5"),
        GRID.replace("number =", "time ="),
        GRID.encode("utf-16"),
        b"\xfe\xff" + GRID.encode("utf-16-be"),
        GRID.encode("utf-16-le"),
        SHORT_GRID.encode("utf-16"),
        GRID.encode("cp1252"),
    ],
)
def test_that_textgrids_of_every_form_and_encoding_are_read(bring: Bring, content: str | bytes) -> None:
    imported = bring("a.TextGrid", content)
    assert plain(imported) == [('say "it"', [(1.5, 3.0, 'a ! "b"\nc')]), ("taps", [(0.25, 0.25, "ü")])]
    assert [tier.kind for tier in imported.tiers] == [TierKind.INTERVALS, TierKind.POINTS]


def test_that_tiers_of_one_name_in_a_textgrid_are_numbered_and_that_is_said(bring: Bring) -> None:
    imported = bring("a.TextGrid", GRID.replace('"taps"', '"say ""it"""'))
    assert [tier.name for tier in imported.tiers] == ['say "it"', 'say "it" (2)']
    assert any("several tiers" in note for note in imported.notes)


def eaf(tiers: str, slots: str = "", types: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT FORMAT="3.0" VERSION="3.0">\n'
        '<HEADER><MEDIA_DESCRIPTOR MEDIA_URL="file:///v/clip.mp4" MIME_TYPE="video/mp4"/></HEADER>\n'
        f"<TIME_ORDER>{slots}</TIME_ORDER>\n{tiers}\n{types}</ANNOTATION_DOCUMENT>"
    )


def slot(name: str, value_ms: int | None) -> str:
    value = "" if value_ms is None else f' TIME_VALUE="{value_ms}"'
    return f'<TIME_SLOT TIME_SLOT_ID="{name}"{value}/>'


def aligned(name: str, first: str, last: str, value: str) -> str:
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}" TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{last}">'
        f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>\n"
    )


def referring(name: str, to: str, value: str, previous: str = "") -> str:
    after = f' PREVIOUS_ANNOTATION="{previous}"' if previous else ""
    return (
        f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{name}" ANNOTATION_REF="{to}"{after}>'
        f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>\n"
    )


def test_that_elans_dependent_tiers_get_their_times(bring: Bring) -> None:
    slots = slot("ts1", 0) + slot("ts2", None) + slot("ts3", None) + slot("ts4", 3000)
    words = aligned("a2", "ts1", "ts2", "x") + aligned("a3", "ts2", "ts3", "y") + aligned("a4", "ts3", "ts4", "z")
    tiers = (
        # the children stand before their parent, which ELAN allows
        f'<TIER TIER_ID="morphs" PARENT_REF="said" LINGUISTIC_TYPE_REF="sub">{referring("a7", "a1", "2", "a6")}'
        f"{referring('a6', 'a1', '1')}</TIER>"
        f'<TIER TIER_ID="gloss" PARENT_REF="said" LINGUISTIC_TYPE_REF="ass">{referring("a5", "a1", "g")}</TIER>'
        f'<TIER TIER_ID="said" LINGUISTIC_TYPE_REF="lt" PARTICIPANT="Kim">{aligned("a1", "ts1", "ts4", "x y z")}</TIER>'
        f'<TIER TIER_ID="words" PARENT_REF="said" LINGUISTIC_TYPE_REF="time">{words}</TIER>'
    )
    types = (
        '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="sub" CONSTRAINTS="Symbolic_Subdivision"/>'
        '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="ass" CONSTRAINTS="Symbolic_Association"/>'
        '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="lt" CONTROLLED_VOCABULARY_REF="cv"/>'
        '<CONTROLLED_VOCABULARY CV_ID="cv"><CV_ENTRY DESCRIPTION="">yes</CV_ENTRY><CV_ENTRY>no</CV_ENTRY>'
        "</CONTROLLED_VOCABULARY>"
    )
    imported = bring("a.eaf", eaf(tiers, slots, types), facts=FACTS)
    assert plain(imported) == [
        ("morphs", [(0.0, 1.5, "1"), (1.5, 3.0, "2")]),
        ("gloss", [(0.0, 3.0, "g")]),
        ("said", [(0.0, 3.0, "x y z")]),
        ("words", [(0.0, 1.0, "x"), (1.0, 2.0, "y"), (2.0, 3.0, "z")]),
    ]
    said = imported.tiers[2]
    assert (said.coder, said.vocabulary) == ("Kim", ("yes", "no"))
    assert any("2 times were not aligned" in note for note in imported.notes)


def test_that_it_is_said_when_a_file_is_about_another_video(bring: Bring) -> None:
    tiers = f'<TIER TIER_ID="t">{aligned("a1", "ts1", "ts2", "x")}</TIER>'
    text = eaf(tiers, slot("ts1", 0) + slot("ts2", 5))
    assert not bring("a.eaf", text, facts=FACTS).notes
    other = bring("a.eaf", text, facts=replace(FACTS, file_name="other.mp4"))
    assert other.notes == ("The file is about file:///v/clip.mp4, not other.mp4.",)


COCO = {
    "images": [{"id": 7, "width": 200, "height": 100, "timestamp": 0.5}],
    "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [20, 10, 100, 50], "track_id": 4}],
    "categories": [{"id": 3, "name": "hand"}],
}


def test_that_coco_is_read_wrapped_and_bare(bring: Bring) -> None:
    (wrapped,) = bring("a.json", orjson.dumps(COCO)).tiers
    bare_rows = [{"image_id": 7, "category_id": 3, "bbox": [10, 5, 50, 25], "timestamp_ms": 500, "track_id": 4}]
    (bare,) = bring("b.json", orjson.dumps(bare_rows), facts=FACTS).tiers
    for tier in (wrapped, bare):
        boxes = tier.boxes
        assert boxes is not None
        assert boxes.bbox.tolist() == [[pytest.approx(0.1), pytest.approx(0.1), pytest.approx(0.6), pytest.approx(0.6)]]
        assert (boxes.t_s.tolist(), boxes.track.tolist()) == ([0.5], [4])
    assert wrapped.boxes is not None
    assert wrapped.boxes.categories == ("hand",)


def test_that_boxes_between_0_and_1_are_parts_of_the_picture(bring: Bring) -> None:
    rows = [{"category_id": 1, "bbox": [0.1, 0.2, 0.3, 0.4], "t_s": 1.0}]
    imported = bring("a.json", orjson.dumps(rows))
    assert imported.tiers[0].boxes is not None
    assert imported.tiers[0].boxes.bbox[0] == pytest.approx([0.1, 0.2, 0.4, 0.6])
    assert any("parts of the picture" in note for note in imported.notes)


def test_that_frame_numbers_become_times_only_by_the_frames_own_times(bring: Bring) -> None:
    content = orjson.dumps([{"image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4]}])
    with pytest.raises(InvalidRequest, match="has a time"):
        bring("a.json", content, facts=FACTS)
    imported = bring("a.json", content, facts=FACTS, frame_times_s=np.array([0.0, 0.04, 0.11]))
    assert imported.tiers[0].boxes is not None
    assert imported.tiers[0].boxes.t_s.tolist() == [0.11]


@pytest.mark.parametrize(
    "text",
    [
        "tier,start_s,end_s,label\nt,1.5,2.5,a\nt,3,4,b\n",
        "\ufeffTier;Start (s);End (s);Label\r\nt;1,5;2,5;a\r\nt;3;4;b\r\n",
        "tier\tonset_ms\toffset_ms\tcode\nt\t1500\t2500\ta\nt\t3000\t4000\tb\n",
        "sep=;\ntier;onset;offset;text\nt;0:01.5;0:02.5;a\nt;00:00:03;00:00:04;b\n",
        "tier,begin,duration,label\nt,1.5,1.0,a\nt,3,1,b\n",
        "tier,Begin Time - hh:mm:ss.ms,Begin Time - ss.msec,End Time - msec,v\nt,0:01.5,1.5,2500,a\nt,0:03,3,4000,b\n",
        "tier,start,end,label\n\nt,1.5,2.5,a\n,,,\nt,3,4,b\n",
    ],
)
def test_that_tables_of_many_shapes_are_read(bring: Bring, text: str) -> None:
    imported = bring("a.csv", text, facts=FACTS)
    assert plain(imported) == [("t", [(1.5, 2.5, "a"), (3.0, 4.0, "b")])]


def test_that_whispers_milliseconds_are_told_from_seconds(bring: Bring) -> None:
    imported = bring("a.tsv", "start\tend\ttext\n1500\t2500\ta\n")
    assert plain(imported)[0][1] == [(1.5, 2.5, "a")]
    assert any("milliseconds" in note for note in imported.notes)


def test_that_boriss_aggregated_events_are_read(bring: Bring) -> None:
    text = "Observation id,Subject,Behavior,Modifiers,Behavior type,Start (s),Stop (s),Duration (s)\n"
    text += "o,Bo,dig,fast,STATE,1,2.5,1.5\no,Bo,bark,,POINT,4,4,0\n"
    (tier,) = bring("a.csv", text).tiers
    assert tier.name == "Bo"
    assert [(m.start_s, m.end_s, m.label) for m in tier.marks] == [(1, 2.5, "dig"), (4, 4, "bark")]
    assert tier.marks[0].attributes["Modifiers"] == "fast"


def test_that_datavyus_three_shapes_give_the_same(bring: Bring) -> None:
    shapes = {
        "long.csv": "file,column,ordinal,onset,offset,hand,look\n"
        "d,hands,1,1000,2500,left,\nd,hands,2,3000,4000,both,1\n",
        "wide.csv": "hands.ordinal,hands.onset,hands.offset,hands.hand,hands.look\n"
        "1,1000,2500,left,\n2,3000,4000,both,1\n",
        "own.csv": "#4\nhands (MATRIX,true,)-hand|NOMINAL,look|NOMINAL\n"
        "00:00:01:000,00:00:02:500,(left,)\n00:00:03:000,00:00:04:000,(both,1)\n",
    }
    for name, text in shapes.items():
        imported = bring(name, text)
        assert imported.format_name == "datavyu_csv"
        assert plain(imported) == [("hands", [(1.0, 2.5, "left"), (3.0, 4.0, "both")])]
        assert imported.tiers[0].marks[1].attributes == {"look": "1"}


def boris(events: list[object], **observation: object) -> bytes:
    conf = {"0": {"type": "State event", "code": "dig"}, "1": {"type": "Point event", "code": "bark"}}
    about = {"file": {"1": ["C:\\data\\clip.mp4"]}, "type": "MEDIA", "events": events} | observation
    return orjson.dumps({"project_format_version": "7.0", "behaviors_conf": conf, "observations": {"o": about}})


def test_that_boris_states_are_paired_by_subject_and_modifier(bring: Bring) -> None:
    events: list[object] = [
        [1.0, "Bo", "dig", "fast", "see", 25],
        [2.0, "Bo", "dig", "slow", "", "NA"],
        [3.0, "Bo", "dig", "fast", ""],
        [4.5, "Bo", "dig", "slow", ""],
        [5.0, "", "bark", "None", ""],
        [6.0, "Bo", "bark", "", ""],
    ]
    imported = bring("a.boris", boris(events), facts=FACTS)
    assert plain(imported) == [
        ("Bo", [(1.0, 3.0, "dig"), (2.0, 4.5, "dig")]),
        ("No focal subject", [(5.0, 5.0, "bark")]),
        ("Bo (points)", [(6.0, 6.0, "bark")]),
    ]
    assert imported.tiers[0].marks[0].attributes == {"modifier": "fast", "comment": "see"}


def test_that_a_packed_boris_project_and_a_time_offset_are_read(bring: Bring) -> None:
    import gzip

    content = gzip.compress(boris([[11.0, "", "bark", "", ""]], **{"time offset": 10.0}))
    imported = bring("a.boris.gz", content, facts=FACTS)
    assert plain(imported) == [("No focal subject", [(1.0, 1.0, "bark")])]
    assert any("time offset" in note for note in imported.notes)


def test_that_only_the_observation_of_this_video_is_read(bring: Bring) -> None:
    project = orjson.loads(boris([[1.0, "", "bark", "", ""]]))
    project["observations"]["p"] = {"file": {"1": ["x.mp4"]}, "events": [[2.0, "", "bark", "", ""]]}
    imported = bring("a.boris", orjson.dumps(project), facts=FACTS)
    assert plain(imported)[0][1] == [(1.0, 1.0, "bark")]
    assert any("of other videos" in note for note in imported.notes)
    both = bring("a.boris", orjson.dumps(project))
    assert [tier.name for tier in both.tiers] == ["o: No focal subject", "p: No focal subject"]


def test_that_rttm_knows_other_lines_comments_and_several_recordings(bring: Bring) -> None:
    text = ";; by hand\nSPKR-INFO a 1 <NA> <NA> <NA> unknown S1 <NA> <NA>\n"
    text += "SPEAKER a 1 0.5 1.0 <NA> <NA> S1 <NA>\nSPEAKER b 1 1 1,5 <NA> <NA> S2 <NA> <NA>\n"
    imported = bring("a.rttm", text)
    assert plain(imported) == [("speakers a", [(0.5, 1.5, "S1")]), ("speakers b", [(1.0, 2.5, "S2")])]
    assert len(imported.notes) == 2


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", "webvtt"),
        ("a.txt", "SPEAKER a 1 0.5 1.0 <NA> <NA> S1 <NA> <NA>\n", "rttm"),
        ("a.txt", "1\n00:00:01,000 --> 00:00:02,000\nx\n", "srt"),
        ("a.txt", "tier\tstart_s\tend_s\tlabel\nt\t1\t2\ta, b\n", "tsv"),
        ("a.xml", eaf("<TIER TIER_ID='t'/>"), "eaf"),
        ("a.txt", GRID.encode("utf-16"), "textgrid"),
        ("a.json", boris([]), "boris"),
        ("a.JSON", orjson.dumps(COCO), "coco"),
    ],
)
def test_that_a_format_is_recognised_by_its_content(bring: Bring, name: str, content: str | bytes, found: str) -> None:
    assert bring(name, content).format_name == found
