"""The document's seven metrics: a Prometheus parser reads them, and each of them really moves."""

import re

import pytest

from core.render.figures import REMOTE_FAILED
from tests.server.pytoon.live import JOBS, Api

DOCUMENTED = {
    "pytoon_render_jobs_total": "counter",
    "pytoon_render_success_total": "counter",
    "pytoon_render_failure_total": "counter",
    "pytoon_fallback_total": "counter",
    "pytoon_segment_render_seconds": "histogram",
    "pytoon_job_total_seconds": "histogram",
    "pytoon_queue_depth": "gauge",
}
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")


def parsed(text: str) -> tuple[dict[str, str], dict[str, float]]:
    """Families by name with their types, and samples; strict as the text format 0.0.4 is."""
    families: dict[str, str] = {}
    samples: dict[str, float] = {}
    helped, family = "", ""
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            helped = line.split(" ", 3)[2]
            assert line.split(" ", 3)[3]
        elif line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            assert family == helped
            assert family not in families
            families[family] = kind
        else:
            found = SAMPLE.fullmatch(line)
            assert found, line
            name = re.sub("_(bucket|sum|count)$", "", found[1]) if families[family] == "histogram" else found[1]
            assert name == family, "samples of a family stand together"
            series = line.rsplit(" ", 1)[0]
            assert series not in samples
            samples[series] = float(found[3])
    for family, kind in families.items():
        if kind == "histogram":
            _require_histogram(family, samples)
    return families, samples


def _require_histogram(family: str, samples: dict[str, float]) -> None:
    by_labels: dict[str, list[float]] = {}
    for series, value in samples.items():
        if series.startswith(f"{family}_bucket{{"):
            by_labels.setdefault(re.sub(r',?le="[^"]+"', "", series), []).append(value)
    assert by_labels
    for series, values in by_labels.items():
        assert values == sorted(values)
        assert values[-1] == samples[series.replace("_bucket", "_count")]
        assert series.replace("_bucket", "_sum") in samples


def test_that_all_seven_are_there_from_the_start(among_others: Api) -> None:
    answer = among_others.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families, samples = parsed(answer.body.decode())
    assert families == DOCUMENTED
    assert samples["pytoon_queue_depth"] == 0
    assert samples['pytoon_render_success_total{archetype="OVERLAY"}'] == 0
    assert samples['pytoon_segment_render_seconds_count{engine="local_ffmpeg"}'] == 0
    assert samples['pytoon_job_total_seconds_bucket{archetype="MEME_TEXT",le="+Inf"}'] == 0
    assert among_others.at_main.get("/pytoon/metrics").body == answer.body
    whole, everything = parsed(among_others.at_main.get("/metrics").body.decode())
    assert whole.items() >= DOCUMENTED.items()
    assert everything["pytoon_queue_depth"] == 0


def test_that_jobs_failures_and_the_queue_are_counted(api: Api) -> None:
    job = api.submit(target_duration_seconds=1).json["job_id"]
    api.submit(preset_id="meme_fast", target_duration_seconds=1)
    api.submit(preset_id="no_such_preset")
    _, samples = parsed(api.get("/metrics").body.decode())
    assert samples["pytoon_queue_depth"] == 2
    assert samples['pytoon_render_jobs_total{archetype="OVERLAY",preset="overlay_classic"}'] == 1
    assert samples['pytoon_render_jobs_total{archetype="MEME_TEXT",preset="meme_fast"}'] == 1
    api.post(f"{JOBS}/{job}/cancel")
    api.library.renders.figures.fell_back(REMOTE_FAILED)
    _, samples = parsed(api.get("/metrics").body.decode())
    assert samples["pytoon_queue_depth"] == 1
    assert samples['pytoon_render_failure_total{archetype="OVERLAY",reason="canceled"}'] == 1
    assert samples['pytoon_fallback_total{fallback_type="remote_failed"}'] == 1


def test_that_names_with_quotes_break_no_line(api: Api) -> None:
    api.library.renders.figures.asked("OVERLAY", 'a "b" \\ c\nd')
    _, samples = parsed(api.get("/metrics").body.decode())
    assert samples['pytoon_render_jobs_total{archetype="OVERLAY",preset="a \\"b\\" \\\\ c\\nd"}'] == 1


def test_that_the_parser_of_this_test_is_strict() -> None:
    for text in ("pytoon 1\n", "# HELP a b\n# TYPE a counter\na{x=y} 1\n", "# HELP a b\n# TYPE a counter\na 1"):
        with pytest.raises((AssertionError, KeyError)):
            parsed(text)
