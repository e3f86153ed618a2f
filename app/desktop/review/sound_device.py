"""The way to the loudspeaker: QtMultimedia, entered only when something plays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QIODevice

from core.errors import DeviceUnavailable

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioSink

SAMPLE_RATE_HZ = 48_000
CHANNELS = 2
FRAME_BYTES = CHANNELS * 2
BUFFER_S = 0.25
"""What lies in the device ahead of the ear: long enough that no pause of Python is heard."""


class SoundDevice(Protocol):
    """An open loudspeaker that takes 16-bit stereo at 48 kHz. Used by one thread."""

    def bytes_free(self) -> int:
        """How much it takes now."""

    def write(self, pcm: bytes) -> int:
        """Hand over samples; returns the bytes taken."""

    def heard_s(self) -> float:
        """Seconds of sound played since it was opened."""

    def set_volume(self, volume: float) -> None:
        """Loudness in [0, 1]."""

    def failure(self) -> str:
        """Why it stopped by itself; empty while it works. Also when another device became the default."""

    def close(self) -> None:
        """Stop at once; what is buffered is not played."""


class OpenSoundDevice(Protocol):
    """Opens the default device; raises DeviceUnavailable with the reason when there is none."""

    def __call__(self) -> SoundDevice:
        """A device that starts with the first write."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("sound_device", text)


@dataclass(slots=True)
class QtSoundDevice:
    """A QAudioSink in push mode. Lives in the thread that opened it, which runs a Qt event loop."""

    sink: "QAudioSink"
    io: QIODevice
    device_id: bytes
    written_bytes: int = 0

    def bytes_free(self) -> int:
        """As in SoundDevice."""
        return self.sink.bytesFree()

    def write(self, pcm: bytes) -> int:
        """As in SoundDevice."""
        taken = max(0, self.io.write(pcm))
        self.written_bytes += taken
        return taken

    def heard_s(self) -> float:
        """As in SoundDevice. Some systems report what was handed over as processed: never more than left the buffer."""
        waiting_bytes = self.sink.bufferSize() - self.sink.bytesFree()
        left_buffer_s = (self.written_bytes - waiting_bytes) / (SAMPLE_RATE_HZ * FRAME_BYTES)
        return max(0.0, min(self.sink.processedUSecs() / 1e6, left_buffer_s))

    def set_volume(self, volume: float) -> None:
        """As in SoundDevice."""
        self.sink.setVolume(volume)

    def failure(self) -> str:
        """As in SoundDevice."""
        from PySide6.QtMultimedia import QAudio, QMediaDevices

        if self.sink.error() in {QAudio.Error.OpenError, QAudio.Error.IOError, QAudio.Error.FatalError}:
            return _tr("the sound device stopped working")
        if bytes(QMediaDevices.defaultAudioOutput().id().data()) != self.device_id:
            return _tr("another sound device was chosen")
        return ""

    def close(self) -> None:
        """As in SoundDevice."""
        self.sink.reset()


def open_default_device() -> SoundDevice:
    """The system's default loudspeaker.

    Raises DeviceUnavailable when the sound library is missing, no device is there or it cannot be opened.
    """
    try:
        from PySide6.QtMultimedia import QAudio, QAudioFormat, QAudioSink, QMediaDevices
    except ImportError as error:
        raise DeviceUnavailable(
            _tr("No sound: the system's sound library is missing ({reason}).").format(reason=error),
            action=_tr("Install it (Debian, Ubuntu: sudo apt install libpulse0), then restart Rushes."),
        ) from error
    output = QMediaDevices.defaultAudioOutput()
    if output.isNull():
        raise DeviceUnavailable(
            _tr("No sound: this computer has no sound device that can be used."),
            action=_tr("Connect or switch on a sound device, then press play again."),
        )
    form = QAudioFormat()
    form.setSampleRate(SAMPLE_RATE_HZ)
    form.setChannelCount(CHANNELS)
    form.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    sink = QAudioSink(output, form)
    sink.setBufferSize(int(BUFFER_S * SAMPLE_RATE_HZ) * FRAME_BYTES)
    io = sink.start()
    if io is None or sink.error() != QAudio.Error.NoError:
        raise DeviceUnavailable(
            _tr("No sound: {device} cannot be opened.").format(device=output.description()),
            action=_tr("Close the program that uses it or choose another device, then press play again."),
        )
    return QtSoundDevice(sink, io, bytes(output.id().data()))
