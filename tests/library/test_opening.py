"""Opening a library: locks, schemas, backups, and folders that cannot be used."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import LibraryLocked, NewerSchema, NotFound, StorageUnwritable
from core.library import library as library_module
from core.library.errors import LibraryDamaged
from core.library.library import Library
from core.library.migrations import MIGRATIONS

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
OPEN_AS_NOBODY = """
import os, sys
from pathlib import Path
from core.errors import RushesError
from core.library.library import Library
Library.open(Path(sys.argv[2]), holder="root").close()  # imports everything while we may read it
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[3]))
try:
    Library.open(Path(sys.argv[1]), holder="nobody").close()
except RushesError as error:
    print(type(error).__name__, error.message, "|", error.action)
"""


def test_that_a_new_library_has_its_folders_and_the_newest_schema(library: Library, folder: Path) -> None:
    assert {"library.db", "episodes", "jobs", "backups"} <= {entry.name for entry in folder.iterdir()}
    assert list((folder / "backups").iterdir()) == []
    read = library.store.read()
    assert read.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    assert read.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert read.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_that_a_library_that_is_not_there_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as told:
        Library.open(tmp_path / "nowhere", create=False, holder="test")
    assert "nowhere" in told.value.message
    assert not (tmp_path / "nowhere").exists()


def test_that_the_second_opener_reads_who_has_it(library: Library, folder: Path) -> None:
    with pytest.raises(LibraryLocked) as told:
        Library.open(folder, holder="another")
    assert "test (pid 1 on here)" in told.value.message
    assert str(folder) in told.value.message
    assert "Close it there" in told.value.action


def test_that_a_closed_library_can_be_opened_again(library: Library, folder: Path) -> None:
    library.close()
    library.close()
    with Library.open(folder, create=False, holder="next") as again:
        assert again.path == folder


def test_that_another_process_holds_it_until_it_is_killed(folder: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom core.library.library import Library\n"
        "library = Library.open(Path(sys.argv[1]), holder='')\nprint('open', flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(LibraryLocked) as told:
            Library.open(folder, holder="second")
        assert f"pid {other.pid}" in told.value.message
        other.send_signal(signal.SIGKILL)
        other.wait()
    Library.open(folder, create=False, holder="next").close()


def test_that_a_newer_library_is_refused_and_nothing_is_touched(folder: Path) -> None:
    Library.open(folder, holder="test").close()
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        connection.execute("PRAGMA user_version = 9999")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(NewerSchema) as told:
        Library.open(folder, holder="test")
    assert str(folder) in told.value.message
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_that_a_migration_runs_once_after_a_backup(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Library.open(folder, holder="test").close()

    def second(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE episodes ADD COLUMN rating INTEGER")

    monkeypatch.setattr(library_module, "MIGRATIONS", (*MIGRATIONS, second))
    for _ in range(2):
        with Library.open(folder, holder="test") as opened:
            assert opened.store.read().execute("SELECT rating FROM episodes").fetchall() == []
    [backup] = (folder / "backups").iterdir()
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_that_a_migration_that_fails_leaves_the_old_library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Library.open(folder, holder="test").close()

    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE settings")
        raise ValueError("half way")

    with monkeypatch.context() as patch:
        patch.setattr(library_module, "MIGRATIONS", (*MIGRATIONS, broken))
        with pytest.raises(ValueError, match="half way"):
            Library.open(folder, holder="test")
    with Library.open(folder, holder="test") as opened:
        assert opened.store.read().execute("SELECT * FROM settings").fetchall() == []


def test_that_a_file_that_is_no_database_is_named(folder: Path) -> None:
    folder.mkdir()
    (folder / "library.db").write_text("this is not a database " * 20)
    with pytest.raises(LibraryDamaged) as told:
        Library.open(folder, holder="test")
    assert "library.db" in told.value.message
    assert "backups" in told.value.action
    assert {entry.name for entry in folder.iterdir()} == {"library.db"}


def test_that_a_database_with_a_broken_page_is_named(folder: Path) -> None:
    Library.open(folder, holder="test").close()
    database = folder / "library.db"
    content = bytearray(database.read_bytes())
    content[100:4096] = b"\xff" * (4096 - 100)
    database.write_bytes(content)
    with pytest.raises(LibraryDamaged):
        Library.open(folder, holder="test")


def test_that_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(StorageUnwritable) as told:
        Library.open(tmp_path / "taken", holder="test")
    assert "taken" in told.value.message


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that another user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="rushes-other-user-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(getattr(os, "getuid", lambda: -1)() != 0, reason="only root can become another user")
@pytest.mark.parametrize("made_before", [True, False])
def test_that_a_library_without_the_right_to_write_is_refused_in_words(
    open_to_all: Path, tmp_path: Path, made_before: bool
) -> None:
    folder = open_to_all / "library"
    if made_before:
        Library.open(folder, holder="test").close()
    before = sorted(open_to_all.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", OPEN_AS_NOBODY, str(folder), str(tmp_path / "warm"), str(NOBODY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("StorageUnwritable"), done.stdout + done.stderr
    assert str(folder) in done.stdout
    assert "permission" in done.stdout.split("|")[1]
    assert sorted(open_to_all.rglob("*")) == before


def test_that_the_holder_file_is_for_programs_too(library: Library, folder: Path) -> None:
    document = json.loads((folder / "library.holder.json").read_text())
    assert document["pid"] == os.getpid()
    assert {"holder", "host", "program", "since"} <= set(document)
    library.close()
    assert not (folder / "library.holder.json").exists()
