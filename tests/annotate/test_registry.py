"""The registry: the fixed order, names and aliases, plug-ins, and what is broken."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.annotate.entry_points import EntryPoint, find_entry_points
from core.annotate.pipeline import PipelineContext, Video
from core.annotate.registry import BUILT_IN, USUAL, BrokenPlugin, Registry, load_registry, registry
from core.annotate.spec import Availability
from core.errors import NotFound
from core.speech.presets import speech_models
from models.speech_choice import SPEECH_MODELS
from models.store import ModelStore
from tests.annotate.made_pipelines import Brightness, Failing, Missing, Ticks, made_registry, made_spec

ROOT = Path(__file__).resolve().parents[2]


def _plugin_folder(tmp_path: Path, points: str, module: str = "", name: str = "made_plugin_module") -> str:
    folder = tmp_path / "made_plugin-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "entry_points.txt").write_text(points, encoding="utf-8")
    if module:
        (tmp_path / f"{name}.py").write_text(module, encoding="utf-8")
    return str(tmp_path)


def test_that_pipelines_are_found_by_name_and_by_alias() -> None:
    known = made_registry()
    assert known.names() == ("brightness", "ticks", "failing", "missing")
    assert known.get("brightness") is known.get("luma")


def test_that_an_unknown_name_is_refused_with_the_available_ones() -> None:
    with pytest.raises(NotFound) as caught:
        made_registry(Ticks(), Brightness()).get("tocks")
    assert "tocks" in caught.value.message
    assert "ticks, brightness" in caught.value.action


def test_that_every_pipeline_can_choose_its_output_formats() -> None:
    parameter = made_registry().get("ticks").spec.parameter("output_formats")
    assert parameter is not None
    assert parameter.choices == ("json", "csv", "webvtt")
    assert parameter.default == ["json"]


def test_that_the_usual_pipelines_are_those_that_are_available(tmp_path: Path) -> None:
    known = Registry([Ticks(USUAL[3]), Brightness("own"), Missing(USUAL[1]), Ticks(USUAL[0])])
    assert known.defaults(ModelStore(tmp_path)) == (USUAL[0], USUAL[3])


def test_that_an_entry_point_adds_a_pipeline_after_the_built_in_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = (
        "from tests.annotate.made_pipelines import Ticks\n"
        "make = lambda: Ticks('made_plugin')\n"
        "PLAIN = Ticks('another')\n"
    )
    points = "[rushes.pipelines]\nmade_plugin = made_plugin_module:make\nanother = made_plugin_module:PLAIN\n"
    folder = _plugin_folder(tmp_path, points, module)
    monkeypatch.syspath_prepend(folder)
    found = find_entry_points(path=[folder, str(tmp_path / "nowhere")])
    known = load_registry((), found)
    assert known.names() == ("another", "made_plugin")
    assert known.broken() == ()


def test_that_a_broken_plug_in_hides_no_other_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = (
        "from tests.annotate.made_pipelines import Ticks\n"
        "def leave(): raise SystemExit('I go')\n"
        "def divide(): return 1 // 0\n"
        "def nothing(): return object()\n"
        "def good(): return Ticks('good')\n"
        "def again(): return Ticks('good')\n"
        "def bad_name(): return Ticks('../ticks')\n"
    )
    names = ("leave", "divide", "nothing", "good", "again", "bad_name")
    points = "[rushes.pipelines]\n" + "".join(f"{name} = broken_plugin_module:{name}\n" for name in names)
    folder = _plugin_folder(tmp_path, points + "gone = no_such_module_anywhere:it\n", module, "broken_plugin_module")
    monkeypatch.syspath_prepend(folder)
    known = load_registry((), find_entry_points(path=[folder]))
    assert known.names() == ("good",)
    reasons = {one.name: one.reason for one in known.broken()}
    assert len(known.broken()) == 6
    assert "ZeroDivisionError" in reasons["divide"]
    assert "I go" in reasons["leave"]
    assert "no_such_module_anywhere" in reasons["gone"]
    assert "“good” already" in reasons["good"]
    assert "small letters" in reasons["../ticks"]


def test_that_a_plug_in_whose_parameters_do_not_hold_together_is_named_with_all_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = (
        "from dataclasses import replace\n"
        "from core.annotate.spec import OutputSpec, Parameter, Preset\n"
        "from tests.annotate.made_pipelines import Ticks\n"
        "def told(**changes):\n"
        "    pipeline = Ticks('told')\n"
        "    pipeline._spec = replace(pipeline.spec, **changes)\n"
        "    return pipeline\n"
        "LEVEL = Parameter('level', 'float', 7.0, 'Too high.', 0.0, 1.0)\n"
        "def kinds(): return told(parameters=({'name': 'level'},), version=3)\n"
        "def values(): return told(parameters=(LEVEL, Parameter('level', 'number', 1, 'No type.')))\n"
        "def formats(): return told(outputs=(OutputSpec('xlsx', ()),), default_formats=('json',))\n"
        "def presets(): return told(presets=(Preset('soft', 'Soft', {'gone': 1, 'every_s': 'often'}),))\n"
    )
    names = ("kinds", "values", "formats", "presets")
    points = "[rushes.pipelines]\n" + "".join(f"{name} = lying_plugin_module:{name}\n" for name in names)
    folder = _plugin_folder(tmp_path, points, module, "lying_plugin_module")
    monkeypatch.syspath_prepend(folder)
    known = load_registry((), find_entry_points(path=[folder]))
    assert known.names() == ()
    reasons = {one.name: one.reason for one in known.broken()}
    assert "version is no text; its parameters are not all Parameter" in reasons["kinds"]
    for words in ("two parameters “level”", "cannot be 7.0", "the type “number”"):
        assert words in reasons["values"]
    for words in ("no format “xlsx”", "default format “json” is none"):
        assert words in reasons["formats"]
    for words in ("“gone”, which is no parameter", "every_s is a text"):
        assert words in reasons["presets"]


def test_that_what_is_no_found_and_no_models_is_told_as_the_plug_ins_fault() -> None:
    class Careless(Ticks):
        def models_needed(self, config: Mapping[str, Any]) -> Sequence[str]:  # noqa: ARG002  as the protocol says
            return "whisper-base"

        def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Any:  # noqa: ARG002
            return {"ticks": []}

    careless: Any = made_registry(Careless()).get("ticks")
    with pytest.raises(TypeError, match="not Found"):
        careless.run(None, {}, None)
    with pytest.raises(TypeError, match="not the ids of models"):
        careless.models_needed({})


def test_that_files_that_are_no_entry_points_are_passed_over(tmp_path: Path) -> None:
    _plugin_folder(tmp_path / "one", "[rushes.pipelines\nbroken")
    _plugin_folder(tmp_path / "two", "[console_scripts]\nother = a:b\n")
    odd = tmp_path / "three" / "odd.dist-info"
    odd.mkdir(parents=True)
    (odd / "entry_points.txt").write_bytes(b"\xff\xfe rushes.pipelines")
    path = [str(tmp_path / name) for name in ("one", "two", "three")]
    assert find_entry_points(path=path) == ()


def test_that_the_first_package_of_a_name_counts(tmp_path: Path) -> None:
    first = _plugin_folder(tmp_path / "one", "[rushes.pipelines]\nsame = first:it\n")
    second = _plugin_folder(tmp_path / "two", "[rushes.pipelines]\nsame = second:it\n")
    assert find_entry_points(path=[first, second]) == (EntryPoint("same", "first:it"),)


def test_that_a_pipeline_that_cannot_say_whether_it_is_available_is_not(tmp_path: Path) -> None:
    class Rude(Ticks):
        def availability(self, models: ModelStore) -> Availability:  # noqa: ARG002  as the protocol says
            raise RuntimeError("no mood")

    state = made_registry(Rude()).get("ticks").availability(ModelStore(tmp_path))
    assert not state.available
    assert "no mood" in state.reason


def test_that_a_pipeline_without_formats_cannot_be_used() -> None:
    class Mute(Failing):
        def __init__(self) -> None:
            super().__init__("mute")
            self._spec = made_spec("mute")
            object.__setattr__(self._spec, "outputs", ())

    assert made_registry(Mute(), Ticks()).names() == ("ticks",)


def test_that_the_registry_of_this_rushes_is_made_once_and_lists_its_pipelines_in_order() -> None:
    known = registry()
    assert known is registry()
    built_in = [name for name in known.names() if name in BUILT_IN]
    assert built_in == [name for name in BUILT_IN if name in built_in]
    assert not [one for one in known.broken() if one.name in BUILT_IN]


def test_that_every_built_in_pipeline_has_defaults_that_it_would_accept_itself(tmp_path: Path) -> None:
    from core.annotate.configuring import check_one, complete

    models = ModelStore(tmp_path)
    for pipeline in registry().pipelines():
        faults = check_one(pipeline.spec.name, complete(pipeline.spec), models=models).errors
        assert [fault for fault in faults if fault.field] == []
        for preset in pipeline.spec.presets:
            checked = check_one(pipeline.spec.name, dict(preset.config), models=models)
            assert [fault for fault in (*checked.errors, *checked.warnings) if fault.field] == [], preset.name


def test_that_every_built_in_pipeline_writes_formats_that_there_are() -> None:
    from core.annotate.formats.catalogue import FORMATS

    for pipeline in registry().pipelines():
        names = {one.format for one in pipeline.spec.outputs}
        assert names <= set(FORMATS), pipeline.spec.name
        assert set(pipeline.spec.default_formats) <= names


def test_that_the_speech_models_to_choose_among_are_those_of_the_catalogue() -> None:
    assert tuple(one.id for one in speech_models()) == SPEECH_MODELS


def test_that_listing_all_pipelines_loads_no_heavy_library_and_no_catalogue() -> None:
    script = (
        "import sys\nfrom core.annotate.registry import registry\n"
        "assert [one.spec.parameters for one in registry().pipelines()]\n"
        "heavy = {'numpy', 'av', 'cv2', 'onnxruntime', 'scipy', 'pyarrow', 'pympi', 'praatio', 'PySide6', 'fastapi'}\n"
        "heavy |= {'tomllib', 'models.catalogue'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_that_what_is_broken_is_named_with_its_reason() -> None:
    known = load_registry(("no_such_pipeline",), ())
    assert known.pipelines() == ()
    assert [type(one) for one in known.broken()] == [BrokenPlugin]
    assert "no_such_pipeline" in known.broken()[0].reason
