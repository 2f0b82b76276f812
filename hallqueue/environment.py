"""Every setting that an operator may change, read from environment variables here and nowhere else."""

import contextlib
import hashlib
import os
import secrets
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hallqueue.chain.links import ALGORITHMS

PROJECT = Path(__file__).resolve().parent.parent
LEAST_TOKEN = 16


class BadEnvironment(Exception):
    """An environment variable holds something hallqueue cannot use; the message names it."""


@dataclass(frozen=True)
class Environment:
    """The operator's settings; docs/operation.md explains each in one table."""

    data: Path
    port: int
    demo: bool
    demo_day: bool
    debug: bool
    hosts: list[str]
    origins: list[str]
    database_url: str
    redis_url: str
    https: bool
    threads: int
    url: str
    voice_command: tuple[str, ...]
    digest: str
    anchors: Path
    anchor_minutes: int
    idle_minutes: int
    password_days: int
    json_log: bool
    metrics_token: str = field(repr=False)
    secret: str = field(repr=False)


def read_environment(values: dict[str, str] | None = None) -> Environment:
    """Read and check the variables; raises BadEnvironment with the variable's name."""
    env = dict(os.environ) if values is None else values
    data = Path(env.get("HALLQUEUE_DATA") or PROJECT / "data").resolve()
    hosts, port = _hosts(env), _whole_number(env, "PORT", 8000, 1, 65535)
    return Environment(
        data=data,
        port=port,
        demo=_yes(env, "HALLQUEUE_DEMO"),
        demo_day=_yes(env, "HALLQUEUE_DEMO_DAY"),
        debug=_yes(env, "HALLQUEUE_DEBUG"),
        hosts=hosts,
        origins=_words(env, "HALLQUEUE_ORIGINS"),
        database_url=env.get("HALLQUEUE_DATABASE_URL", ""),
        redis_url=env.get("HALLQUEUE_REDIS_URL", ""),
        https=_yes(env, "HALLQUEUE_HTTPS"),
        threads=_whole_number(env, "HALLQUEUE_THREADS", 4, 1, 64),
        url=_url(env, f"http://{hosts[0].lstrip('.')}:{port}"),
        voice_command=_command(env, "HALLQUEUE_VOICE_COMMAND"),
        digest=_digest(env),
        anchors=Path(env.get("HALLQUEUE_ANCHORS") or data / "anchors.txt").resolve(),
        anchor_minutes=_whole_number(env, "HALLQUEUE_ANCHOR_MINUTES", 15, 1, 1440),
        idle_minutes=_whole_number(env, "HALLQUEUE_IDLE_MINUTES", 0, 0, 720),
        password_days=_whole_number(env, "HALLQUEUE_PASSWORD_DAYS", 0, 0, 3650),
        json_log=_json_log(env),
        metrics_token=_metrics_token(env),
        secret=env.get("HALLQUEUE_SECRET") or _kept_secret(data),
    )


def database_of(url: str, data: Path) -> dict[str, object]:
    """Django's DATABASES entry for `postgres://user:password@host:port/name`, or for SQLite in the data folder."""
    if not url:
        return _sqlite(data / "hallqueue.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadEnvironment(f"HALLQUEUE_DATABASE_URL: unknown scheme {parts.scheme!r}; use postgres://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "tcp_user_timeout": 10_000, "prepare_threshold": 2},
    }


_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
"""What was acknowledged survives a power cut; what was erased is overwritten, not only let go."""


def _sqlite(path: Path) -> dict[str, object]:
    _make_private(path.parent)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": f"{_PRAGMAS} PRAGMA cache_size=-16000;",
        },
        "TEST": {"NAME": str(path.with_name("test-hallqueue.sqlite3"))},
    }


def _make_private(folder: Path) -> None:
    """A new data folder is its owner's alone: passwords' hashes and sealed identities lie in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _kept_secret(data: Path) -> str:
    """The installation's secret, made once and kept in the data folder for the owner's eyes only."""
    path = data / "secret"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        _make_private(data)
    draft = path.with_name(f"secret.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):  # the first of two processes that start together wins
        os.link(draft, path)
    draft.unlink()
    return path.read_text().strip()


def _hosts(env: dict[str, str]) -> list[str]:
    hosts = _words(env, "HALLQUEUE_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
    if any("*" in host for host in hosts):
        raise BadEnvironment("HALLQUEUE_HOSTS: name each host; a star is not accepted")
    return hosts


def _url(env: dict[str, str], default: str) -> str:
    """Where citizens' phones reach the hall, without a slash at its end: what the QR on a slip begins with."""
    url = (env.get("HALLQUEUE_URL") or default).rstrip("/")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname or not url.isascii():
        raise BadEnvironment(f"HALLQUEUE_URL: {url!r} is no address that a phone can open")
    return url


def _json_log(env: dict[str, str]) -> bool:
    """Whether the program's own log is written for a collector, not for an eye."""
    form = env.get("HALLQUEUE_LOG", "").lower() or "lines"
    if form not in ("lines", "json"):
        raise BadEnvironment(f"HALLQUEUE_LOG: {form!r} is neither lines nor json")
    return form == "json"


def _metrics_token(env: dict[str, str]) -> str:
    """What the operator's monitoring must say; empty: no figures for anybody."""
    token = env.get("HALLQUEUE_METRICS_TOKEN", "")
    if token and (len(token) < LEAST_TOKEN or not token.isascii() or not token.isprintable()):
        raise BadEnvironment(f"HALLQUEUE_METRICS_TOKEN: needs {LEAST_TOKEN} plain signs at least")
    return token


def _digest(env: dict[str, str]) -> str:
    """What the log's links are made with."""
    name = env.get("HALLQUEUE_DIGEST", "").lower() or "sha256"
    if name not in ALGORITHMS:
        raise BadEnvironment(f"HALLQUEUE_DIGEST: {name!r} is none of {', '.join(ALGORITHMS)}")
    if name not in hashlib.algorithms_available:
        raise BadEnvironment(f"HALLQUEUE_DIGEST: this machine's OpenSSL knows no {name}")
    return name


def _command(env: dict[str, str], name: str) -> tuple[str, ...]:
    """A program and its arguments, as a shell would split them; no shell ever runs it."""
    try:
        return tuple(shlex.split(env.get(name, "")))
    except ValueError as error:
        raise BadEnvironment(f"{name}: {error}") from error


def _words(env: dict[str, str], name: str) -> list[str]:
    return [word.strip() for word in env.get(name, "").split(",") if word.strip()]


def _yes(env: dict[str, str], name: str) -> bool:
    value = env.get(name, "").lower()
    if value not in ("", "0", "1", "no", "yes", "false", "true"):
        raise BadEnvironment(f"{name}: {value!r} is neither 1 nor 0")
    return value in ("1", "yes", "true")


def _whole_number(env: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise BadEnvironment(f"{name}: {value!r} is not a whole number from {low} to {high}")
    return int(value)
