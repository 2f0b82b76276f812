"""How daphne's sockets send and close, and its requests come in (`incoming.py`): only the work that hallqueue needs."""

import functools
import time
from collections.abc import Callable
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.tcp import Connection

from hallqueue.live.incoming import Incoming, with_body

LARGEST_MESSAGE = 128 * 1024
# RFC 6455, 7.4.1: not text; too big. autobahn's sendClose takes only 1000 and 3000–4999 from an application.
RESERVED = (1003, 1009)


class Wire(WebSocketProtocol):  # type: ignore[misc]
    """A socket of daphne.

    With thousands of screens nearly all that comes in are acknowledgements and nearly all that goes out are frames:
    both take a short way here, and everything else the usual one.
    """

    take: Callable[[bytes], bool] | None = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  (Twisted's name)
        """One whole small text message goes straight to whom the application named; what it leaves goes on."""
        payload = None if self.take is None else self._small_text(data)
        if payload is None or self.take is None or not self.take(payload):
            self._dataReceived(data)
        else:
            self.last_ping = time.time()

    def _small_text(self, data: bytes) -> bytes | None:
        """The payload, if `data` is exactly one unfragmented masked text message of under 126 bytes (RFC 6455, 5.2)."""
        if len(data) < 6 or data[0] != 0x81 or data[1] != 0x80 | (len(data) - 6) or len(data) > 131:
            return None
        if (
            self.state != self.STATE_OPEN
            or self.data
            or self.current_frame is not None
            or self.inside_message
        ):
            return None
        size = len(data) - 6
        mask = (data[2:6] * (size // 4 + 1))[:size]
        return (int.from_bytes(data[6:]) ^ int.from_bytes(mask)).to_bytes(size)

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Send what is framed already as it is; tell the application by what way it may go on."""
        if "framed" in message:
            self.write(message["framed"])
            return
        super().handle_reply(message)
        if "wired" in message:
            self.take = message["wired"](self)

    def write(self, data: bytes) -> None:
        """Into the kernel's buffer now, if nothing waits before it; the rest when there is room again."""
        if self.state != self.STATE_OPEN:
            return
        line = self.transport
        if isinstance(line, Connection) and line.connected and not (line.dataBuffer or line._tempDataBuffer):
            sent = line.writeSomeData(data)
            data = data[sent:] if isinstance(sent, int) else data
        if data:
            self.transport.write(data)

    def cut(self) -> None:
        """Drop the connection without a word."""
        self.transport.abortConnection()

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802  (daphne's name)
        """Close with a code."""
        if code in RESERVED:
            self.sendCloseFrame(code=code, isReply=False)
        else:
            super().serverClose(code=code)


def prepare(server: Any) -> None:
    """Connections from now on.

    Far too big messages are answered by a close, not by a dropped line. Bodies are read by Django alone: Twisted would
    parse every form and every file a second time, through the library for e-mail, for nobody. Nor does anybody read
    the lines of its access log.
    """
    sockets, pages = server.ws_factory, server.http_factory
    sockets.protocol = Wire
    sockets.setProtocolOptions(
        maxMessagePayloadSize=LARGEST_MESSAGE, maxFramePayloadSize=LARGEST_MESSAGE, failByDrop=False
    )
    pages.buildProtocol = functools.partial(_page_connection, pages.buildProtocol)
    pages.log = _say_nothing
    server.create_application = functools.partial(with_body, server.create_application)


def _page_connection(build: Any, address: Any) -> Any:
    connection = build(address)
    connection.requestFactory = functools.partial(Incoming, parsePOSTFormSubmission=False)
    return connection


def _say_nothing(request: Any) -> None:
    """Not logged."""
