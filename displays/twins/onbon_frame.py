"""What a twin of an Onbon card reads and writes as frames; its own reading of the manual, apart from our encoder's."""

import re
from collections.abc import Iterator

LONGEST = 200_000
_PAIRS = {b"\xa6\x02": 0xA5, b"\xa6\x01": 0xA6, b"\x5b\x02": 0x5A, b"\x5b\x01": 0x5B}
_ESCAPE = re.compile(rb"[\xa6\x5b].?", re.DOTALL)


class Frames:
    """Cuts a stream at A5 … 5A and takes the escapes out; `None` stands for a frame that is damaged."""

    def __init__(self) -> None:
        self._inside: bytearray | None = None
        self._heads = 0

    def take(self, data: bytes) -> Iterator[bytes | None]:
        """Header and data of every frame that ends in `data`, its check sum seen to be right."""
        for byte in data:
            if byte == 0xA5:
                self._heads = self._heads + 1 if self._inside in (None, b"") else 1
                self._inside = bytearray() if self._heads >= 8 else None
            elif self._inside is None:
                self._heads = 0
            elif byte == 0x5A:
                yield body_of(bytes(self._inside))
                self._inside, self._heads = None, 0
            elif len(self._inside) < LONGEST:
                self._inside.append(byte)


def body_of(escaped: bytes) -> bytes | None:
    """What stands between head and tail, without escapes and check sum; None if it is damaged."""
    try:
        plain = _ESCAPE.sub(lambda found: bytes([_PAIRS[found[0]]]), escaped)
    except KeyError:
        return None
    body, said = plain[:-2], plain[-2:]
    return body if len(plain) > 2 and sum_of(body) == said else None


def framed(body: bytes) -> bytes:
    """A frame as a card sends it."""
    escapes = {plain: pair for pair, plain in _PAIRS.items()}
    checked = body + sum_of(body)
    return bytes([0xA5] * 8) + b"".join(escapes.get(byte, bytes([byte])) for byte in checked) + b"\x5a"


def sum_of(data: bytes) -> bytes:
    """CRC-16/ARC, low byte first."""
    register = 0
    for byte in data:
        register = (register >> 8) ^ _EIGHT_STEPS[(register ^ byte) & 0xFF]
    return register.to_bytes(2, "little")


def _eight_steps(register: int) -> int:
    for _ in range(8):
        register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    return register


_EIGHT_STEPS = [_eight_steps(low) for low in range(256)]
