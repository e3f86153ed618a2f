"""How a person detector wants its pictures and what it answers, as a small file beside an own ONNX file says.

That file is called as the model, with ``.toml`` in place of ``.onnx``. All keys are optional:

- ``family``: how the answers are read, see models/person_answers.py: ``rtmo``, ``yolox``, ``yolos`` or ``rows``;
  otherwise it is told by the names and the shapes of the outputs.
- ``size_px``: [width, height] of the input where the graph does not fix it, [640, 640] otherwise.
- ``fit``: how a picture is put there: ``corner`` (scaled as a whole into the upper left corner), ``centre`` (into the
  middle) or ``stretch`` (to the whole input, whatever its shape). ``pad``: brightness of what is left over, 0 to 255.
- ``mean``, ``std``: three numbers for red, green, blue, of values in [0, 255]: (value - mean) / std.
- ``bgr``: true where the network wants blue first.
- ``threshold``: least score of a person unless somebody says otherwise.
- ``person_class``: number of the class of people, from 0.
- ``decoded``: true for a ``yolox`` whose graph turns its answers into pixels itself.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.errors import ModelCorrupt

FAMILIES = ("rtmo", "yolox", "yolos", "rows")
FITS = ("corner", "centre", "stretch")
DEFAULT_SIZE_PX = (640, 640)
MOST_PX = 4096
_KEYS = ("family", "size_px", "fit", "pad", "mean", "std", "bgr", "threshold", "person_class", "decoded")


@dataclass(frozen=True, slots=True)
class PersonFormat:
    """``family`` "" = told by the outputs; ``size_px`` (width, height) where the graph takes any, None = unsaid;
    ``shorter_px``, ``longer_px``: in place of it, scaled as a whole to this shorter side, at most this longer one.
    """

    family: str = ""
    size_px: tuple[int, int] | None = None
    shorter_px: int = 0
    longer_px: int = 0
    fit: str = "corner"
    pad: float = 114.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    bgr: bool = False
    threshold: float = 0.5
    person_class: int = 0
    decoded: bool = False


FORMATS: Mapping[str, PersonFormat] = MappingProxyType(
    {
        # as trained: no normalisation, and blue first, for its configuration asks for no conversion
        "rtmo": PersonFormat("rtmo", bgr=True, threshold=0.3),
        "yolox": PersonFormat("yolox", bgr=True, threshold=0.35),
        "yolos": PersonFormat(
            "yolos",
            shorter_px=512,
            longer_px=1333,
            fit="stretch",
            mean=(123.675, 116.28, 103.53),
            std=(58.395, 57.12, 57.375),
            threshold=0.5,
            person_class=1,  # of COCO's own numbers, which begin with 1
        ),
        "rows": PersonFormat("rows"),
    }
)
"""What the families of the catalogue want."""


def read_person_format(path: Path, guessed: str) -> PersonFormat:
    """What stands beside the own model at ``path``, on top of what is usual for its family.

    ``guessed``: the family by its outputs, "" = none fits. Raises ModelCorrupt with the reason.
    """
    side_file = path.with_suffix(".toml")
    try:
        values = tomllib.loads(side_file.read_text(encoding="utf-8")) if side_file.is_file() else {}
        family = _family(str(values.get("family", guessed)))
        return _parsed(values, FORMATS[family])
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, ValueError) as error:
        raise ModelCorrupt(
            f"How {path.name} finds people is not clear: {error}.",
            action=f"Say it in {side_file}: family, size_px, mean, std, bgr, threshold, person_class.",
        ) from error


def _family(name: str) -> str:
    if not name:
        raise ValueError(f"its outputs are of none of the families {', '.join(FAMILIES)}")
    if name not in FAMILIES:
        raise ValueError(f"family {name!r} is none of {', '.join(FAMILIES)}")
    return name


def _parsed(values: Mapping[str, Any], usual: PersonFormat) -> PersonFormat:
    strange = sorted(set(values) - set(_KEYS))
    if strange:
        raise ValueError(f"{', '.join(strange)} is none of {', '.join(_KEYS)}")
    given: dict[str, Any] = {}
    if "size_px" in values:
        given |= {"size_px": _size(values["size_px"]), "shorter_px": 0, "longer_px": 0}
    for key in ("mean", "std"):
        if key in values:
            given[key] = _three(key, values[key])
    if 0.0 in given.get("std", ()):
        raise ValueError("std holds a zero")
    if "fit" in values:
        given["fit"] = _one_of("fit", values["fit"], FITS)
    for key, least, most in (("pad", 0.0, 255.0), ("threshold", 0.0, 1.0)):
        if key in values:
            given[key] = _between(key, float(values[key]), least, most)
    if "person_class" in values:
        given["person_class"] = int(_between("person_class", int(values["person_class"]), 0, 100_000))
    given |= {key: bool(values[key]) for key in ("bgr", "decoded") if key in values}
    return replace(usual, **given)


def _size(given: Any) -> tuple[int, int]:
    width, height = (int(one) for one in given)
    if not (1 <= width <= MOST_PX and 1 <= height <= MOST_PX):
        raise ValueError(f"size_px is a width and a height of 1 to {MOST_PX}")
    return width, height


def _three(key: str, given: Any) -> tuple[float, float, float]:
    if len(given) != 3:
        raise ValueError(f"{key} needs three numbers, for red, green and blue")
    red, green, blue = (float(one) for one in given)
    return red, green, blue


def _one_of(key: str, value: object, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{key} {value!r} is none of {', '.join(allowed)}")
    return str(value)


def _between(key: str, value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise ValueError(f"{key} is a number from {least:g} to {most:g}")
    return value
