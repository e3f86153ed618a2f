"""Files that are whole or not there at all."""

import os
from pathlib import Path

import pytest

from core.errors import StorageUnwritable
from core.library.durable import copy_atomically, write_atomically


def test_that_a_copy_takes_the_place_of_an_older_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "new.bin").write_bytes(b"new")
    target = tmp_path / "folder" / "copy.bin"
    target.parent.mkdir()
    target.write_bytes(b"old")
    copy_atomically(tmp_path / "new.bin", target)
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_that_a_copy_that_fails_leaves_the_older_file(tmp_path: Path) -> None:
    target = tmp_path / "copy.bin"
    target.write_bytes(b"old")
    with pytest.raises(StorageUnwritable):
        copy_atomically(tmp_path / "none.bin", target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_that_a_private_file_is_for_its_owner_alone_also_where_others_could_read_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_atomically(path, b"key", private=True)
    assert path.read_bytes() == b"key"
    assert path.stat().st_mode & 0o777 == 0o600
