"""How daphne's sockets close: with the codes of the protocol, also those that autobahn keeps for itself."""

from typing import Any

from daphne.ws_protocol import WebSocketProtocol

LARGEST_MESSAGE = 128 * 1024
# RFC 6455, 7.4.1: not text; too big. autobahn's sendClose takes only 1000 and 3000–4999 from an application.
RESERVED = (1003, 1009)


class Wire(WebSocketProtocol):  # type: ignore[misc]
    """A socket of daphne."""

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802  (daphne's name)
        """Close with a code."""
        if code in RESERVED:
            self.sendCloseFrame(code=code, isReply=False)
        else:
            super().serverClose(code=code)


def prepare(factory: Any) -> None:
    """Sockets from now on: far too big messages are answered by a close, not by a dropped line."""
    factory.protocol = Wire
    factory.setProtocolOptions(
        maxMessagePayloadSize=LARGEST_MESSAGE, maxFramePayloadSize=LARGEST_MESSAGE, failByDrop=False
    )
