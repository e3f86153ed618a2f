"""A cleanup of a real episode whose people are known must not make it worse."""

from pathlib import Path

import pytest

from core.jobs.executors import UnitPool
from core.library.library import Library
from core.review.read import load_review
from core.review.types import IdentityRow
from models.store import ModelStore
from tests.analysis.running import again
from tests.analysis.truth import MontageTruth, adjusted_rand_index, partition
from tests.cleanup.cleaning import clean, people, state_of

NAME = "montage_5people_13shots"
EP = "montage"


@pytest.mark.slow
def test_that_a_real_episode_is_cleaned_and_taken_back(
    library: Library, default_models: ModelStore, pool: UnitPool, shared_testdata: Path
) -> None:
    truth = MontageTruth.load(shared_testdata / "videos" / f"{NAME}.json")
    library.episodes.add(shared_testdata / "videos" / f"{NAME}.mp4", ep_id=EP)
    # as bad a start as the parameters allow: tracks over cuts, everybody alone
    again(library, default_models, pool, EP, scene_detector="off", cluster_thresh=0.99, crops_per_track=2)
    named = next(one for one in people(library, EP).values() if holds_one_person(one, truth))
    library.moderation.rename(EP, named.identity_id, "Somebody")
    before = state_of(library, EP)
    likeness = adjusted_rand_index(*partition(load_review(library, EP), truth))
    result = clean(library, default_models, pool, EP)
    review = load_review(library, EP)
    assert adjusted_rand_index(*partition(review, truth)) > max(likeness, 0.9)
    assert result["phases"]["reembed"]["faces_found"] > 0
    assert result["phases"]["split_tracks"]["tracks_split"] > 0
    assert people(library, EP)[named.identity_id].name == "Somebody"
    library.moderation.undo(EP)
    assert state_of(library, EP) == before


def holds_one_person(one: IdentityRow, truth: MontageTruth) -> bool:
    return all(truth.person_at(start_s) == truth.person_at(end_s - 0.05) for start_s, end_s in one.intervals_s)
