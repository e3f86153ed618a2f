"""Stills and captions out of an episode."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import Canceled, InvalidRequest, MediaMissing, NotFound, StorageFull
from core.library.library import Library
from core.render.from_episode.captions import captions_of_episode
from core.render.from_episode.keeping import forget_unused, kept_stills
from core.render.from_episode.looking import Bars, bars_of, look_at
from core.render.from_episode.stills import stills_of_episode
from core.render.plan import make_plan
from core.render.presets import load_presets
from core.render.types import Captions, RenderRequest
from tests.render.made_episode import BAR_PX, HEIGHT_PX, LENGTH_S, WIDTH_PX, Face, add_analysis, make_video
from tests.transcript.made_talk import publish, segment

ANNA, BEN = "identity-00001", "identity-00002"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", holder="test") as opened:
        yield opened


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blurred from 2 to 4 s and from 8 to 9 s."""
    return make_video(tmp_path_factory.mktemp("film") / "Ünï 你好.mp4", blurred_s=[(2, 4), (8, 9)])


@pytest.fixture
def plain(library: Library, video: Path) -> str:
    """An episode that nobody analysed."""
    return library.episodes.add(video).ep_id


@pytest.fixture
def film(library: Library, plain: str) -> str:
    """Anna at three places, Ben at one; a face that is best where the picture is blurred; a cut at 6 s."""
    add_analysis(
        library,
        plain,
        [
            Face("track-00001", ANNA, [(1.0, 0.8), (1.5, 0.75), (3.0, 0.99)]),
            Face("track-00002", ANNA, [(6.0, 0.9), (7.0, 0.85)]),
            Face("track-00003", BEN, [(10.0, 0.7), (11.0, 0.72)], box=(0.1, 0.3, 0.2, 0.5)),
        ],
        cuts_s=[6.0],
    )
    return plain


def test_that_stills_are_sharp_frames_with_good_faces_in_the_order_of_time(
    library: Library, film: str, tmp_path: Path
) -> None:
    stills = stills_of_episode(library, film, count=3, target_folder=tmp_path / "stills")
    times = [still.t_s for still in stills]
    assert times == sorted(times)
    assert len(times) == 3
    assert not any(2 <= t_s < 4 for t_s in times)  # the best crop lies where the whole picture is blurred
    assert 6.0 not in times  # right at the cut
    assert times[-1] in {10.0, 11.0}  # Ben too, though his faces are smaller and worse
    assert all(still.sharpness > 0.3 for still in stills)
    assert "Person 1: quality" in stills[0].reason


def test_that_files_are_jpegs_without_the_black_bars(library: Library, film: str, tmp_path: Path) -> None:
    (still,) = stills_of_episode(library, film, count=1, target_folder=tmp_path / "stills")
    with Image.open(still.path) as picture:
        assert picture.format == "JPEG"
        assert picture.width == WIDTH_PX
        assert HEIGHT_PX - 2 * BAR_PX - 8 <= picture.height <= HEIGHT_PX - 2 * BAR_PX
        pixels = np.asarray(picture)
    assert pixels[0].max() > 60
    assert pixels[-1].max() > 60


def test_that_the_focus_is_the_face_inside_the_bars(library: Library, film: str, tmp_path: Path) -> None:
    (still,) = stills_of_episode(library, film, identity_ids=[ANNA], count=1, target_folder=tmp_path)
    assert still.focus is not None
    assert still.focus[0] == pytest.approx(0.675, abs=0.01)
    middle_px = (0.45 + 0.15 * 0.3) * HEIGHT_PX
    assert still.focus[1] == pytest.approx((middle_px - BAR_PX) / (HEIGHT_PX - 2 * BAR_PX), abs=0.03)


def test_that_stills_make_a_plan_with_their_focus(library: Library, film: str, tmp_path: Path) -> None:
    stills = stills_of_episode(library, film, count=3, target_folder=tmp_path)
    request = RenderRequest(
        "overlay_classic", images=tuple(still.path for still in stills), focus=tuple(still.focus for still in stills)
    )
    plan = make_plan(request, load_presets().get("overlay_classic"))
    assert [still.focus for still in plan.stills] == [still.focus for still in stills]


def test_that_only_people_asked_for_are_shown(library: Library, film: str, tmp_path: Path) -> None:
    stills = stills_of_episode(library, film, identity_ids=[BEN], count=4, target_folder=tmp_path)
    assert {still.t_s for still in stills} <= {10.0, 11.0}
    assert stills[0].focus is not None
    assert stills[0].focus[0] == pytest.approx(0.15, abs=0.01)


def test_that_cast_members_are_people_too(library: Library, film: str, tmp_path: Path) -> None:
    member = library.cast.add("Ben")
    library.moderation.assign_person(film, BEN, member.cast_id)
    stills = stills_of_episode(library, film, cast_ids=[member.cast_id], count=2, target_folder=tmp_path)
    assert {still.t_s for still in stills} <= {10.0, 11.0}
    with pytest.raises(NotFound, match="nobody-else"):
        stills_of_episode(library, film, cast_ids=["nobody-else"], count=2, target_folder=tmp_path)


def test_that_only_the_part_asked_for_is_used(library: Library, film: str, tmp_path: Path) -> None:
    stills = stills_of_episode(library, film, count=5, start_s=5, end_s=9, target_folder=tmp_path)
    assert {still.t_s for still in stills} <= {6.0, 7.0}
    assert stills
    with pytest.raises(NotFound, match="Nobody of those"):
        stills_of_episode(library, film, identity_ids=[BEN], count=1, start_s=0, end_s=5, target_folder=tmp_path)


def test_that_an_episode_without_analysis_gives_sharp_frames_spread_over_it(
    library: Library, plain: str, tmp_path: Path
) -> None:
    stills = stills_of_episode(library, plain, count=4, target_folder=tmp_path)
    times = [still.t_s for still in stills]
    assert len(times) == 4
    assert not any(2 <= t_s < 4 or 8 <= t_s < 9 for t_s in times)
    assert min(after - before for before, after in pairwise(times)) > LENGTH_S / 12
    assert all(still.focus is None for still in stills)
    assert "sharp picture" in stills[0].reason


@pytest.mark.parametrize(("count", "start_s", "end_s"), [(0, None, None), (61, None, None), (3, 9, 9), (3, 20, None)])
def test_that_impossible_wishes_are_refused(
    library: Library, plain: str, tmp_path: Path, count: int, start_s: float | None, end_s: float | None
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        stills_of_episode(library, plain, count=count, start_s=start_s, end_s=end_s, target_folder=tmp_path)
    assert caught.value.action


def test_that_unknown_episodes_people_and_lost_videos_are_named(library: Library, film: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        stills_of_episode(library, "no-such", count=1, target_folder=tmp_path)
    with pytest.raises(NotFound, match="identity-00099"):
        stills_of_episode(library, film, identity_ids=["identity-00099"], count=1, target_folder=tmp_path)
    library.store.write(lambda connection: connection.execute("UPDATE episodes SET media_path = '/gone/film.mp4'"))
    with pytest.raises(MediaMissing, match="film"):
        stills_of_episode(library, film, count=1, target_folder=tmp_path)


def test_that_canceling_leaves_no_file_behind(library: Library, film: str, tmp_path: Path) -> None:
    left = 9

    def check() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Canceled("Stopped.", action="")

    folder = tmp_path / "stills"
    with pytest.raises(Canceled):
        stills_of_episode(library, film, count=5, target_folder=folder, check=check)
    assert not folder.exists() or not list(folder.iterdir())


def test_that_a_dark_scene_alone_makes_no_bars() -> None:
    night = np.full((90, 160, 3), 5, np.uint8)
    day = np.full((90, 160, 3), 120, np.uint8)
    day[:12] = 0
    assert bars_of([look_at(night), look_at(day)]).top == pytest.approx(13 / 90)
    assert bars_of([look_at(night)]) == Bars()
    assert bars_of([]) == Bars()


def test_that_a_picture_has_bars_of_its_own_when_they_are_flat_and_even() -> None:
    day = np.random.default_rng(2).integers(40, 255, (90, 160, 3), np.uint8)
    upright = day.copy()
    upright[:, :50] = upright[:, -50:] = 0
    bars = look_at(upright).bars
    assert (bars.left, bars.right) == (pytest.approx(51 / 160), pytest.approx(51 / 160))
    assert (bars.top, bars.bottom) == (0, 0)
    lopsided = day.copy()
    lopsided[:, :50] = 0
    assert look_at(lopsided).bars == Bars()
    night = np.random.default_rng(2).integers(0, 25, (90, 160, 3), np.uint8)
    night[40:50, 70:90] = 200
    assert look_at(night).bars == Bars()


def test_that_sharpness_falls_with_blur_and_light_with_darkness() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 300, 3), np.uint8)
    from models.opencv import cv2

    sharp, soft = look_at(noise), look_at(cv2.GaussianBlur(noise, (0, 0), 5))
    assert sharp.sharpness > 2 * soft.sharpness
    assert look_at((noise // 20).astype(np.uint8)).light < 0.5 * sharp.light
    assert look_at(np.zeros((20, 20, 3), np.uint8)).sharpness == 0.0


def test_that_captions_are_lines_with_the_strongest_first(library: Library, plain: str) -> None:
    publish(
        library,
        segment(0.5, "So this is how it all began."),
        segment(4.0, "Um, yeah."),
        segment(5.0, "Are you kidding me right now?"),
        segment(8.5, "[music]"),
        segment(9.0, "I never said that."),
        ep_id=plain,
    )
    captions = captions_of_episode(library, plain)
    assert captions == Captions(
        "Are you kidding me right now?", ("So this is how it all began", "I never said that"), ""
    )


def test_that_captions_come_from_the_part_alone(library: Library, plain: str) -> None:
    publish(library, segment(0.5, "Before the scene."), segment(6.0, "In the scene."), ep_id=plain)
    assert captions_of_episode(library, plain, start_s=5, end_s=10) == Captions("In the scene")
    assert captions_of_episode(library, plain, start_s=9, end_s=11) == Captions()


def test_that_long_speeches_give_short_captions_and_not_too_many(library: Library, plain: str) -> None:
    words = "this sentence goes on and on with one more thing to say and another thing to add until it ends somewhere"
    publish(library, *(segment(at, f"Number {at}, {words}.", word_s=0.02) for at in range(11)), ep_id=plain)
    captions = captions_of_episode(library, plain)
    assert 1 <= len(captions.beats) <= 12
    assert all(len(text) <= 90 for text in (captions.hook, *captions.beats))


def test_that_an_episode_without_transcript_says_what_to_do(library: Library, plain: str) -> None:
    with pytest.raises(NotFound, match="no transcript") as caught:
        captions_of_episode(library, plain)
    assert "Transcribe" in caught.value.action
    with pytest.raises(NotFound):
        captions_of_episode(library, "no-such")


def test_that_kept_stills_lie_among_the_uploads_and_those_that_no_render_shows_can_go(
    library: Library, film: str
) -> None:
    shown, unused = kept_stills(library, film, count=2, actor="desktop")
    assert [library.renders.inside(one.key) for one in (shown, unused)] == [Path(shown.path), Path(unused.path)]
    request = RenderRequest("meme_fast", target_duration_s=1, images=(shown.path,))
    library.renders.request(request, requested_by="desktop")
    forget_unused(library, (shown, unused), actor="desktop")
    assert Path(shown.path).is_file()
    assert not Path(unused.path).exists()


def test_that_no_still_is_kept_when_one_cannot_be(library: Library, film: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = library.renders.add_asset, []

    def full(*given: object, actor: str) -> object:
        asked.append(given)
        if len(asked) > 1:
            raise StorageFull("The disk is full.")
        return real(*given, actor=actor)

    monkeypatch.setattr(library.renders, "add_asset", full)
    with pytest.raises(StorageFull):
        kept_stills(library, film, count=3, actor="desktop")
    assert len(asked) == 2
    assert not [path for path in (library.path / "uploads").rglob("*") if path.is_file()]
