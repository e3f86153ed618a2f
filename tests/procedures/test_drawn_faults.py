"""Six steps that look much alike: which fault was made, and at which step (all seeds: bench_procedures)."""

from pathlib import Path

import pytest

from core.procedures.compare import Recording, compare
from models.store import ModelStore
from tests.procedures.drawn import FAULTS, draw_attempt, draw_procedure
from tests.procedures.measured import SETTINGS, measured, named_rightly, recording, true_steps

SEEDS = (1, 2)


@pytest.fixture(scope="module")
def golds(default_models: ModelStore, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Recording]:
    folder = tmp_path_factory.mktemp("golds")
    found = {}
    for seed in SEEDS:
        drawn = draw_procedure(folder / f"{seed}.mp4", seed=seed)
        found[seed] = recording(measured(drawn.path, default_models, mirrored=True), true_steps(drawn))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_that_the_fault_of_an_attempt_is_named_at_its_step(
    fault: str, golds: dict[int, Recording], default_models: ModelStore, tmp_path: Path
) -> None:
    seed = SEEDS[FAULTS.index(fault) % len(SEEDS)]
    drawn = draw_attempt(tmp_path / f"{fault}.mp4", seed=seed, fault=fault)
    outcome = compare(golds[seed], recording(measured(drawn.path, default_models)), SETTINGS)
    assert named_rightly(drawn, outcome), (drawn, outcome.findings)
    assert (outcome.score >= 99) == (fault == "clean"), outcome.score
