"""Time of scanning a media library, against a bare walk that opens every file.

``python -m tests.benchmarks.bench_scan [--files 2000]`` from the repository's root. Prints figures, asserts nothing.
Aims for 2,000 files: 30 s the first time, 2 s when nothing changed.

Some films with different tracks are made and copied until there are enough in folders of ten, every other one with
subtitles beside it.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

import av

from core.errors import NotFound
from core.library.library import Library
from core.scanning.rules import Rules
from core.scanning.scanner import Scanner
from core.scanning.types import Conditions, RuleAction
from core.subtitling.types import Preference
from tests.made_speech import Track, silence, write_speech_video

FILES_IN_A_FOLDER = 10


class NoPreferences:
    """Everything by default."""

    def get(self, key: str) -> Preference:
        raise NotFound(f"no {key}")


def make_films(folder: Path, count: int) -> None:
    """``count`` real films with one to three tracks in different containers."""
    languages = (("jpn",), ("eng", "spa"), ("", "por", "rus"), ("eng",))
    made = []
    for number, tags in enumerate(languages):
        path = folder.parent / f"made-{number}{('.mkv', '.mp4', '.mkv', '.ts')[number]}"
        write_speech_video(path, [Track(silence(2), language=tag) for tag in tags], seconds=2)
        made.append(path)
    for number in range(count):
        source = made[number % len(made)]
        place = folder / f"series {number // FILES_IN_A_FOLDER:03d}"
        place.mkdir(parents=True, exist_ok=True)
        film = place / f"Épisode {number:04d}{source.suffix}"
        shutil.copyfile(source, film)
        if number % 2:
            film.with_suffix(".en.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n\n", "utf-8")


def bare_s(folder: Path) -> float:
    """Seconds of os.walk with av.open of each film, one after the other."""
    begin_s = time.perf_counter()
    for place, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(".srt"):
                with av.open(str(Path(place) / name)) as container:
                    _ = [(stream.type, stream.metadata.get("language")) for stream in container.streams]
    return time.perf_counter() - begin_s


def scan_s(scanner: Scanner, folder: Path) -> tuple[float, str]:
    """Seconds of a scan, and what it says."""
    begin_s = time.perf_counter()
    result = scanner.scan([folder])
    took_s = time.perf_counter() - begin_s
    return took_s, f"{result.scanned} files, {result.matched} matched, {result.jobs_created} jobs"


def main() -> None:
    """Print seconds, and the ratio to the bare loop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=2_000)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory(prefix="rushes-scan-") as name:
        folder = Path(name) / "media"
        make_films(folder, count)
        with Library.open(Path(name) / "library") as library:
            rules = Rules(library)
            rules.create(
                "no English", Conditions(missing_external_subtitle_lang="eng"), RuleAction("transcribe", "eng")
            )

            def submit(path: Path, action: RuleAction, _: object) -> None:
                library.jobs.submit("transcription", params={"file_path": str(path), "task": action.action_type})

            scanner = Scanner(library, rules, NoPreferences(), submit)
            bare = bare_s(folder)
            print(f"bare os.walk + av.open: {bare:.2f} s for {count} files")
            first, words = scan_s(scanner, folder)
            print(f"first scan:             {first:.2f} s, {first / bare:.2f} x ({words})")
            again, words = scan_s(scanner, folder)
            print(f"nothing changed:        {again:.2f} s, {again / bare:.2f} x ({words})")
            for number, film in enumerate(sorted(folder.rglob("*.mkv"))):
                if number % 5 == 0:
                    os.utime(film)
            changed, words = scan_s(scanner, folder)
            print(f"one tenth changed:      {changed:.2f} s, {changed / bare:.2f} x ({words})")
            begin_s = time.perf_counter()
            preview = scanner.preview()
            took_s = time.perf_counter() - begin_s
            print(f"preview:                {took_s:.2f} s, {len(preview.matches)} of {preview.files}")


if __name__ == "__main__":
    main()
