"""One process has a library open at a time; the others learn which one."""

import json
import os
import socket
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import LibraryLocked
from core.library.clock import now_text
from core.library.durable import write_atomically
from core.library.paths import LibraryPaths
from core.storage import storage_error


class LibraryLock:
    """A lock of the operating system, so it ends with its process however that dies; beside it stands who holds it."""

    def __init__(self, paths: LibraryPaths, holder: str) -> None:
        """``holder`` is for people: "desktop (pid 123 on host)"."""
        self._paths = paths
        self._holder = holder
        self._lock = FileLock(paths.lock, thread_local=False, preserve_lock_file=True)

    def acquire(self) -> None:
        """Take the lock at once or raise LibraryLocked with the name of its holder."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise self._locked() from None
        except OSError as error:
            raise storage_error(error, self._paths.root) from error
        try:
            write_atomically(self._paths.holder, json.dumps(self._document(), indent=2).encode())
        except BaseException:
            self._lock.release()
            raise

    def release(self) -> None:
        """Give the library to others."""
        try:
            self._paths.holder.unlink(missing_ok=True)
        finally:
            self._lock.release()

    def _document(self) -> dict[str, object]:
        return {
            "holder": self._holder,
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "program": Path(sys.argv[0]).name or "python",
            "since": now_text(),
        }

    def _locked(self) -> LibraryLocked:
        return LibraryLocked(
            f"The library {self._paths.root} is open in {read_holder(self._paths.holder)}.",
            action="Close it there, or choose another library with --library.",
        )


def read_holder(path: Path) -> str:
    """Who holds a library, in words."""
    try:
        document = json.loads(path.read_bytes())
        holder, since = str(document["holder"]), str(document["since"])
        if not holder:
            holder = f"{document['program']} (pid {document['pid']} on {document['host']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another program that is just starting or ending"
    return f"{holder}, since {since[:16].replace('T', ' ')} UTC"
