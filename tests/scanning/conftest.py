"""A real library, preferences in memory, a small media library of real films, and jobs as rows."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import pytest

from core.errors import NotFound
from core.library.library import Library
from core.scanning.rules import Rules
from core.scanning.scanner import Scanner
from core.scanning.types import FileFacts, MatchedAction
from core.subtitling.types import Preference
from tests.made_speech import Track, silence, write_speech_video

SECONDS = 0.4


@dataclass
class Chosen:
    """Preferences in memory, as ``core.subtitling.preferences.Preferences`` gives them."""

    values: dict[str, object] = field(default_factory=dict)

    def get(self, key: str) -> Preference:
        if key not in self.values:
            raise NotFound(f"There is no setting {key}.")
        value = self.values[key]
        text = value if isinstance(value, str) else json.dumps(value)
        return Preference(1, key, text, "", "scanner", "string", "2026-01-01T00:00:00.000+00:00", None)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", holder="test (pid 1 on here)") as opened:
        yield opened


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """The folder of the media library."""
    folder = tmp_path / "mediä 影"
    folder.mkdir()
    return folder


@pytest.fixture
def chosen(media: Path) -> Chosen:
    return Chosen({"library_paths": [str(media)]})


@pytest.fixture
def rules(library: Library) -> Rules:
    return Rules(library)


@pytest.fixture
def submitted() -> list[tuple[str, MatchedAction]]:
    """What the scanner asked to be done: file name and action."""
    return []


@pytest.fixture
def scanner(library: Library, rules: Rules, chosen: Chosen, submitted: list[tuple[str, MatchedAction]]) -> Scanner:
    """Makes real rows of jobs."""

    def submit(path: Path, action: MatchedAction, facts: FileFacts) -> None:
        library.jobs.submit("transcription", params={"file_path": str(path), "task": action.action_type})
        submitted.append((path.name, action))

    return Scanner(library, rules, chosen, submit)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Sequence[str]], Path]:
    """A film with an audio track in each language; encoded once for all tests."""
    folder = tmp_path_factory.mktemp("made")

    def make(suffix: str, languages: Sequence[str]) -> Path:
        path = folder / f"film-{'-'.join(languages) or 'none'}{suffix}"
        if not path.exists():
            write_speech_video(path, [Track(silence(SECONDS), language=code) for code in languages], seconds=SECONDS)
        return path

    return make


@pytest.fixture
def film(made: Callable[[str, Sequence[str]], Path], media: Path) -> Callable[..., Path]:
    """``film("series/one.mkv", "jpn", "eng")``: a real film in the media library."""

    def put(name: str, *languages: str) -> Path:
        path = media / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made(path.suffix.lower(), languages or ("jpn",)), path)
        return path

    return put


def write_film_with_subtitles(path: Path, tracks: Sequence[tuple[str, bool]]) -> Path:
    """A Matroska file with a sound track and subtitle tracks: language ("" = no tag) and whether forced."""
    source = path.with_suffix(".srt-source.srt")
    source.write_text("1\n00:00:00,000 --> 00:00:00,300\nHello\n\n", "utf-8")
    film = write_speech_video(
        path.with_suffix(".plain.mkv"), [Track(silence(SECONDS), language="jpn")], seconds=SECONDS
    )
    with av.open(str(film)) as plain, av.open(str(path), "w") as output:
        streams = {stream.index: output.add_stream_from_template(stream) for stream in plain.streams}
        inputs = [av.open(str(source)) for _ in tracks]
        outputs = []
        for (language, forced), one in zip(tracks, inputs, strict=True):
            stream = output.add_stream_from_template(one.streams.subtitles[0])
            if language:
                stream.metadata["language"] = language
            if forced:
                stream.disposition = av.stream.Disposition.forced
            outputs.append(stream)
        for packet in plain.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                output.mux(packet)
        for stream, one in zip(outputs, inputs, strict=True):
            for packet in one.demux():
                if packet.dts is not None:
                    packet.stream = stream
                    output.mux(packet)
            one.close()
    source.unlink()
    film.unlink()
    return path
