"""Files that become materials of a cut: sorted by what they are, checked, measured. Runs away from the Qt thread."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from core.errors import RushesError

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
SOUND_SUFFIXES = frozenset({".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg", ".oga", ".opus"})
MOST_PICTURES_OF_A_FOLDER = 60
PEAK_COUNT = 240
THUMB_PX = QSize(480, 480)


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """Why a file is no material."""

    path: str
    message: str
    action: str


@dataclass(frozen=True, slots=True)
class ReadMaterials:
    """What dropped files are: pictures in their order, sounds, and what was refused."""

    pictures: tuple[str, ...]
    sounds: tuple[str, ...]
    refused: tuple[RefusedFile, ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound as its row shows it. ``peaks``: loudness over time, PEAK_COUNT values in [0, 1]."""

    path: str
    duration_s: float
    peaks: tuple[float, ...]


def _tr(text: str) -> str:
    return QCoreApplication.translate("render", text)


def looks_like_picture(path: Path) -> bool:
    """By its name."""
    return path.suffix.casefold() in PICTURE_SUFFIXES


def looks_like_sound(path: Path) -> bool:
    """By its name."""
    return path.suffix.casefold() in SOUND_SUFFIXES


def read_materials(paths: Sequence[Path]) -> ReadMaterials:
    """Check files and the pictures of folders, one by one: one that is refused keeps no other out."""
    pictures: list[str] = []
    sounds: list[str] = []
    refused: list[RefusedFile] = []
    for path in _expanded(paths):
        try:
            kind = _kind_of(path)
        except (RushesError, OSError) as error:
            refused.append(_refusal(path, error))
            continue
        (sounds if kind == "sound" else pictures).append(str(path))
    return ReadMaterials(tuple(pictures), tuple(sounds), tuple(refused))


def check_mask_file(path: Path) -> None:
    """A RushesError says why it is no mask."""
    from core.render.materials import check_mask

    check_mask(path)


def read_sound(path: Path) -> Sound:
    """Its length and the shape of its loudness. A RushesError says why it cannot be used."""
    from core.render.materials import check_sound

    facts = check_sound(path, strict=False)
    return Sound(str(path), facts.duration_s, _peaks(path))


def provide_thumb(key: Hashable) -> QImage | None:
    """The picture of a path, small and turned as its tag says; None where it cannot be read."""
    if not isinstance(key, Path):
        return None
    reader = QImageReader(str(key))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(THUMB_PX, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image


def _kind_of(path: Path) -> str:
    from core.errors import UnsupportedMedia
    from core.render.materials import check_image, check_sound

    if looks_like_picture(path):
        check_image(path, strict=False)
        return "picture"
    if looks_like_sound(path):
        check_sound(path, strict=False)
        return "sound"
    raise UnsupportedMedia(
        _tr("{name} is neither a picture nor a sound that a cut can be made of.").format(name=path.name),
        action=_tr("Use PNG, JPEG or WebP pictures, and MP3, WAV, M4A, FLAC or OGG sounds."),
    )


def _expanded(paths: Sequence[Path]) -> list[Path]:
    files: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.is_file() and looks_like_picture(one))
            files.update(dict.fromkeys(inside[:MOST_PICTURES_OF_A_FOLDER] or [path]))
        else:
            files[path] = None
    return [path.absolute() for path in files]


def _refusal(path: Path, error: Exception) -> RefusedFile:
    if isinstance(error, RushesError):
        return RefusedFile(str(path), error.message, error.action)
    return RefusedFile(str(path), f"{path.name}: {error}", _tr("Check the file and its permissions."))


def _peaks(path: Path) -> tuple[float, ...]:
    """The loudest sample of each piece, the whole scaled so that the loudest is 1."""
    from core.media.audio import waveform

    lows_highs = np.abs(waveform(path)).max(axis=1)
    if not lows_highs.size:
        return ()
    edges = np.linspace(0, lows_highs.size, PEAK_COUNT + 1)
    pieces = [lows_highs[int(a) : max(int(b), int(a) + 1)] for a, b in pairwise(edges)]
    peaks = np.array([float(piece.max()) for piece in pieces])
    loudest = float(peaks.max())
    return tuple((peaks / loudest if loudest > 0 else peaks).tolist())
