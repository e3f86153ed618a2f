"""What ``rushes doctor`` looks at. It changes nothing, fetches nothing and takes no lock that it keeps."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from app import system_libraries
from app.version import rushes_version

VERSIONS = (
    "av",
    "numpy",
    "onnxruntime",
    "onnxruntime-directml",
    "opencv-python",
    "PySide6-Essentials",
    "insightface",
    "faster-whisper",
    "ctranslate2",
)
RUNTIMES = ("onnxruntime", "onnxruntime-directml", "onnxruntime-gpu")
AUDIO_PROBE = (
    "import sys; from PySide6.QtCore import QCoreApplication; from PySide6.QtMultimedia import QMediaDevices; "
    "app = QCoreApplication([]); sys.exit(0 if QMediaDevices.audioOutputs() else 'no sound output')"
)


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ``state``: ok, note (works, but look) or problem."""

    name: str
    state: str
    text: str
    action: str = ""


def examine(library: Path) -> list[Check]:
    """All checks, in the order in which a person reads them."""
    return [*_versions(), *_runtime(), *_devices(), *_models(), *_library(library), *_desktop()]


def _versions() -> Iterator[Check]:
    yield Check("rushes", "ok", f"{rushes_version()} on Python {platform.python_version()}, {platform.platform()}")
    found = [f"{name} {version}" for name in VERSIONS if (version := _version(name))]
    yield Check("packages", "ok", ", ".join(found))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def runtimes_with_modules() -> list[str]:
    """Installed distributions that bring the module ``onnxruntime``; more than one is a broken mixture."""
    found = []
    for name in RUNTIMES:
        try:
            files = metadata.distribution(name).files or []
        except metadata.PackageNotFoundError:
            continue
        if any(file.as_posix() == "onnxruntime/__init__.py" for file in files):
            found.append(name)
    return found


def _runtime() -> Iterator[Check]:
    found = runtimes_with_modules()
    if len(found) == 1:
        yield Check("inference runtime", "ok", found[0])
    elif found:
        yield Check(
            "inference runtime",
            "problem",
            f"{' and '.join(found)} are installed together and overwrite each other's files.",
            "Delete .venv and start run.py again, or uninstall all of them and install one.",
        )
    else:
        yield Check("inference runtime", "problem", "No onnxruntime is installed.", "Start run.py: it installs it.")


def _devices() -> Iterator[Check]:
    try:
        from models.sessions import describe_devices, resolve_device
    except ImportError as error:
        yield Check(
            "devices", "problem", f"The inference runtime cannot be loaded: {error}.", "Delete .venv, run run.py."
        )
        return
    yield Check("device in use", "ok", resolve_device("auto").reason)
    for report in describe_devices():
        yield Check(f"device {report.name}", "ok" if report.available else "note", report.reason)
    yield _speech_device()


def _speech_device() -> Check:
    """Speech has a runtime of its own, which sees other devices than the one for pictures."""
    try:
        import ctranslate2
    except (ImportError, OSError) as error:
        return Check("speech", "problem", f"CTranslate2 cannot be loaded: {error}.", "Delete .venv, run run.py.")
    cards = int(ctranslate2.get_cuda_device_count())
    if not cards:
        kinds = ", ".join(sorted(ctranslate2.get_supported_compute_types("cpu")))
        return Check("speech", "ok", f"on the processor ({kinds}); CTranslate2 finds no CUDA card.")
    kinds = ", ".join(sorted(ctranslate2.get_supported_compute_types("cuda")))
    return Check("speech", "ok", f"CUDA cards: {cards} ({kinds}).")


def _models() -> Iterator[Check]:
    from models.store import ModelStore

    store = ModelStore()
    advice = {
        "ready": "",
        "missing": "Fetched when it is first needed, or now with: rushes models fetch default",
        "corrupt": "Get it again: rushes models fetch default",
    }
    defaults = store.catalogue.defaults()
    for model_id in defaults:
        state = str(store.status(model_id).state)
        level = {"ready": "ok", "corrupt": "problem"}.get(state, "note")
        yield Check(f"model {model_id}", level, state, advice.get(state, ""))
    others = [one for one in store.catalogue.models if one not in defaults]
    ready = [one for one in others if store.ready(one)]
    yield Check("other models", "ok", f"ready: {', '.join(ready) or 'none'} (of {len(others)})")
    yield _writable("model folder", store.root)


def _library(folder: Path) -> Iterator[Check]:
    from core.library.migrations import MIGRATIONS
    from core.library.paths import LibraryPaths
    from core.library.schema import check_header
    from models.errors import RushesError

    paths = LibraryPaths(folder.absolute())
    if not paths.database.is_file():
        yield Check("library", "ok", f"{folder} will be made when the first video is added.")
    else:
        try:
            check_header(paths.database, len(MIGRATIONS))
        except RushesError as error:
            yield Check("library", "problem", error.message, error.action)
        else:
            yield _library_open(paths.root, paths.lock, paths.holder)
    yield _writable("library folder", folder)


def _library_open(root: Path, lock: Path, holder: Path) -> Check:
    from filelock import FileLock, Timeout

    from core.library.lock import read_holder

    if lock.exists():
        try:
            with FileLock(lock, preserve_lock_file=True).acquire(timeout=0):
                pass
        except Timeout:
            return Check("library", "note", f"{root} is open in {read_holder(holder)}.")
        except OSError as error:
            return Check("library", "note", f"Its lock {lock} cannot be read: {error.strerror}.")
    return Check("library", "ok", f"{root} can be opened.")


def _writable(name: str, folder: Path) -> Check:
    existing = next((one for one in (folder, *folder.absolute().parents) if one.exists()), folder)
    if existing.is_dir() and os.access(existing, os.W_OK):
        return Check(name, "ok", f"{folder} can be written.")
    return Check(name, "problem", f"{folder} cannot be written.", f"Check the permissions of {existing}.")


def _desktop() -> Iterator[Check]:
    trouble = system_libraries.try_import(system_libraries.IMPORT_QT)
    if trouble:
        error = system_libraries.explain_import(ImportError(trouble))
        yield Check("desktop", "problem", error.message, error.action)
        return
    missing = system_libraries.missing_libraries()
    if missing:
        files = ", ".join(one.file for one in missing)
        advice = system_libraries.install_advice(missing, family=system_libraries.os_family())
        yield Check("desktop", "problem", f"Qt loads, but a window on X11 also needs {files}.", advice)
    else:
        yield Check("desktop", "ok", "Qt and its system libraries load.")
    yield _sound()


def _sound() -> Check:
    silent = [one for one in system_libraries.missing_libraries(optional=True) if one.optional]
    if silent:
        advice = system_libraries.install_advice(silent, family=system_libraries.os_family())
        return Check("sound", "note", f"{silent[0].file} is missing: video plays silently.", advice)
    trouble = system_libraries.try_import(AUDIO_PROBE)
    if trouble:
        return Check("sound", "note", f"Video plays silently: {trouble}.", "Connect or switch on a sound output.")
    return Check("sound", "ok", "A sound output is there.")
