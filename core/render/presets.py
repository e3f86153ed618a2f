"""The shelf of presets: those that come with Rushes, and a person's own files beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import resources
from core.errors import InvalidRequest, NotFound
from core.render.preset_file import parse_preset, preset_text
from core.render.types import BrokenPreset, Preset

__all__ = ["BUILT_IN", "PresetShelf", "load_presets", "preset_text"]

BUILT_IN = (
    "product_hero_clean",
    "product_hero_punchy",
    "overlay_classic",
    "overlay_glow",
    "overlay_bold",
    "meme_fast",
    "meme_smooth",
    "brand_safe_minimal",
)
_LARGEST_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PresetShelf:
    """The built-in presets in their order, then a person's own by name; ``broken``: own files that were skipped."""

    presets: tuple[Preset, ...]
    broken: tuple[BrokenPreset, ...] = ()

    def get(self, preset_id: str) -> Preset:
        """The preset of that id. Raises NotFound, which names those that there are."""
        for preset in self.presets:
            if preset.id == preset_id:
                return preset
        raise NotFound(
            f"There is no preset “{_shortened(preset_id)}”.",
            action=f"Use one of {', '.join(preset.id for preset in self.presets)}.",
        )


def load_presets(own_folder: Path | None = None) -> PresetShelf:
    """All presets; a file of ``own_folder`` that is no preset is named in ``broken`` and changes nothing else."""
    built_in = _built_in()
    if own_folder is None or not own_folder.is_dir():
        return PresetShelf(built_in)
    own, broken = _own(own_folder, {preset.id: "comes with Rushes" for preset in built_in})
    return PresetShelf((*built_in, *own), broken)


@cache
def _built_in() -> tuple[Preset, ...]:
    folder = Path(resources.__file__).parent / "presets"
    return tuple(parse_preset((folder / f"{name}.toml").read_text("utf-8")) for name in BUILT_IN)


def _own(folder: Path, taken: dict[str, str]) -> tuple[list[Preset], tuple[BrokenPreset, ...]]:
    found: list[Preset] = []
    broken: list[BrokenPreset] = []
    for path in _files(folder, broken):
        try:
            preset = _read_own(path, taken)
        except InvalidRequest as error:
            broken.append(BrokenPreset(str(path), error.message))
        except UnicodeDecodeError:
            broken.append(BrokenPreset(str(path), "it is not text in UTF-8."))
        except OSError as error:
            broken.append(BrokenPreset(str(path), f"it cannot be read: {error.strerror or error}."))
        else:
            taken[preset.id] = f"is in {path.name} too"
            found.append(preset)
    return sorted(found, key=lambda preset: (preset.name.casefold(), preset.id)), tuple(broken)


def _files(folder: Path, broken: list[BrokenPreset]) -> Iterable[Path]:
    """TOML files in the order of their names, so that of two with one id the same one always counts."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".toml" and path.name[0] != ".")
    except OSError as error:
        broken.append(BrokenPreset(str(folder), f"the folder cannot be read: {error.strerror or error}."))
        return ()


def _read_own(path: Path, taken: dict[str, str]) -> Preset:
    if path.stat().st_size > _LARGEST_FILE_BYTES:
        raise InvalidRequest(f"it is larger than {_LARGEST_FILE_BYTES // 1024} KiB.")
    preset = parse_preset(path.read_text("utf-8-sig"), own=True)
    if preset.id in taken:
        raise InvalidRequest(f"the id {preset.id!r} {taken[preset.id]}.")
    return preset


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
