"""A TCP proxy that can misbehave on command: the bad cable between hallqueue and what it depends on."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from enum import StrEnum
from typing import Self

from tests.ground.process import free_port

CHUNK = 65536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Fault(StrEnum):
    PASS = "pass"
    REFUSE = "refuse"  # nobody listens: connection refused, living connections reset
    RESET = "reset"  # accepted and at once reset
    SWALLOW = "swallow"  # half-open: connects, takes bytes, answers nothing, for ever on that connection
    DELAY = "delay"  # every chunk later by `delay` seconds, both ways


def _close_with_reset(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RD)  # wakes a thread that is blocked in recv
    sock.close()


class _Link:
    """One client with its connection to the server behind; once swallowed it stays silent."""

    def __init__(self, proxy: FaultProxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy = proxy
        self.client = client
        self.server = server
        self.silent = False

    def run(self) -> None:
        for source, target in ((self.client, self.server), (self.server, self.client)):
            threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._pass_on(data, target)
        if not self.silent:
            self._say_end(target)

    def _pass_on(self, data: bytes, target: socket.socket) -> None:
        if self.proxy.fault is Fault.SWALLOW:
            self.silent = True
        if self.silent:
            return
        if self.proxy.fault is Fault.DELAY:
            time.sleep(self.proxy.delay)
        target.sendall(data)

    @staticmethod
    def _say_end(target: socket.socket) -> None:
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        self.silent = True  # a carrying thread that wakes now must not say a polite goodbye
        _close_with_reset(self.client)
        _close_with_reset(self.server)


class FaultProxy:
    """Listens on `port`, passes to `target_port`; `become(Fault.…)` changes its manners at run time."""

    def __init__(self, target_port: int, target_host: str = "127.0.0.1") -> None:
        self.target = (target_host, target_port)
        self.port = free_port()
        self.fault = Fault.PASS
        self.delay = 0.0
        self.accepted = 0
        self._links: list[_Link] = []
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._listen()

    def become(self, fault: Fault, delay: float = 0.0) -> None:
        """Switch manners; REFUSE and RESET also cut what is connected."""
        self.fault, self.delay = fault, delay
        if fault is Fault.REFUSE:
            self._stop_listening()
        elif self._listener is None:
            self._listen()
        if fault in (Fault.REFUSE, Fault.RESET):
            self.cut()

    def cut(self) -> int:
        """Reset every living connection; returns how many there were."""
        with self._lock:
            links, self._links = self._links, []
        for link in links:
            link.cut()
        return len(links)

    def close(self) -> None:
        self._stop_listening()
        self.cut()

    def _listen(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
            listener.close()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.accepted += 1
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        if self.fault in (Fault.RESET, Fault.REFUSE):
            _close_with_reset(client)
            return
        try:
            server = socket.create_connection(self.target, timeout=5)
        except OSError:
            _close_with_reset(client)
            return
        server.settimeout(None)
        self._start_link(_Link(self, client, server))

    def _start_link(self, link: _Link) -> None:
        with self._lock:
            self._links.append(link)
        link.run()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
