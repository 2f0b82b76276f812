"""The frame of Onbon's cards: eight A5, the body with its check sum escaped, one 5A; and its CRC-16/ARC."""

import re

from displays.cards.errors import BadFrameError

HEAD, TAIL = b"\xa5" * 8, b"\x5a"
LONGEST = 65536

_ESCAPED = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_TO_ESCAPE = re.compile(b"[" + re.escape(bytes(_ESCAPED)) + b"]")
_PLAIN = {escape: bytes([plain]) for plain, escape in _ESCAPED.items()}


def crc16(data: bytes) -> int:
    """CRC-16/ARC: polynomial 8005 reflected, begins with 0, no final xor; of "123456789" it is BB3D."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def wrap(body: bytes) -> bytes:
    """A whole frame around `body` (header and data, unescaped)."""
    checked = body + crc16(body).to_bytes(2, "little")
    return HEAD + _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0][0]], checked) + TAIL


def unwrap(frame: bytes) -> bytes:
    """The body of exactly one frame. Raises BadFrameError for anything else."""
    if not frame.startswith(HEAD) or not frame.endswith(TAIL):
        raise BadFrameError("no head or no tail")
    checked = _unescaped(frame[len(HEAD) : -len(TAIL)])
    if len(checked) < 2:
        raise BadFrameError("no room for a check sum")
    body, said = checked[:-2], int.from_bytes(checked[-2:], "little")
    if crc16(body) != said:
        raise BadFrameError(f"check sum {said:04X} should be {crc16(body):04X}")
    return body


class FrameReader:
    """Cuts a stream of bytes into whole frames; noise between frames is dropped, as cards do."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The whole frames now at hand, not yet unwrapped. Raises BadFrameError for a frame without an end."""
        self._held += data
        frames = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> bytes | None:
        begin = self._held.find(HEAD)
        if begin < 0:
            self._held = self._held[-len(HEAD) + 1 :]
            return None
        end = self._held.find(TAIL, begin + len(HEAD))
        if end < 0:
            self._held = self._held[begin:]
            if len(self._held) > LONGEST:
                self._held = b""
                raise BadFrameError(f"a frame longer than {LONGEST} bytes")
            return None
        frame, self._held = self._held[begin : end + 1], self._held[end + 1 :]
        return HEAD + frame.lstrip(HEAD[:1])


def _unescaped(data: bytes) -> bytes:
    found, at = bytearray(), 0
    while at < len(data):
        if data[at] in (0xA6, 0x5B):
            plain = _PLAIN.get(data[at : at + 2])
            if plain is None:
                raise BadFrameError(f"unknown escape {data[at : at + 2].hex()}")
            found += plain
            at += 2
        elif data[at] in _ESCAPED:
            raise BadFrameError(f"{data[at]:02x} stands unescaped")
        else:
            found.append(data[at])
            at += 1
    return bytes(found)


def _row(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_TABLE = [_row(byte) for byte in range(256)]
