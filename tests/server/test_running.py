"""Starting and stopping: ports, hosts, threads, streams."""

import socket
import sys
import threading
from pathlib import Path

import pytest

from app.server.context import ServerContext, ServerSettings
from app.server.running import PortTaken, ServerChoices, ServerSet
from core.errors import InvalidRequest
from core.library.library import Library
from models.store import ModelStore
from tests.server.asking import Running, running


def made(library: Library, choices: ServerChoices, host: str = "127.0.0.1") -> ServerSet:
    return ServerSet(ServerContext(library, ModelStore(), ServerSettings(host=host)), choices)


def test_that_a_taken_port_is_told_and_nothing_runs(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library, socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        servers = made(library, ServerChoices(port=port))
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 is taken"):
            servers.start()
        assert not [one for one in threading.enumerate() if one.name.startswith("server-")]


def test_that_a_port_that_nobody_asked_for_is_left_out_when_it_is_taken(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library, socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        own = {"videoannotator": port}
        servers = made(library, ServerChoices(port=0, own_ports=own, if_free=frozenset(own)))
        assert set(servers.start()) == {"main"}
        servers.stop()
        assert f"Port {port} on 127.0.0.1 is taken" in servers.left_out["videoannotator"]
        with pytest.raises(PortTaken):
            made(library, ServerChoices(port=0, own_ports=own)).start()


def test_that_an_api_answers_at_its_own_port_beside_its_prefix(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        servers = made(library, ServerChoices(port=0, own_ports={"videoannotator": 0}))
        assert set(servers.start()) == {"main", "videoannotator"}
        servers.stop()
        only = made(library, ServerChoices(apis=("sopilot",), port=0, own_ports={"videoannotator": 0}))
        assert set(only.start()) == {"main"}
        only.stop()


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.7", 0), ("no such host", 0), ("127.0.0.1", 70000), ("127.0.0.1", -1)]
)
def test_that_an_address_that_is_none_of_this_computer_is_refused(tmp_path: Path, host: str, port: int) -> None:
    with Library.open(tmp_path) as library, pytest.raises(InvalidRequest):
        made(library, ServerChoices(port=port), host).start()


def test_that_an_unknown_api_is_refused_with_the_names_that_there_are(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library, pytest.raises(InvalidRequest) as refused:
        made(library, ServerChoices(apis=("telepathy",)))
    assert "screenalytics" in refused.value.action


def test_that_a_server_can_be_started_again_on_the_same_port(tmp_path: Path) -> None:
    interval = sys.getswitchinterval()
    with Library.open(tmp_path) as library:
        servers = made(library, ServerChoices(port=0))
        port = int(servers.start()["main"].rsplit(":", 1)[1])
        assert sys.getswitchinterval() < interval
        servers.stop()
        assert sys.getswitchinterval() == pytest.approx(interval)
        again = made(library, ServerChoices(apis=("Screenalytics",), port=port))
        assert again.start() == {"main": f"http://127.0.0.1:{port}"}
        again.stop()
        again.stop()


def test_that_two_libraries_are_served_beside_each_other(tmp_path: Path) -> None:
    interval = sys.getswitchinterval()
    with running(tmp_path / "one") as one, running(tmp_path / "two") as two:
        one.ask("POST", "/episodes", {"ep_id": "film"})
        assert one.get("/episodes").json["data"]["total"] == 1
        assert two.get("/episodes").json["data"]["total"] == 0
        one.servers.stop()
        assert sys.getswitchinterval() < interval
    assert sys.getswitchinterval() == pytest.approx(interval)


@pytest.mark.skipif(not socket.has_ipv6, reason="this computer has no IPv6")
def test_that_ipv6_is_served(tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this computer has no IPv6 loopback")
    with Library.open(tmp_path) as library:
        servers = made(library, ServerChoices(port=0), "::1")
        address = servers.start()["main"]
        servers.stop()
    assert address.startswith("http://[::1]:")


def test_that_a_defect_in_front_of_the_apis_is_a_500_without_a_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("secret detail")

    with running(tmp_path) as server:
        assert isinstance(server, Running)
        monkeypatch.setattr(server.context.keys, "find", broken)
        answer = server.get("/episodes", X_API_Key="anything")
        assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert b"secret" not in answer.body
    assert "ZeroDivisionError" in caplog.text
