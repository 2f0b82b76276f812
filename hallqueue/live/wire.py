"""How daphne's sockets send and close: frames made once for all, and close codes autobahn keeps for itself."""

from typing import Any

from daphne.ws_protocol import WebSocketProtocol

LARGEST_MESSAGE = 128 * 1024
# RFC 6455, 7.4.1: not text; too big. autobahn's sendClose takes only 1000 and 3000–4999 from an application.
RESERVED = (1003, 1009)


class Wire(WebSocketProtocol):  # type: ignore[misc]
    """A socket of daphne."""

    def handle_reply(self, message: dict[str, Any]) -> None:
        """Send what is framed already as it is: a crowd of screens then costs one framing and many writes."""
        if "framed" in message and self.state == self.STATE_OPEN:
            self.transport.write(message["framed"])
        else:
            super().handle_reply(message)

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
