"""Where the remote engine is: two variables of the environment, else a file of this user that only they can read."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from platformdirs import user_config_path

from core.errors import InvalidRequest
from core.library.durable import write_atomically
from core.storage import storage_error

if TYPE_CHECKING:
    from core.render.engines.engine import RenderEngine

URL_VARIABLE = "RUSHES_RENDER_API_URL"
KEY_VARIABLE = "RUSHES_RENDER_API_KEY"


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """``url`` "" = there is no remote engine. ``from_environment``: the variables say so, and win over the file."""

    url: str = ""
    key: str = field(default="", repr=False)
    from_environment: bool = False


def settings_file() -> Path:
    """The file of this user; nothing is created."""
    return user_config_path("rushes", appauthor=False) / "render_engine.json"


def read_remote(file: Path | None = None) -> RemoteSettings:
    """What holds now. Raises InvalidRequest for a file that is damaged."""
    url = os.environ.get(URL_VARIABLE, "").strip()
    if url:
        return RemoteSettings(url, os.environ.get(KEY_VARIABLE, "").strip(), from_environment=True)
    path = file or settings_file()
    try:
        document = orjson.loads(path.read_bytes())
        return RemoteSettings(str(document["url"]), str(document["key"]))
    except FileNotFoundError:
        return RemoteSettings()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(
            f"The settings of the remote engine in {path} cannot be read.", action="Enter its address and key again."
        ) from error


def write_remote(url: str, key: str, file: Path | None = None) -> RemoteSettings:
    """Remember an engine; an empty ``url`` forgets it. Raises InvalidRequest for an address that cannot be one."""
    from core.render.engines.addresses import checked_url  # noqa: PLC0415  only who sets one needs it

    path = file or settings_file()
    if not url.strip():
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, path) from error
        return RemoteSettings()
    settings = RemoteSettings(checked_url(url).geturl(), key.strip())
    write_atomically(path, orjson.dumps({"url": settings.url, "key": settings.key}), private=True)
    return settings


def configured_engine() -> "RenderEngine | None":
    """The remote engine of this user, None while there is none. Raises InvalidRequest."""
    settings = read_remote()
    if not settings.url:
        return None
    from core.render.engines.remote import HttpEngine  # noqa: PLC0415  most have none

    return HttpEngine(settings.url, settings.key)
