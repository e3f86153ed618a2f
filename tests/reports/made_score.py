"""Scores made by hand: six steps with one fault of each kind, and one with everything at its longest."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from core.media.types import MediaInfo
from core.procedures.types import (
    Comparison,
    Finding,
    FindingType,
    FindingVerdict,
    Masks,
    PathPoint,
    ProcedureVideo,
    Role,
    Score,
    ScoreVersions,
    StepOutcome,
    Stretch,
    Verdict,
)
from core.reports.procedure_source import ProcedureReport, Side

AT = "2026-11-21T10:15:00.000+00:00"
GOLD = ((0.0, 5.0), (5.0, 10.0), (10.0, 15.0), (15.0, 19.8), (19.8, 25.8), (25.8, 27.8))
TRAINEE = ((1.2, 6.1), (16.4, 21.2), None, (6.1, 10.9), (21.2, 36.5), (36.5, 38.4))
NAMES = ("Clean the pool", "Wrestle", "Play basketball", "Talk in the street", "Walk over the plaza", "Call from a car")
LONG_NAMES = (
    "Überprüfen Sie den Sicherungsautomaten und die Donaudampfschifffahrtsgesellschaftskapitänsmützenhalterung " * 2,
    "تثبيت الغطاء الواقي وإحكام ربط المسامير الأربعة بالترتيب الصحيح",
    "保護カバーを取り付け、四本のねじを正しい順番で締め付ける（締め付けトルクを確認すること）",
    "Проверка давления и герметичности",
    "ตรวจสอบความดันก่อนเปิดวาล์ว",
    "x" * 140,
)


def jpeg(words: str, size: tuple[int, int] = (480, 270), colour: tuple[int, int, int] = (70, 110, 150)) -> bytes:
    """A picture with some words in it."""
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    for index in range(0, size[0], 24):
        draw.line((index, 0, size[0] - index, size[1]), fill=tuple(min(255, one + 30) for one in colour))
    draw.text((12, 12), words, fill=(255, 255, 255))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def info(duration_s: float, width_px: int = 640, height_px: int = 360) -> MediaInfo:
    return MediaInfo(
        path="/films/attempt.mp4", size_bytes=3_456_789, container="mp4", video_index=0, codec="h264",
        width_px=width_px, height_px=height_px, coded_width_px=width_px, coded_height_px=height_px, rotation_deg=0,
        sample_aspect=1.0, time_base=Fraction(1, 12_800), start_s=0.0, duration_s=duration_s, average_fps=25.0,
        variable_rate=False,
    )  # fmt: skip


def video(video_id: int, role: Role, title: str, duration_s: float, **changes: object) -> ProcedureVideo:
    made = ProcedureVideo(
        video_id=video_id, task_id="line_1", role=role, title=title, site_id=None, camera_id=None,
        operator_id_hash=None, media_path=Path(f"/films/{title[:60]}.mp4"), media_missing=False, owned=False,
        sha256="ab" * 32, info=info(duration_s), masks=Masks(), accepted=False, steps_version=3, created_at=AT,
        folder=Path("/library/videos/1"), embedding_id=video_id, embedding_model="mobilenet-v2",
        embedding_version="1", num_clips=7, source_fps=25.0, sampled_fps=4.0,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def stretch(span: tuple[float, float] | None) -> Stretch | None:
    return Stretch(*span) if span is not None else None


def comparison(names: tuple[str, ...] = NAMES) -> Comparison:
    """Step 3 missing, 2 and 4 swapped, 5 over time, 1 done differently, 5 done again."""
    points = (16.67, 16.67, 16.67, 16.67, 16.66, 16.66)
    lost: tuple[dict[str, float], ...] = (
        {"execution_deviation": 2.5}, {"order_swap": 6.25}, {"step_missing": 16.67}, {"order_swap": 6.25},
        {"over_time": 8.33}, {},
    )  # fmt: skip
    steps = tuple(
        StepOutcome(
            index, name, Stretch(*gold), stretch(trainee), 0.0 if trainee is None else 0.93 - 0.04 * index,
            (gold[1] - gold[0]) * 1.5, worth, taken, critical=index == 2, optional=index == 5,
        )
        for index, (name, gold, trainee, worth, taken) in enumerate(
            zip(names, GOLD, TRAINEE, points, lost, strict=True)
        )
    )  # fmt: skip
    kinds = FindingType
    findings = (
        Finding("f1", kinds.EXECUTION_DEVIATION, 0, Stretch(1.0, 3.5), Stretch(2.0, 5.0), 0.61,
                "the middle of the step looks unlike the gold recording", 2.5),
        Finding("f2", kinds.ORDER_SWAP, 1, Stretch(*GOLD[1]), stretch(TRAINEE[1]), 0.97,
                "steps 2 and 4 were done in each other's place", 6.25, other_step=3),
        Finding("f3", kinds.STEP_MISSING, 2, Stretch(*GOLD[2]), None, 1.0, "no part of the attempt shows it", 16.67),
        Finding("f4", kinds.OVER_TIME, 4, Stretch(*GOLD[4]), stretch(TRAINEE[4]), 0.9,
                "took 15.3 s where 9.0 s are allowed", 8.33),
        Finding("f5", kinds.STEP_EXTRA, None, None, Stretch(11.0, 16.0), 0.8, "a stretch that is no step", 5.0),
        Finding("f6", kinds.STEP_EXTRA, None, None, Stretch(38.4, 39.0), 0.7, "step 5 was done a second time", 0.0,
                repeats=4),
    )  # fmt: skip
    path = tuple(
        PathPoint(gold[0] + share * (gold[1] - gold[0]), trainee[0] + share * (trainee[1] - trainee[0]), 0.9, index)
        for index, (gold, trainee) in enumerate(zip(GOLD, TRAINEE, strict=True))
        if trainee is not None
        for share in np.linspace(0, 1, 20)
    )
    return Comparison(
        score=55.0, steps=steps, lost={"step_extra": 5.0}, findings=findings,
        metrics={"miss": 1.0, "swap": 1.0, "mean_alignment_cost": 0.123456}, path=path,
        gold_boundaries=(), trainee_boundaries=(), gold_clip_steps=(), trainee_clip_steps=(), clip_preview=(),
        similarity_map=likeness(), notes=("The attempt begins 1.2 s late.",),
    )  # fmt: skip


def likeness(rows: int = 112, columns: int = 156) -> tuple[tuple[int, ...], ...]:
    values = np.full((rows, columns), 60)
    for gold, trainee in zip(GOLD, TRAINEE, strict=True):
        if trainee is not None:
            values[int(gold[0] * 4) : int(gold[1] * 4), int(trainee[0] * 4) : int(trainee[1] * 4)] = 200
    return tuple(tuple(int(one) for one in row) for row in values)


def score(made: Comparison, verdicts: tuple[FindingVerdict, ...] = ()) -> Score:
    settings = {
        "clip_s": 4.0, "clip_overlap": 0.0, "encoder": "", "pass_mark": 70.0, "critical_weight": 2.0,
        "over_time_factor": 1.5, "extra_points": 5.0, "masks": {"faces": False, "mode": "pixelate", "regions": []},
    }  # fmt: skip
    versions = ScoreVersions("mobilenet-v2", "1.0.1-3f9a", 2, 3, 11, 12, settings, "rushes-steps-1")
    return Score(
        7, "job-000031", "line_1", 1, 42, 2, made.score, made.score, made.score >= 70, made,
        {one.finding_id: one for one in verdicts}, versions, AT,
    )  # fmt: skip


def report(of: Score, **changes: object) -> ProcedureReport:
    """With drawn stills."""
    gold, trainee = video(1, Role.GOLD, "Reference", 27.8), video(42, Role.TRAINEE, "Attempt of Tuesday", 39.0)
    made = ProcedureReport(
        score=of, task_title="Assembly line 1",
        gold=Side("Gold", gold, False, lambda t_s: jpeg(f"gold at {t_s:.2f} s")),
        trainee=Side("Trainee", trainee, False, lambda t_s: jpeg(f"trainee at {t_s:.2f} s", colour=(150, 90, 60))),
        library="/home/anna/Rushes", made_at=datetime(2026, 11, 21, 10, 30, tzinfo=UTC), program="Rushes 0.5.0",
        check=lambda: None,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def usual() -> ProcedureReport:
    verdicts = (
        FindingVerdict("f3", Verdict.CONFIRMED, "Seen on the second camera too.", "desktop", AT),
        FindingVerdict("f1", Verdict.NONE, "Look again with the trainer.", "token:operator", AT),
    )
    return report(score(comparison(), verdicts))


def longest() -> ProcedureReport:
    """Twenty findings, names of any script and length, a comment of 4,000 characters, notes, upright pictures."""
    made = comparison(LONG_NAMES)
    base = made.findings
    findings = tuple(
        replace(one, finding_id=f"f{number + 1}", reason=f"{one.reason} " * (1 + number % 4))
        for number, one in enumerate((base * 4)[:20])
    )
    verdicts = (
        FindingVerdict(
            "f2",
            Verdict.DISMISSED,
            "هذا الترتيب مسموح به وفق التعليمات الجديدة\n二番目の手順は省略可能",
            "key:key-1",
            AT,
        ),
        FindingVerdict("f5", Verdict.CONFIRMED, "A long comment. " * 250, "basic:" + "u" * 90, AT),
        FindingVerdict("f9", Verdict.CONFIRMED, "y" * 900, "desktop", AT),
    )
    long_comparison = replace(
        made, findings=findings, notes=(*made.notes, "The attempt is a mirror image. " * 12), mirrored=True
    )
    changed = report(score(long_comparison, verdicts))
    gold = video(
        1, Role.GOLD, "保護カバー " * 20, 27.8, site_id="Ünïcödé site " * 5, camera_id="camera-3",
        operator_id_hash="5f" * 32, masks=Masks(((0.1, 0.1, 0.2, 0.2),), True, "blur"),
        flagged={"dark": 3, "blurred": 1},
    )  # fmt: skip
    trainee = replace(video(42, Role.TRAINEE, "محاولة " * 30, 39.0), info=info(39.0, 360, 640))
    return replace(
        changed,
        task_title="تجميع الخط الأول 組立ライン一号 Montage der Leitung Nr. 1 mit allen Prüfschritten nach Vorschrift "
        * 2,
        gold=replace(changed.gold, video=gold),
        trainee=Side("Trainee", trainee, False, lambda t_s: jpeg(f"at {t_s:.2f} s", (270, 480), (90, 120, 60))),
        library="/mnt/" + "very-long-folder-name/" * 12,
    )
