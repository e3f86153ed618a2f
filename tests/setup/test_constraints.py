"""The pins: names and versions only, one for everything that is asked for, and they are what runs here."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+]+(; sys_platform [!=]= 'win32')?")


def pins() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def asked_for() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return [Requirement(line) for line in lines]


def test_that_lines_are_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and not LINE.fullmatch(line)] == []


@pytest.mark.parametrize("requirement", asked_for(), ids=lambda requirement: requirement.name)
def test_that_every_requirement_has_a_pin_that_satisfies_it(requirement: Requirement) -> None:
    found = [pin for pin in pins() if canonicalize_name(pin.name) == canonicalize_name(requirement.name)]
    assert found, f"{requirement.name} has no pin"
    plain = [pin for pin in found if "+" not in str(pin.specifier)]
    assert all(requirement.specifier.contains(str(pin.specifier).removeprefix("==")) for pin in plain)


def test_that_what_is_installed_is_what_is_pinned() -> None:
    wanted = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins()
        if pin.marker is None or pin.marker.evaluate()
    }
    installed = {canonicalize_name(one.name): one.version for one in metadata.distributions()}
    different = {
        name: (version, installed[name])
        for name, version in wanted.items()
        if name in installed and installed[name] != version
    }
    assert different == {}


def test_that_everything_a_requirement_brings_along_is_pinned() -> None:
    wanted = {canonicalize_name(pin.name) for pin in pins()}
    waiting, seen = [one for one in asked_for() if one.marker is None or one.marker.evaluate()], set()
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name in seen:
            continue
        seen.add(name)
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # an environment without Qt
        waiting += [one for one in map(Requirement, needs) if one.marker is None or one.marker.evaluate({"extra": ""})]
    assert sorted(seen - wanted - {"pip", "setuptools"}) == []
