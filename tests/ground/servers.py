"""Real servers for the tests: PostgreSQL, Redis, and hallqueue itself, each with its own folder and port."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.ground.beside import Beside
from tests.ground.migrated import lay_down, migrate
from tests.ground.process import (
    ROOT,
    ServerProcess,
    StartFailed,
    answers_tcp,
    children,
    free_port,
    lives,
    wait_until,
)

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def new_folder(name: str) -> Path:
    """A fresh folder that other users may pass through (PostgreSQL refuses to run as root)."""
    folder = Path(tempfile.mkdtemp(prefix=f"hallqueue-{name}-"))
    folder.chmod(0o755)
    return folder


def program(name: str, package: str) -> str:
    """The path of a program; a sentence saying what to install when it is missing."""
    found = shutil.which(name)
    if found is None:
        raise StartFailed(f"{name} is not installed: run `make setup`, or apt install {package}")
    return found


def postgres_program(name: str) -> str:
    """Debian keeps PostgreSQL's programs off the PATH, one folder per version; take the newest."""
    versions = sorted(DEBIAN_POSTGRES.glob("*/bin"), key=lambda bin_: float(bin_.parent.name), reverse=True)
    for folder in versions:
        if (folder / name).exists():
            return str(folder / name)
    return program(name, "postgresql")


class PostgreSQL(ServerProcess):
    """A cluster of our own on 127.0.0.1; `durable=True` keeps fsync for tests that pull the plug."""

    name = "postgresql"
    user = "hallqueue"

    def __init__(self, durable: bool = False) -> None:
        super().__init__(new_folder("postgresql"))
        self.port = free_port()
        self.durable = durable
        self.data = self.folder / "data"
        self._owner = self._unprivileged_user()
        self.prefix = self._become_owner()
        self._migrated: str | None = None

    @staticmethod
    def _unprivileged_user() -> str | None:
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def _become_owner(self) -> list[str]:
        prefix = [program("setpriv", "util-linux"), "--pdeathsig", "QUIT"]
        if self._owner is None:
            return prefix
        group = str(pwd.getpwnam(self._owner).pw_gid)
        return [*prefix, "--reuid", self._owner, "--regid", group, "--clear-groups"]

    def _make_cluster(self) -> None:
        if self._owner is not None:
            shutil.chown(self.folder, self._owner)
        make = [postgres_program("initdb"), "-D", str(self.data), "-U", self.user, "--auth=trust"]
        make += ["--encoding=UTF8", "--locale=C.UTF-8", *([] if self.durable else ["--no-sync"])]
        done = subprocess.run([*self.prefix, *make], capture_output=True, text=True, cwd="/", check=False)
        if done.returncode != 0:
            raise StartFailed(f"initdb failed:\n{done.stdout}{done.stderr}")

    def command(self) -> Sequence[str]:
        if not self.data.exists():
            self._make_cluster()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
        }
        flags = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return [postgres_program("postgres"), "-D", str(self.data), *flags]

    stop_signal = signal.SIGINT  # "fast": rolls open transactions back and goes

    def kill(self) -> None:
        """kill -9, and wait for its workers: they notice a moment later, and no new server starts beside them."""
        workers = children(self.pid) if self.running else []
        super().kill()
        wait_until(lambda: not any(map(lives, workers)), 30, "the workers of the killed server are gone")

    def ready(self) -> bool:
        return answers_tcp(self.port) and self._psql("SELECT 1").returncode == 0

    def _psql(self, statement: str) -> subprocess.CompletedProcess[str]:
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", self.user]
        words = [postgres_program("psql"), *address, "-d", "postgres", "-qAtc", statement]
        return subprocess.run(words, capture_output=True, text=True, cwd="/", check=False)

    def url(self, database: str = "postgres", port: int | None = None) -> str:
        """The value for HALLQUEUE_DATABASE_URL; `port` names a proxy in front of the server."""
        return f"postgres://{self.user}:trusted@127.0.0.1:{port or self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and return its name (give it to `url`)."""
        return self._create("template1")

    def migrated_database(self) -> str:
        """The same with every table of the hall in it, copied from one that was migrated once."""
        if self._migrated is None:
            self._migrated = self.new_database()
            with tempfile.TemporaryDirectory(prefix="hallqueue-migrate-") as data:
                migrate({"HALLQUEUE_DATA": data, "HALLQUEUE_DATABASE_URL": self.url(self._migrated)})
        return self._create(self._migrated)

    def _create(self, template: str) -> str:
        name = f"hall_{uuid.uuid4().hex[:12]}"
        done = self._psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        if done.returncode != 0:
            raise StartFailed(f"CREATE DATABASE failed: {done.stderr}")
        return name


class Redis(ServerProcess):
    """A Redis that keeps nothing on disk: hints need no memory."""

    name = "redis"

    def __init__(self) -> None:
        super().__init__(new_folder("redis"))
        self.port = free_port()

    def command(self) -> Sequence[str]:
        server = program("redis-server", "redis-server")
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        return [server, *where, "--save", "", "--appendonly", "no", "--daemonize", "no"]

    def ready(self) -> bool:
        return answers_tcp(self.port)

    def url(self, port: int | None = None) -> str:
        """The value for HALLQUEUE_REDIS_URL; `port` names a proxy in front of the server."""
        return f"redis://127.0.0.1:{port or self.port}/0"


class Hallqueue(ServerProcess):
    """`manage.py serve` as a real process; `settings` are HALLQUEUE_* variables; no other come from outside.

    Without HALLQUEUE_DATA it gets a folder of its own. Its SQLite database begins migrated, with the demo hall
    in it where the settings want one, unless `begins_empty`.
    `restart()` and `kill(); start()` keep port and data.
    """

    name = "hallqueue"
    start_seconds = 120.0
    begins_empty = False

    def __init__(self, settings: Mapping[str, str] | None = None, port: int | None = None) -> None:
        super().__init__(new_folder("server"))
        self.port = port or free_port()
        self.settings = {"HALLQUEUE_DATA": str(self.folder / "data"), **(settings or {})}
        if "HALLQUEUE_DATABASE_URL" not in self.settings and not self.begins_empty:
            lay_down(Path(self.settings["HALLQUEUE_DATA"]), demo=self.settings.get("HALLQUEUE_DEMO") == "1")
        self._beside: Beside | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def live_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/live"

    def environment(self) -> Mapping[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("HALLQUEUE_")}
        hosts = {"HALLQUEUE_HOSTS": "127.0.0.1,localhost", "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        return {**inherited, **hosts, **self.settings}

    def command(self) -> Sequence[str]:
        return [sys.executable, str(ROOT / "manage.py"), "serve"]

    def behind(self, code: str) -> str:
        """Run code on the same data, in a process that stays for the next; returns what it printed."""
        if self._beside is None:
            self._beside = Beside(self.environment())
        return self._beside.run(code)

    def stop(self) -> None:
        if self._beside is not None:
            self._beside.close()
            self._beside = None
        super().stop()

    def manage(self, *words: str) -> str:
        """Run another management command on the same data; returns what it printed."""
        done = self._manage(words)
        assert done.returncode == 0, f"manage.py {' '.join(words)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def manage_fails(self, *words: str) -> str:
        """Run a command that must fail; returns all it said."""
        done = self._manage(words)
        assert done.returncode != 0, f"manage.py {' '.join(words)} succeeded:\n{done.stdout}"
        return done.stdout + done.stderr

    def _manage(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def memory_kb(self) -> int:
        """Resident memory of the process, in KB."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1])
