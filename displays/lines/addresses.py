"""The address of a line: `tcp://10.0.0.8:5005`, `udp://…`, `serial:///dev/ttyUSB0?baud=57600`, `rfc2217://host:port`."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
OPTIONS = {"tcp": {"wait", "answers"}, "udp": {"wait", "answers"}}
SERIAL_OPTIONS = {"wait", "answers", "baud"}
SOCKET_WAIT, SERIAL_WAIT = 2.0, 0.2
LONGEST_WAIT = 10.0
HIGHEST_PORT = 65535


class BadAddressError(ValueError):
    """Not an address; `code` says why: scheme, host, port, path, option, baud, wait."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Address:
    """Where a wire leads. `wait`: seconds until an answer is late; `answers` False: a line that is never heard."""

    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    baud: int = 57600
    wait: float = SOCKET_WAIT
    answers: bool = True

    @property
    def is_serial(self) -> bool:
        """Whether one wire carries all cards, each spoken to in its turn."""
        return self.scheme in ("serial", "rfc2217", "loop")

    @property
    def end(self) -> tuple[str, int, str]:
        """What hangs at its end, however it is spoken to: (host, port, path)."""
        return self.host, self.port, self.path


@lru_cache(maxsize=1024)
def parse(text: str, port: int = 0) -> Address:
    """Read an address; `port` stands in where it names none. Raises BadAddressError."""
    parts = urlsplit(text.strip())
    option = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if parts.scheme not in ("tcp", "udp", "serial", "rfc2217", "loop"):
        raise BadAddressError("scheme")
    if option.keys() - OPTIONS.get(parts.scheme, SERIAL_OPTIONS):
        raise BadAddressError("option")
    wait, answers, baud = _wait(option, parts.scheme), _answers(option), _baud(option)
    if parts.scheme == "serial":
        if not parts.path.startswith("/dev/"):
            raise BadAddressError("path")
        return Address("serial", "", 0, parts.path, baud, wait, answers)
    host, port = ("", 0) if parts.scheme == "loop" else _place(parts.netloc, port)
    return Address(parts.scheme, host, port, "", baud, wait, answers)


def _place(netloc: str, port: int) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{netloc}")
        host, port = parts.hostname or "", parts.port or port
    except ValueError:
        raise BadAddressError("port") from None
    if not host or "@" in netloc:
        raise BadAddressError("host")
    if not 1 <= port <= HIGHEST_PORT:
        raise BadAddressError("port")
    return host, port


def _baud(option: dict[str, str]) -> int:
    baud = option.get("baud", "57600")
    if baud not in map(str, BAUDS):
        raise BadAddressError("baud")
    return int(baud)


def _wait(option: dict[str, str], scheme: str) -> float:
    usual = SOCKET_WAIT if scheme in ("tcp", "udp") else SERIAL_WAIT
    try:
        wait = float(option.get("wait", usual))
    except ValueError:
        raise BadAddressError("wait") from None
    if not 0.05 <= wait <= LONGEST_WAIT:
        raise BadAddressError("wait")
    return wait


def _answers(option: dict[str, str]) -> bool:
    if option.get("answers", "yes") not in ("yes", "none"):
        raise BadAddressError("option")
    return option.get("answers") != "none"
