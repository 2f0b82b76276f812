"""How daphne's sockets send and close, and how its requests come in: only the work that hallqueue needs."""

import functools
from typing import Any

from daphne.http_protocol import WebRequest
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


def _page_connection(build: Any, address: Any) -> Any:
    connection = build(address)
    connection.requestFactory = functools.partial(WebRequest, parsePOSTFormSubmission=False)
    return connection


def _say_nothing(request: Any) -> None:
    """Not logged."""
