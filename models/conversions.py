"""Converted forms of model files: made once, kept beside the original, and never used damaged."""

import importlib
import os
from pathlib import Path

from models.digests import Digests, read_json, write_json
from models.errors import ModelCorrupt
from models.fetch import sha256_of

# modules of models/convert with the version of what they write: a new one makes old files unused
VERSIONS = {"tflite_face": 1, "tflite_mesh": 1, "dlib_resnet": 1, "free_shape": 1, "ge2e": 1, "mobilenet_v2": 1}


def converted_path(original: Path, original_sha256: str, converter: str) -> Path:
    """Where the converted form lies or will lie: named after the original's checksum and the converter's version."""
    return original.with_name(f"{original.stem}-{original_sha256[:12]}-v{VERSIONS[converter]}.onnx")


def is_intact(target: Path, digests: Digests) -> bool:
    """Whether the converted form is there, with the checksum that was recorded when it was made."""
    return target.is_file() and digests.of(target) == read_json(_record(target)).get("sha256")


def convert(original: Path, target: Path, converter: str) -> None:
    """Make the converted form. One at a time for a model: the caller holds its lock.

    Raises ModelCorrupt (the original is no such network), OSError.
    """
    temp = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    module = importlib.import_module(f"models.convert.{converter}")  # onnx takes long to import, and is seldom needed
    try:
        module.convert(original, temp)
        write_json(_record(target), {"sha256": sha256_of(temp)})
        temp.replace(target)
    except MemoryError as error:
        raise ModelCorrupt(
            f"There is not enough memory to convert {original}.", action="Close other programs and try again."
        ) from error
    finally:
        temp.unlink(missing_ok=True)


def _record(target: Path) -> Path:
    return target.with_suffix(".json")
