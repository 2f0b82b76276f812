"""Where a printer is: addresses as people type them, read and checked without touching any device."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

EXAMPLES = (
    "tcp://192.168.1.50:9100 · serial:///dev/ttyUSB0?baud=115200 · usb://04b8:0202 · file:///dev/usb/lp0"
)
_FLOWS = ("dsr", "xon", "none")


@dataclass(frozen=True, slots=True)
class Address:
    """One printer: `place` is a host, a device's path, or vendor and product; `answers`: it can be asked."""

    scheme: Literal["tcp", "serial", "usb", "file"]
    place: str
    port: int = 9100
    baud: int = 9600
    flow: str = "dsr"
    ends: tuple[int, int] = (0x82, 0x01)
    answers: bool = True

    @property
    def usb_id(self) -> tuple[int, int]:
        """Vendor and product."""
        vendor, _, product = self.place.partition(":")
        return int(vendor, 16), int(product, 16)


def parse(address: str) -> Address:
    """Raises ValueError for what is no address of a printer."""
    parts = urlsplit(address)
    option = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    answers = option.get("status", "ask") != "none"
    match parts.scheme:
        case "tcp" if parts.hostname:
            return Address("tcp", parts.hostname, port=parts.port or 9100, answers=answers)
        case "serial" if parts.path:
            flow = option.get("flow", "dsr")
            if flow not in _FLOWS:
                raise ValueError(f"flow must be dsr, xon or none, not {flow!r}")
            return Address("serial", parts.path, baud=_baud(option), flow=flow, answers=answers)
        case "usb" if parts.netloc:
            ends = (int(option.get("in", "82"), 16), int(option.get("out", "01"), 16))
            found = Address("usb", parts.netloc, ends=ends, answers=answers)
            return found if all(0 <= each < 0x10000 for each in found.usb_id) else _no_address(address)
        case "file" if parts.path:
            return Address("file", parts.path, answers=False)
    return _no_address(address)


def is_usable(address: str) -> bool:
    """Whether it can be an address at all; twin:// is the printer twin's."""
    if is_of_a_twin(address):
        return True
    try:
        parse(address)
    except ValueError:
        return False
    return True


def is_of_a_twin(address: str) -> bool:
    """Whether there is no printer there, only pictures of paper."""
    return address.startswith("twin:")


def _baud(option: dict[str, str]) -> int:
    baud = int(option.get("baud", "9600"))
    if baud <= 0:
        raise ValueError("baud must be a positive number")
    return baud


def _no_address(address: str) -> Address:
    raise ValueError(f"not the address of a printer: {address!r}")
