"""Signed addresses: for one path, until a moment, across restarts."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from core.access.signing import UrlSigner
from core.library.library import Library

PATH = "/files/film/7/track-00001/frame_000042.jpg"


def parts_of(address: str) -> tuple[str, str, str]:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts.path, query["expires"], query["signature"]


def test_that_a_signed_address_is_known_again() -> None:
    signer = UrlSigner(b"secret")
    assert signer.verify(*parts_of(signer.sign(PATH, 60)))


def test_that_it_opens_nothing_after_its_time() -> None:
    signer = UrlSigner(b"secret")
    assert not signer.verify(*parts_of(signer.sign(PATH, -1)))


def test_that_neither_path_nor_time_can_be_changed() -> None:
    signer = UrlSigner(b"secret")
    path, expires, signature = parts_of(signer.sign(PATH, 60))
    assert not signer.verify(f"{path}x", expires, signature)
    assert not signer.verify(path, str(int(expires) + 1), signature)
    assert not UrlSigner(b"another").verify(path, expires, signature)


@pytest.mark.parametrize(
    ("expires", "signature"), [("", ""), ("x", "y"), ("٣", "é"), ("1" * 400, "\ud800"), ("-1", "a"), ("1e9", "a")]
)
def test_that_any_text_can_be_asked_about(expires: str, signature: str) -> None:
    assert not UrlSigner(b"secret").verify(PATH, expires, signature)


def test_that_addresses_survive_a_restart_and_belong_to_one_library(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        address = UrlSigner.of_library(library.store).sign(PATH, 60)
    with Library.open(tmp_path / "one") as library:
        assert UrlSigner.of_library(library.store).verify(*parts_of(address))
    with Library.open(tmp_path / "other") as library:
        assert not UrlSigner.of_library(library.store).verify(*parts_of(address))
