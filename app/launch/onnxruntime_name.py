"""The distribution name ``onnxruntime`` on Windows, where ``onnxruntime-directml`` provides the modules.

faster-whisper and insightface require ``onnxruntime`` by name. Installed beside ``onnxruntime-directml`` it would write
the same files: two builds mixed. So set-up gives pip a wheel of that name which holds no module and requires the
DirectML build; its local version (``1.24.4+directml``) is what ``constraints.txt`` asks for on Windows.
"""

import base64
import hashlib
import re
import zipfile
from pathlib import Path

DIRECTML_PIN = re.compile(r"^onnxruntime[-_]directml==(?P<version>[0-9][0-9A-Za-z.]*)", re.MULTILINE)
LOCAL_VERSION = "directml"


def directml_version(constraints: str) -> str:
    """The pinned version of onnxruntime-directml in the text of ``constraints.txt``. Raises ValueError without one."""
    found = DIRECTML_PIN.search(constraints)
    if found is None:
        raise ValueError("constraints.txt pins no onnxruntime-directml")
    return found["version"]


def build_name_wheel(folder: Path, version: str) -> Path:
    """Write the wheel for ``version`` of onnxruntime-directml into ``folder``; the same bytes every time."""
    full = f"{version}+{LOCAL_VERSION}"
    info = f"onnxruntime-{full}.dist-info"
    files = {
        f"{info}/METADATA": (
            "Metadata-Version: 2.1\n"
            "Name: onnxruntime\n"
            f"Version: {full}\n"
            "Summary: The name onnxruntime, provided by onnxruntime-directml\n"
            "License: Apache-2.0\n"
            f"Requires-Dist: onnxruntime-directml=={version}\n"
        ),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: rushes\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text.encode())}\n" for name, text in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"onnxruntime-{full}-py3-none-any.whl"
    unfinished = path.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    unfinished.replace(path)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
