import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_server

import pytest

from flows.commands import run
from flows.engine import configured_server, is_reachable


@pytest.fixture(autouse=True)
def prefect_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PREFECT_API_URL", "PREFECT_PROFILES_PATH", "PREFECT_PROFILE", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    return tmp_path


class _Answers(BaseHTTPRequestHandler):
    """Prefect's health check: true at /api/health, nothing anywhere else."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()
        self.wfile.write(b"true")

    def log_message(self, *_: object) -> None:
        """Not on the screen."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Answers) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def profiles(folder: Path, text: str) -> None:
    (folder / "profiles.toml").write_text(text)


def test_nothing_is_configured_where_nothing_says_so() -> None:
    assert configured_server() is None


def test_the_active_profile_names_the_server(prefect_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles(
        prefect_home, 'active = "lab"\n[profiles.lab]\nPREFECT_API_URL = "http://lab/api"\n[profiles.desk]\nPREFECT_API_URL = "http://desk/api"\n'
    )
    assert configured_server() == "http://lab/api"
    monkeypatch.setenv("PREFECT_PROFILE", "desk")
    assert configured_server() == "http://desk/api"
    monkeypatch.setenv("PREFECT_PROFILE", "none")
    assert configured_server() is None


def test_the_variable_comes_before_the_profile(prefect_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles(prefect_home, 'active = "lab"\n[profiles.lab]\nPREFECT_API_URL = "http://lab/api"\n')
    monkeypatch.setenv("PREFECT_API_URL", "http://told/api")
    assert configured_server() == "http://told/api"


def test_the_profiles_may_lie_elsewhere(prefect_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (prefect_home / "else").mkdir()
    profiles(prefect_home / "else", 'active = "a"\n[profiles.a]\nPREFECT_API_URL = "http://a/api"\n')
    monkeypatch.setenv("PREFECT_PROFILES_PATH", str(prefect_home / "else" / "profiles.toml"))
    assert configured_server() == "http://a/api"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "active = ",
        'active = "lab"\n',
        'active = "lab"\n[profiles.lab]\n',
        '[profiles.lab]\nPREFECT_API_URL = "http://lab/api"\n',
        'profiles = "lab"\n',
    ],
    ids=["empty", "no TOML", "no such profile", "no address", "none active", "no table"],
)
def test_a_profile_file_that_names_no_server_is_none(prefect_home: Path, text: str) -> None:
    profiles(prefect_home, text)
    assert configured_server() is None


@pytest.mark.parametrize("end", ["/api", "/api/"])
def test_a_server_that_answers_is_reachable(server: str, end: str) -> None:
    assert is_reachable(server + end)


def test_a_server_that_is_none_of_prefects_is_not_reachable(server: str) -> None:
    assert not is_reachable(server + "/other")


def test_a_closed_port_is_not_reachable() -> None:
    with create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert not is_reachable(f"http://127.0.0.1:{port}/api")


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.engine._TIMEOUT_SECONDS", 0.2)
    with create_server(("127.0.0.1", 0)) as silent:
        assert not is_reachable(f"http://127.0.0.1:{silent.getsockname()[1]}/api")


@pytest.mark.parametrize("address", ["", "lab", "ftp://lab/api", "http://", "http://[::1/api", "http://a b/api"])
def test_an_address_that_is_none_is_not_reachable(address: str) -> None:
    assert not is_reachable(address)


def test_auto_takes_a_server_that_answers_and_says_so_where_it_does_not(
    server: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert not run._is_for_prefect("auto")
    assert run._is_for_prefect("prefect")
    monkeypatch.setenv("PREFECT_API_URL", f"{server}/api")
    assert run._is_for_prefect("auto")
    assert not run._is_for_prefect("local")
    assert capfd.readouterr().err == ""
    monkeypatch.setenv("PREFECT_API_URL", f"{server}/other")
    assert not run._is_for_prefect("auto")
    assert capfd.readouterr().err == f"the Prefect server at {server}/other does not answer; running without it\n"
