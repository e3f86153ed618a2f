"""``rushes serve``: the HTTP APIs without a window, with the jobs that they start."""

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from app.exit_codes import ExitCode
from app.output import Output

if TYPE_CHECKING:
    from app.server.context import ServerSettings
    from app.server.job_thread import JobThread
    from app.server.running import Addresses, ServerChoices, ServerSet
    from core.jobs.events import Event, EventBus
    from core.library.library import Library
    from core.subtitling.automation import Automation

HELP = "answer the HTTP APIs, without a window"
OWN_PORTS = {"videoannotator": 18011, "pytoon": 8080, "bazarr": 9000}
"""Ports of APIs that have one of their own, by the name of their listener."""
_WHEN = {
    "videoannotator": "; without it, if it is free",
    "pytoon": "; without it, if it is free",
    "bazarr": "; without it, as the library's settings say",
}
LOOK_EVERY_S = 0.5

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser, _shared: argparse.ArgumentParser) -> None:
    """Where to listen, and what to answer."""
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen at (127.0.0.1: this computer alone; any other: every request needs a key)",
    )
    parser.add_argument("--port", type=int, default=8000, help="port of the main server (8000; 0 takes a free one)")
    for name, port in OWN_PORTS.items():
        parser.add_argument(
            f"--{name}-port", type=int, metavar="PORT", help=f"port of {name.capitalize()} ({port}){_WHEN[name]}"
        )
    parser.add_argument(
        "--api", type=_api_names, default=(), metavar="NAMES", help="only these APIs, separated by commas"
    )
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="also answer to this name in Host"
    )
    parser.add_argument(
        "--allow-origin", action="append", default=[], metavar="URL", help="let pages of this site ask (CORS)"
    )
    parser.add_argument(
        "--allow-remote-render",
        action="store_true",
        help="let pictures and texts of renders that clients ask for go to the remote engine (they stay here without)",
    )


def run(arguments: argparse.Namespace, _output: Output) -> int:
    """Serve until SIGTERM or Ctrl+C. Raises PortTaken, InvalidRequest and what opening a library raises."""
    with _interrupted_once():
        from app.server.json_log import log_json_lines

        log_json_lines()
        try:
            return _serve(arguments)
        except KeyboardInterrupt:
            return ExitCode.OK  # asked to stop before it was ready


def _serve(arguments: argparse.Namespace) -> int:
    from app.analysis_run import holding
    from app.places import default_library
    from app.server.context import ServerContext
    from app.server.job_thread import JobThread
    from app.server.running import ServerSet
    from core.library.library import Library
    from core.subtitling.automation import Automation
    from models.store import ModelStore

    models = ModelStore()
    folder = arguments.library or default_library()
    with Library.open(folder, create=True, holder=holding("the server")) as library:
        automation = Automation(library, models)
        context = ServerContext(library, models, _settings(arguments), automation)
        servers = ServerSet(context, _choices(arguments, automation))
        with (
            _notices_logged(library.events),
            JobThread(library, models) as jobs,
            _automating(automation),
            _running(servers) as addresses,
        ):
            _say_ready(addresses, library)
            return _wait(servers, jobs)


def _settings(arguments: argparse.Namespace) -> "ServerSettings":
    from app.server.context import ServerSettings
    from app.server.hosts import host_of, origin_of
    from core.errors import InvalidRequest

    hosts = tuple(host_of(name) for name in arguments.allow_host)
    origins = tuple(origin_of(origin) for origin in arguments.allow_origin)
    if not all(hosts):
        raise InvalidRequest("--allow-host names no host.", action="Write it as studio.example or 192.168.1.5.")
    if not all(origins):
        raise InvalidRequest("--allow-origin names no site.", action="Write it as https://studio.example.")
    return ServerSettings(
        host=arguments.host,
        allowed_hosts=hosts,
        allowed_origins=origins,
        remote_render_allowed=arguments.allow_remote_render,
    )


def _choices(arguments: argparse.Namespace, automation: "Automation") -> "ServerChoices":
    """A port of an API that does not run is no error; its usual port is taken only if it is free."""
    from app.server.apis import BAZARR
    from app.server.running import ServerChoices

    own = {name: port for name in OWN_PORTS if (port := getattr(arguments, f"{name}_port")) is not None}
    ports = {name: own.get(name, port) for name, port in OWN_PORTS.items() if name != BAZARR}
    hosts: dict[str, str] = {}
    if BAZARR in own:
        ports[BAZARR] = own[BAZARR]
    elif (door := _bazarr_door(automation)) is not None:
        hosts[BAZARR], ports[BAZARR] = door
    elif BAZARR in arguments.api:
        ports[BAZARR] = OWN_PORTS[BAZARR]
    return ServerChoices(arguments.api, arguments.port, ports, hosts, frozenset(ports.keys() - own.keys() - {BAZARR}))


def _bazarr_door(automation: "Automation") -> tuple[str, int] | None:
    """Where the library's settings want the provider for Bazarr; None = nowhere."""
    preferences = automation.preferences
    if not preferences.truth("bazarr_enabled"):
        return None
    return preferences.text("bazarr_host"), preferences.number("bazarr_port")


def _api_names(text: str) -> tuple[str, ...]:
    from app.server.apis import specs_named
    from core.errors import InvalidRequest

    try:
        return tuple(spec.name for spec in specs_named(text.split(",")))
    except InvalidRequest as error:
        raise argparse.ArgumentTypeError(str(error)) from error


@contextmanager
def _running(servers: "ServerSet") -> Iterator["Addresses"]:
    try:
        yield servers.start()
    finally:
        servers.stop()


@contextmanager
def _automating(automation: "Automation") -> Iterator[None]:
    """Workers, schedule and watcher; jobs at work go back to the queue in the end."""
    automation.start()
    try:
        yield
    finally:
        automation.stop()


@contextmanager
def _notices_logged(events: "EventBus") -> Iterator[None]:
    """What the desktop would show as a notice."""
    from core.jobs.events import Notice

    def receive(event: "Event") -> None:
        if isinstance(event, Notice):
            level = logging.getLevelNamesMapping().get(event.level.upper(), logging.WARNING)
            log.log(level, "%s %s", event.message, event.action)

    unsubscribe = events.subscribe(receive)
    try:
        yield
    finally:
        unsubscribe()


def _say_ready(addresses: "Addresses", library: "Library") -> None:
    """The one line on standard output."""
    sys.stdout.write(json.dumps({"ready": True, **addresses}) + "\n")
    sys.stdout.flush()
    log.info("serving %s", library.path, extra={"fields": dict(addresses)})


def _wait(servers: "ServerSet", jobs: "JobThread") -> int:
    """Until someone asks to stop, or a part ends on its own."""
    pause = threading.Event()
    try:
        while not (servers.broken or jobs.broken):
            pause.wait(LOOK_EVERY_S)
    except KeyboardInterrupt:
        log.info("stopping")
        return ExitCode.OK
    return ExitCode.FAILED


@contextmanager
def _interrupted_once() -> Iterator[None]:
    """The first SIGTERM or Ctrl+C raises KeyboardInterrupt, later ones do not disturb the end."""
    asked: list[int] = []

    def receive(number: int, _frame: FrameType | None) -> None:
        first = not asked
        asked.append(number)
        if first:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
