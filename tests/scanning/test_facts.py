"""What is read of a file and of its folder."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import InvalidRequest, NotFound, UnsupportedMedia
from core.library.library import Library
from core.scanning.facts import FactsCache, read_facts
from core.scanning.subtitle_names import language_of, loose_subtitle, subtitles_of
from tests.made_speech import silence, write_wav
from tests.scanning.conftest import write_film_with_subtitles


def test_that_tracks_are_told_with_their_languages(film: Callable[..., Path]) -> None:
    facts = read_facts(film("Ünï 影 film.mkv", "jpn", "ger", ""))

    assert [track.language for track in facts.audio] == ["jpn", "deu", ""]
    assert [track.index for track in facts.audio] == [0, 1, 2]
    assert [track.stream_index for track in facts.audio] == [1, 2, 3]
    assert {track.codec for track in facts.audio} == {"aac"}
    assert {track.channels for track in facts.audio} == {1}
    assert facts.is_video
    assert facts.duration_s == pytest.approx(0.4, abs=0.2)


def test_that_no_language_is_told_where_the_tag_says_und(film: Callable[..., Path]) -> None:
    assert read_facts(film("a.mp4", "und")).audio[0].language == ""


def test_that_subtitles_inside_are_told_with_their_mark(tmp_path: Path) -> None:
    facts = read_facts(write_film_with_subtitles(tmp_path / "a.mkv", [("spa", False), ("eng", True), ("", False)]))

    assert [(track.language, track.forced) for track in facts.embedded] == [("spa", False), ("eng", True), ("", False)]
    assert facts.embedded[0].codec in {"subrip", "srt"}


def test_that_a_sound_file_is_no_video(tmp_path: Path) -> None:
    facts = read_facts(write_wav(tmp_path / "a.wav", silence(1)))

    assert not facts.is_video
    assert facts.duration_s == pytest.approx(1.0)


def test_that_subtitles_beside_are_known_by_name(film: Callable[..., Path]) -> None:
    path = film("movie.mkv")
    for name in ("movie.srt", "movie.en.srt", "movie.pt-BR.ass", "movie.eng.forced.vtt", "other.fr.srt", "movie.txt"):
        path.with_name(name).write_text("x", "utf-8")

    found = {(Path(file.path).name, file.language, file.forced) for file in read_facts(path).external}

    assert found == {
        ("movie.srt", "", False),
        ("movie.en.srt", "eng", False),
        ("movie.pt-BR.ass", "por", False),
        ("movie.eng.forced.vtt", "eng", True),
    }


@pytest.mark.parametrize(
    ("tail", "language", "forced"),
    [
        ("", "", False),
        (".en", "eng", False),
        (".ger", "deu", False),
        (".pt_BR", "por", False),
        (".zh-Hans", "zho", False),
        (".English", "eng", False),
        (".English (SDH)", "eng", False),
        (".Brazilian Portuguese", "por", False),
        (".en.hi", "eng", False),
        (".hi", "hin", False),
        (".hi.forced", "hin", True),
        (".en.sdh", "eng", False),
        (".Director's Comments.fr", "fra", False),
        (".1080p", "", False),
        (".web", "", False),
        (".forced", "", True),
    ],
)
def test_that_the_common_schemes_of_names_are_read(tail: str, language: str, forced: bool) -> None:
    (found,) = subtitles_of(["Film.mkv"], [f"film{tail}.srt"])["Film.mkv"]

    assert (found.language, found.forced) == (language, forced)


def test_that_a_subtitle_belongs_to_the_film_with_the_longest_name() -> None:
    found = subtitles_of(["Film.mkv", "Film.2.mkv"], ["Film.2.en.srt", "Film.de.srt", "Films.srt"])

    assert [one.name for one in found["Film.mkv"]] == ["Film.de.srt"]
    assert [one.name for one in found["Film.2.mkv"]] == ["Film.2.en.srt"]


def test_that_a_folder_of_subtitles_is_looked_into(film: Callable[..., Path]) -> None:
    path = film("one/Film.mkv")
    subs = path.parent / "Subs"
    (subs / "Film").mkdir(parents=True)
    (subs / "2_English.srt").write_text("x", "utf-8")
    (subs / "Film" / "3_French.srt").write_text("x", "utf-8")

    assert {file.language for file in read_facts(path).external} == {"eng", "fra"}
    assert loose_subtitle("German.forced.srt").language == "deu"


def test_that_words_of_file_names_are_no_rare_languages() -> None:
    assert [language_of(word) for word in ("web", "dub", "pal", "the", "Film")] == [""] * 5
    assert language_of("fil") == "fil"


def test_that_what_is_no_media_file_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "text.mkv").write_text("no film", "utf-8")
    (tmp_path / "empty.mkv").touch()

    with pytest.raises(UnsupportedMedia, match="text"):
        read_facts(tmp_path / "text.mkv")
    with pytest.raises(UnsupportedMedia, match="empty"):
        read_facts(tmp_path / "empty.mkv")
    with pytest.raises(InvalidRequest, match="is a folder"):
        read_facts(tmp_path)
    with pytest.raises(NotFound, match="does not exist"):
        read_facts(tmp_path / "gone.mkv")
    with pytest.raises(UnsupportedMedia):
        read_facts("a\0b.mkv")
    with pytest.raises(UnsupportedMedia, match="cannot be read"):
        read_facts("/" + "x" * 5000 + ".mkv")
    with pytest.raises(NotFound):
        read_facts(tmp_path / "text.mkv" / "below.mkv")


def test_that_a_name_that_is_no_text_is_refused_in_words_that_can_be_printed(film: Callable[..., Path]) -> None:
    path = film("a.mkv")
    odd = os.fsdecode(os.fsencode(path.parent) + b"/caf\xe9.mkv")
    try:
        path.rename(odd)
    except OSError:
        pytest.skip("this file system takes Unicode names only")

    with pytest.raises(InvalidRequest, match="no text") as refused:
        read_facts(odd)
    assert refused.value.message.encode()


def test_that_a_file_is_opened_again_only_when_it_changed(
    library: Library, film: Callable[..., Path], made: Callable[..., Path]
) -> None:
    path = film("a.mkv", "jpn")
    cache = FactsCache(library)
    first = cache.facts(path)
    before = path.stat()
    path.write_bytes(b"\0" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert cache.facts(path) == first

    path.write_bytes(made(".mkv", ("eng",)).read_bytes())
    assert [track.language for track in cache.facts(path).audio] == ["eng"]


def test_that_subtitles_beside_are_looked_up_though_the_file_is_known(
    library: Library, film: Callable[..., Path]
) -> None:
    path = film("a.mkv")
    cache = FactsCache(library)
    assert cache.facts(path).external == ()

    path.with_name("a.es.srt").write_text("x", "utf-8")

    assert [file.language for file in cache.facts(path).external] == ["spa"]


def test_that_a_folder_is_forgotten_with_all_in_it_and_nothing_else(
    library: Library, film: Callable[..., Path]
) -> None:
    cache = FactsCache(library)
    kept = [film("series 2/a.mkv"), film("series.mkv")]
    for path in (*kept, film("series/a.mkv"), film("series/deep/b.mkv")):
        cache.facts(path)

    cache.forget([str(kept[1].parent / "series")])

    assert set(cache.all()) == {str(path) for path in kept}
