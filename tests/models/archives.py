"""Hand-made archives as a package index holds them, with code in them that must never run."""

import io
import tarfile
import zipfile
from pathlib import Path

NAME = "tiny-weights"
VERSION = "1.2.0"
MEMBER = "tiny_weights/data/weights.bin"


def write_wheel(index: Path, content: bytes, *, version: str = VERSION, member: str = MEMBER) -> Path:
    """A wheel that holds ``content`` at ``member``."""
    path = index / f"tiny_weights-{version}-py3-none-any.whl"
    info = f"tiny_weights-{version}.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(member, content)
        pack.writestr("tiny_weights/__init__.py", "raise RuntimeError('the package ran')\n")
        pack.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n")
        wheel = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        pack.writestr(f"{info}/WHEEL", wheel)
        pack.writestr(f"{info}/RECORD", "")
    return path


def write_sdist(index: Path, content: bytes, *, marker: Path, version: str = VERSION, member: str = MEMBER) -> Path:
    """A source archive whose ``setup.py`` and build backend would write ``marker``."""
    top = f"{NAME}-{version}"
    path = index / f"{top}.tar.gz"
    code = f"open({str(marker)!r}, 'w').write('ran')\n"
    files = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n".encode(),
        "setup.py": f"{code}from setuptools import setup\nsetup(name={NAME!r}, version={version!r})\n".encode(),
        "backend.py": code.encode(),
        "pyproject.toml": b"[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
        member: content,
    }
    with tarfile.open(path, "w:gz") as pack:
        for name, data in files.items():
            info = tarfile.TarInfo(f"{top}/{name}")
            info.size = len(data)
            pack.addfile(info, io.BytesIO(data))
    return path
