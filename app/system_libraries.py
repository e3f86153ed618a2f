"""Libraries of the operating system that Qt needs and pip cannot bring: which are missing, and how to install them.

Nothing here runs in a normal start: it is asked when Qt's import failed, or by ``rushes doctor``.
"""

import ctypes
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.errors import RushesError

IMPORT_QT = "import PySide6.QtGui, PySide6.QtWidgets"
MISSING = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")
CHILD_TIMEOUT_S = 60


class SystemLibraryMissing(RushesError):
    """The desktop cannot start before a library of the system is installed."""


class NoDisplay(RushesError):
    """There is no screen to open a window on."""


@dataclass(frozen=True, slots=True)
class SystemLibrary:
    """A shared library and the package that brings it, by family of distributions."""

    file: str
    debian: str
    fedora: str
    arch: str
    optional: bool = False

    def package(self, family: str) -> str:
        """The package's name in a family: debian, fedora or arch."""
        return {"debian": self.debian, "fedora": self.fedora, "arch": self.arch}[family]


# what QtGui, QtWidgets and the xcb platform plugin of the PySide6 wheels link to beyond a minimal system
QT_LIBRARIES = (
    SystemLibrary("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    SystemLibrary("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    SystemLibrary("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    SystemLibrary("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    SystemLibrary("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    SystemLibrary("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    SystemLibrary("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    SystemLibrary("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    SystemLibrary("libX11.so.6", "libx11-6", "libX11", "libx11"),
    SystemLibrary("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    SystemLibrary("libxcb.so.1", "libxcb1", "libxcb", "libxcb"),
    SystemLibrary("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    SystemLibrary("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    SystemLibrary("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    SystemLibrary("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    SystemLibrary("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    SystemLibrary("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    SystemLibrary("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    SystemLibrary("libpulse.so.0", "libpulse0", "pulseaudio-libs", "libpulse", optional=True),
)
_INSTALL = {"debian": "sudo apt install", "fedora": "sudo dnf install", "arch": "sudo pacman -S"}


def os_family(release: Mapping[str, str] | None = None) -> str:
    """``debian``, ``fedora`` or ``arch`` by /etc/os-release (or ``release``), empty for any other."""
    if release is None:
        try:
            release = platform.freedesktop_os_release()
        except OSError:
            return ""
    words = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    kinds = {"debian": {"debian", "ubuntu"}, "fedora": {"fedora", "rhel", "centos"}, "arch": {"arch"}}
    return next((family for family, names in kinds.items() if names & words), "")


def loads(file: str) -> bool:
    """Whether the system finds a shared library."""
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def missing_libraries(*, optional: bool = False) -> list[SystemLibrary]:
    """Those of QT_LIBRARIES that this Linux does not have; the optional ones only when asked for."""
    if not sys.platform.startswith("linux"):
        return []
    return [one for one in QT_LIBRARIES if (optional or not one.optional) and not loads(one.file)]


def install_advice(libraries: Iterable[SystemLibrary], unknown_files: Iterable[str] = (), *, family: str) -> str:
    """What to type to get libraries, in the words of a family; files of no known package are named."""
    known, unknown = list(libraries), list(unknown_files)
    if family and known:
        packages = " ".join(dict.fromkeys(one.package(family) for one in known))
        return " ".join([f"Install with: {_INSTALL[family]} {packages}", *_files_words(unknown)])
    return " ".join(_files_words([*(one.file for one in known), *unknown]))


def _files_words(files: list[str]) -> list[str]:
    return [f"Install the packages of your system that contain {', '.join(files)}."] if files else []


def explain_import(error: ImportError, *, family: str | None = None) -> SystemLibraryMissing:
    """What to tell a person whose Qt cannot be imported."""
    text = str(error)
    named = MISSING.findall(text)
    missing = missing_libraries()
    known = {one.file: one for one in QT_LIBRARIES}
    missing += [known[file] for file in named if file in known and known[file] not in missing]
    unknown = [file for file in named if file not in known]
    files = list(dict.fromkeys([*named, *(one.file for one in missing)]))
    if not files:
        return SystemLibraryMissing(
            f"The desktop cannot start: {text}.", action="Delete the folder .venv and start run.py again to reinstall."
        )
    advice = install_advice(missing, unknown, family=os_family() if family is None else family)
    return SystemLibraryMissing(
        f"The desktop needs system libraries that are missing: {', '.join(files)}.", action=advice
    )


def check_display() -> None:
    """Raise before Qt would abort: NoDisplay without a screen, SystemLibraryMissing when its X11 plugin cannot load."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    if not os.environ.get("DISPLAY"):
        raise NoDisplay(
            "There is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).",
            action="Start Rushes in a desktop session, or use the commands: rushes analyse VIDEO, rushes --help.",
        )
    # libxcb-cursor is the usual missing one, and all that a whole desktop of 2022 lacks
    if not loads("libxcb-cursor.so.0"):
        missing = missing_libraries()
        raise SystemLibraryMissing(
            f"The desktop needs system libraries that are missing: {', '.join(one.file for one in missing)}.",
            action=install_advice(missing, family=os_family()),
        )


def try_import(statement: str) -> str:
    """Run an import in a child process; empty when it works, else the last line of its error."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        child = subprocess.run(
            [sys.executable, "-c", statement],
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=CHILD_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {CHILD_TIMEOUT_S} s"
    if child.returncode == 0:
        return ""
    lines = child.stderr.strip().splitlines()
    return lines[-1] if lines else f"the process ended with {child.returncode}"
