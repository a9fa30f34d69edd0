"""A bench that fails says what its server said last; the last run's logs are kept beside."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psutil
import pytest

from bench.logs import LAST_LINES, last_lines, put_away
from bench.servers import Server, Task, free_port, started, wait_for

ANSWER = b"HTTP/1.1 %d Said\r\nContent-Length: 2\r\n\r\n[]"


class Answering(socketserver.StreamRequestHandler):
    """Answers each request with the server's status."""

    def handle(self) -> None:
        while self.rfile.readline():
            while self.rfile.readline() not in {b"\r\n", b""}:
                pass
            self.wfile.write(ANSWER % self.server.status)  # type: ignore[attr-defined]


@contextmanager
def answering(status: int, log: Path) -> Iterator[Server]:
    log.write_text("ERROR the cause of it\n")
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answering) as server:
        server.status = status  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Server(int(server.server_address[1]), psutil.Process(), log)
        server.shutdown()


def test_an_answer_that_is_not_what_it_should_be_shows_the_end_of_the_log(tmp_path: Path) -> None:
    with answering(500, tmp_path / "app.log") as server:
        task = Task("starts", server, ["GET / HTTP/1.1\r\nHost: a\r\n\r\n"], 20)
        answers = task.run()
        with pytest.raises(SystemExit, match=r"starts: {500: 20}, not 200 alone") as ended:
            task.require(answers)
        with pytest.raises(SystemExit, match="/first: 500"):
            server.fetch("/first")
    assert str(ended.value).endswith("app.log, its last lines:\nERROR the cause of it")


def test_answers_as_they_should_be_end_nothing(tmp_path: Path) -> None:
    with answering(200, tmp_path / "app.log") as server:
        task = Task("starts", server, ["GET / HTTP/1.1\r\nHost: a\r\n\r\n"], 20)
        task.require(task.run())
        assert server.fetch("/first") == "[]"


def test_a_load_that_ends_early_says_why(tmp_path: Path) -> None:
    server = Server(free_port(), psutil.Process(), tmp_path / "app.log")
    with pytest.raises(SystemExit, match="starts: the load ended early"):
        Task("starts", server, ["\ud800 can be sent by nobody"]).run()


def test_what_a_program_says_is_in_its_log(tmp_path: Path) -> None:
    log = tmp_path / "program.log"
    with started("python -c 'print(1); raise ValueError(2)'", {}, log) as program:
        program.wait(timeout=30)
    assert last_lines(log).splitlines()[1] == "1"
    assert last_lines(log).endswith("ValueError: 2")


def test_a_server_that_does_not_listen_shows_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.servers.OPENING", 0)
    with pytest.raises(SystemExit, match=r"does not listen after 0 s\n.*its last lines:\n\(noth"):
        wait_for(free_port(), tmp_path / "none.log")


def test_only_the_end_of_a_long_log_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "long.log"
    log.write_text("\n".join(map(str, range(1000))))
    assert last_lines(log).splitlines()[1:] == list(map(str, range(1000 - LAST_LINES, 1000)))


def test_the_logs_of_one_run_are_kept_until_the_run_after_the_next(tmp_path: Path) -> None:
    for run in ("first", "second"):
        (tmp_path / "app.log").write_text(run)
        (tmp_path / f"{run}.log").write_text(run)
        put_away(tmp_path)
    kept = {path.name: path.read_text() for path in (tmp_path / "before").iterdir()}
    assert kept == {"app.log": "second", "second.log": "second"}
    assert list(tmp_path.glob("*.log")) == []
