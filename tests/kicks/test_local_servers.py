"""PostgreSQL and Valkey on a machine that has neither: started once, shared, stopped after all."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest
import redis

from kicks import local_servers

ROOT = Path(__file__).resolve().parents[2]
Serve = Callable[[Path], str]

USE = """
import os, sys
from pathlib import Path
from kicks import local_servers
try:
    print(getattr(local_servers, sys.argv[1])(Path(sys.argv[2])), flush=True)
except local_servers.EmbeddedError as error:
    sys.exit(str(error))
exec(sys.argv[3])
"""
STAY = "sys.stdin.read()"


def start_user(server: str, local: Path, then: str = STAY) -> "subprocess.Popen[str]":
    """Start a process that uses a server; it ends when its stdin does."""
    return subprocess.Popen(
        [sys.executable, "-c", USE, server, str(local), then],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, process.communicate()[1]
    return line


@contextmanager
def using(server: str, local: Path) -> Iterator[str]:
    process = start_user(server, local)
    try:
        yield address(process)
    finally:
        process.communicate()


def execute(url: str, statement: str) -> object:
    """Run one statement and return the first value it answers."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return next(iter(cursor))[0] if cursor.description else None
    finally:
        connection.close()


def postmaster(local: Path) -> int:
    return int((local / "postgres" / "postmaster.pid").read_text().split()[0])


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def socket_folder(url: str) -> Path:
    return Path(unquote(urlsplit(url).path)).parent


def stopped(local: Path) -> bool:
    return not (local / "postgres" / "postmaster.pid").exists()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Path]:
    """A `.local` with a space in its path, which every server has left when the test is over."""
    folder = tmp_path / "a b" / ".local"
    folder.parent.mkdir()
    yield folder
    if (folder / "postgres").exists():
        wait_until(lambda: stopped(folder))


def test_two_that_start_at_once_share_one_server_and_the_last_one_stops_it(local: Path) -> None:
    first, second = start_user("postgres", local), start_user("postgres", local)
    url = address(first)
    assert address(second) == url
    assert execute(url, "SELECT current_database()") == "kicks"
    server = postmaster(local)
    first.communicate()
    assert execute(url, "SHOW server_version_num") >= "180000"  # type: ignore[operator]
    assert postmaster(local) == server
    second.communicate()
    wait_until(lambda: stopped(local))


def test_a_user_that_is_killed_leaves_no_server_behind(local: Path) -> None:
    process = start_user("postgres", local)
    address(process)
    process.kill()
    process.communicate()
    wait_until(lambda: stopped(local))


def test_a_child_that_ends_does_not_stop_its_parents_server(local: Path) -> None:
    fork = "pid = os.fork()\npid or sys.exit()\nos.waitpid(pid, 0); print('ended', flush=True)\n"
    process = start_user("postgres", local, fork + STAY)
    url = address(process)
    assert address(process) == "ended"
    time.sleep(0.3)
    assert execute(url, "SELECT 1") == 1
    process.communicate()


def test_a_killed_server_comes_back_even_if_its_number_is_taken(local: Path) -> None:
    with using("postgres", local) as url:
        execute(url, "CREATE TABLE kept (word text)")
        os.kill(postmaster(local), signal.SIGKILL)
        pid_file = local / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        taken = subprocess.Popen(["sleep", "60"], user=pid_file.stat().st_uid, cwd="/")
        pid_file.write_text("\n".join([str(taken.pid), *lines[1:]]) + "\n")
    try:
        with using("postgres", local) as url:
            assert execute(url, "SELECT count(*) FROM kept") == 0
            assert taken.poll() is None
    finally:
        taken.kill()
        taken.wait()


def test_a_set_up_that_was_killed_half_way_is_begun_again(local: Path) -> None:
    (local / "postgres.new").mkdir(parents=True)
    (local / "postgres.new" / "PG_VERSION").write_text("18\n")
    with using("postgres", local) as url:
        assert execute(url, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    local = tmp_path / ("deep" * 30) / ".local"
    local.parent.mkdir()
    with using("postgres", local) as url:
        assert execute(url, "SELECT 1") == 1
    wait_until(lambda: stopped(local))
    with using("valkey", local) as url:
        folder = socket_folder(url)
        assert folder.parent == Path("/tmp")  # noqa: S108 as short as it gets
    wait_until(lambda: not (folder / "valkey.pid").exists())
    shutil.rmtree(folder)


def test_another_version_of_the_data_is_named_and_left_alone(local: Path) -> None:
    (local / "postgres").mkdir(parents=True)
    (local / "postgres" / "PG_VERSION").write_text("17\n")
    out, err = start_user("postgres", local).communicate()
    assert out == ""
    assert "was made by PostgreSQL 17, not 18" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_a_folder_that_cannot_be_written_is_one_line(local: Path, server: str) -> None:
    local.write_text("not a folder")
    out, err = start_user(server, local).communicate()
    assert out == ""
    assert f"make {local} yours to write in" in err
    assert err.count("\n") == 1


def test_valkey_has_no_port_no_memory_and_stops_even_when_frozen(local: Path) -> None:
    with using("valkey", local) as url:
        assert url == local_servers.valkey_address(local)
        with redis.from_url(url) as client:
            assert client.config_get("port") == {"port": "0"}
            assert client.config_get("save") == {"save": ""}
            pid = client.info("server")["process_id"]
        os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: not (socket_folder(url) / "valkey.pid").exists())


def test_no_other_user_can_reach_the_servers(local: Path) -> None:
    with using("valkey", local) as url:
        assert socket_folder(url).stat().st_mode & 0o077 == 0


def test_a_kept_secret_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    made = iter(["first", "second"])
    assert local_servers.kept("key", lambda: next(made), tmp_path) == "first"
    assert local_servers.kept("key", lambda: next(made), tmp_path) == "first"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_of_two_that_make_a_secret_at_once_one_wins(tmp_path: Path) -> None:
    def overtaken() -> str:
        local_servers.kept("key", lambda: "theirs", tmp_path)
        return "ours"

    assert local_servers.kept("key", overtaken, tmp_path) == "theirs"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["key"]


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_who_leaves_a_server_running_is_warned_of_nothing(
    server: str, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper and its server run on when who started them ends: Python would speak of it."""
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    with start_user(server, local, then="pass") as process:
        assert address(process)
        said = process.communicate()
    assert (process.returncode, said) == (0, ("", ""))
