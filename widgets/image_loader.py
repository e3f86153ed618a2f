"""Pictures for virtual grids: decoded in worker threads, kept in a bounded cache, dropped when scrolled away."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

log = logging.getLogger(__name__)

Fit = Literal["cover", "contain"]
Provided = Path | bytes | QImage | None
Provide = Callable[[Hashable], Provided]
CacheKey = tuple[Hashable, int, int, str]

THREADS = 2
CACHE_BYTES = 192 * 1024 * 1024
_FAILURES_KEPT = 5_000


class _Desk:
    """What the Qt thread and the workers of one loader share: the wanted pictures, newest first."""

    def __init__(self) -> None:
        self.ready = threading.Condition()
        self.wanted: OrderedDict[CacheKey, None] = OrderedDict()
        self.closed = False
        self.held = False

    def close(self) -> None:
        with self.ready:
            self.closed = True
            self.wanted.clear()
            self.ready.notify_all()

    def hold(self, held: bool) -> None:
        with self.ready:
            self.held = held
            if not held:
                self.ready.notify_all()

    def take(self) -> CacheKey | None:
        """The picture wanted last, None at the end. Waits without using the processor."""
        with self.ready:
            while (self.held or not self.wanted) and not self.closed:
                self.ready.wait()
            return None if self.closed else self.wanted.popitem(last=True)[0]


class ImageLoader(QObject):
    """Asks ``provide(key)`` in worker threads and hands out pictures scaled to the pixel.

    Use it in the Qt thread; ``provide`` runs in a worker. Without ``provide`` the keys are paths. Threads start with
    the first wish and end with ``stop()`` or with the object.
    """

    loaded = Signal(object)
    """The key of a picture that is now there (or that failed for good)."""
    _arrived = Signal(object, object)

    def __init__(
        self, provide: Provide | None = None, parent: QObject | None = None, *, threads: int = THREADS
    ) -> None:
        super().__init__(parent)
        self._provide = provide or path_of_key
        self._thread_count = threads
        self._cache: OrderedDict[CacheKey, QImage] = OrderedDict()
        self._cache_bytes = 0
        self._sizes_of: dict[Hashable, list[CacheKey]] = {}
        self._failed: OrderedDict[CacheKey, None] = OrderedDict()
        self._desk = _Desk()
        self._threads: list[threading.Thread] = []
        self._arrived.connect(self._keep, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(partial(_close_desk, self._desk))

    def set_provide(self, provide: Provide | None) -> None:
        """Change where pictures come from and forget those that are there."""
        self.stop()
        self._provide = provide or path_of_key
        self.clear()

    def image(self, key: Hashable, size_px: QSize, fit: Fit = "cover") -> QImage | None:
        """The picture in device pixels, or None: then it was put first in the queue, or it failed."""
        cache_key = (key, size_px.width(), size_px.height(), fit)
        found = self._cache.get(cache_key)
        if found is not None:
            self._cache.move_to_end(cache_key)
            return found
        if cache_key not in self._failed and not size_px.isEmpty():
            self._want(cache_key)
        return None

    def peek(self, key: Hashable) -> QImage | None:
        """Any size of a picture that is there, for a blurred first look after a change of zoom."""
        sizes = self._sizes_of.get(key)
        return self._cache[sizes[-1]] if sizes else None

    def failed(self, key: Hashable, size_px: QSize, fit: Fit = "cover") -> bool:
        """Whether a picture cannot be had: nothing was provided, or it could not be decoded."""
        return (key, size_px.width(), size_px.height(), fit) in self._failed

    def keep_only(self, keys: Collection[Hashable]) -> int:
        """Cancel the wishes for all others: they scrolled away. Returns how many were cancelled."""
        with self._desk.ready:
            gone = [cache_key for cache_key in self._desk.wanted if cache_key[0] not in keys]
            for cache_key in gone:
                del self._desk.wanted[cache_key]
        return len(gone)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Begin no new picture meanwhile: a paint that shares the interpreter with decoders takes four times longer."""
        desk = self._desk
        desk.hold(True)
        try:
            yield
        finally:
            desk.hold(False)

    @property
    def waiting(self) -> int:
        """How many pictures are wanted and not yet begun."""
        with self._desk.ready:
            return len(self._desk.wanted)

    def clear(self) -> None:
        """Forget all pictures, failures and wishes."""
        self._cache.clear()
        self._sizes_of.clear()
        self._failed.clear()
        self._cache_bytes = 0
        with self._desk.ready:
            self._desk.wanted.clear()

    def forget(self, key: Hashable) -> None:
        """Forget one picture: it changed."""
        for cache_key in list(self._sizes_of.get(key, ())):
            self._drop(cache_key)
        for cache_key in [cache_key for cache_key in self._failed if cache_key[0] == key]:
            del self._failed[cache_key]

    def stop(self) -> None:
        """End the threads and wait for them. A later wish starts new ones."""
        self._desk.close()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _want(self, cache_key: CacheKey) -> None:
        self._start()
        with self._desk.ready:
            if cache_key in self._desk.wanted:
                self._desk.wanted.move_to_end(cache_key)
            else:
                self._desk.wanted[cache_key] = None
                self._desk.ready.notify()

    def _start(self) -> None:
        if self._threads:
            return
        if self._desk.closed:
            self._desk = _Desk()
            self.destroyed.connect(partial(_close_desk, self._desk))
        self._threads = [
            threading.Thread(
                target=_work, args=(self._desk, self._provide, self), name=f"rushes-images-{number + 1}", daemon=True
            )
            for number in range(self._thread_count)
        ]
        for thread in self._threads:
            thread.start()

    def _keep(self, cache_key: CacheKey, image: QImage | None) -> None:
        if image is None:
            self._failed[cache_key] = None
            if len(self._failed) > _FAILURES_KEPT:
                self._failed.popitem(last=False)
        else:
            if cache_key in self._cache:
                self._drop(cache_key)
            self._cache_bytes += image.sizeInBytes()
            self._cache[cache_key] = image
            self._sizes_of.setdefault(cache_key[0], []).append(cache_key)
            while self._cache_bytes > CACHE_BYTES and len(self._cache) > 1:
                self._drop(next(iter(self._cache)))
        self.loaded.emit(cache_key[0])

    def _drop(self, cache_key: CacheKey) -> None:
        self._cache_bytes -= self._cache.pop(cache_key).sizeInBytes()
        sizes = self._sizes_of[cache_key[0]]
        sizes.remove(cache_key)
        if not sizes:
            del self._sizes_of[cache_key[0]]


_FORMATS = (
    (b"\xff\xd8\xff", b"jpeg"),
    (b"\x89PNG\r\n\x1a\n", b"png"),
    (b"GIF8", b"gif"),
    (b"BM", b"bmp"),
    (b"II*\x00", b"tiff"),
    (b"MM\x00*", b"tiff"),
)


def path_of_key(key: Hashable) -> Provided:
    """The provider used when none is given: the key is the path, or None."""
    return key if isinstance(key, Path) else None


def scaled_image(source: Provided, size_px: QSize, fit: Fit) -> QImage | None:
    """A picture in RGB32 of just the pixels to be painted, or None if there is nothing that can be decoded.

    ``cover`` fills the size and cuts what is over, ``contain`` fits into it.
    """
    if source is None:
        return None
    image = source if isinstance(source, QImage) else _decoded(source, size_px, fit)
    if image.isNull():
        return None
    wanted = image.size().scaled(size_px, _aspect_mode(fit))
    if image.size() != wanted:
        image = image.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    if fit == "cover" and image.size() != size_px:
        left, top = (image.width() - size_px.width()) // 2, (image.height() - size_px.height()) // 2
        image = image.copy(left, top, size_px.width(), size_px.height())
    if image.format() == QImage.Format.Format_RGB32:
        return image
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _decoded(source: Path | bytes, size_px: QSize, fit: Fit) -> QImage:
    """Decode at once near the wanted size: JPEG decoders shrink while they decode.

    The format is told to Qt. Its own guess asks every plugin, and the one for SVG connects a signal while this thread
    holds Python's lock: with the window disconnecting one at that moment, both wait for each other for ever.
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    format_name = picture_format(content)
    if not format_name:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, format_name)
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    full = reader.size()
    wanted = full.scaled(size_px, _aspect_mode(fit))
    if full.isValid() and wanted.width() * 2 < full.width():
        reader.setScaledSize(wanted)
    return reader.read()


def picture_format(content: bytes) -> bytes:
    """Qt's name of a picture's format by its first bytes, empty for one that is not shown here."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return b"webp"
    return next((name for start, name in _FORMATS if content.startswith(start)), b"")


def _aspect_mode(fit: Fit) -> Qt.AspectRatioMode:
    return Qt.AspectRatioMode.KeepAspectRatioByExpanding if fit == "cover" else Qt.AspectRatioMode.KeepAspectRatio


def _work(desk: _Desk, provide: Provide, loader: ImageLoader) -> None:
    while (cache_key := desk.take()) is not None:
        key, width_px, height_px, fit = cache_key
        image: QImage | None = None
        try:
            image = scaled_image(provide(key), QSize(width_px, height_px), "cover" if fit == "cover" else "contain")
        except Exception:
            log.warning("the picture %r could not be loaded", key, exc_info=True)
        with desk.ready:
            if not desk.closed:
                loader._arrived.emit(cache_key, image)  # noqa: SLF001 - the worker is a part of the loader


def _close_desk(desk: _Desk, *_gone: object) -> None:
    desk.close()
