"""The lines of this process: one event loop in a thread, one task for each wire; orders go in from any thread."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from displays.lines.addresses import Address
from displays.lines.line import PATIENT, Line, Patience, Report
from displays.lines.talks import Nature, Order


@dataclass(frozen=True)
class Wanted:
    """One card: where it is, what it is, what it should show."""

    address: Address
    nature: Nature
    order: Order

    def shares_a_bar_with(self, other: "Wanted") -> bool:
        """Whether both are the same place: one end of a line, and one station or none (whoever hangs there hears)."""
        stations = {self.nature.station, other.nature.station}
        return self.address.end == other.address.end and (len(stations) == 1 or 0 in stations)


class Lines:
    """All lines. `tell` is called on the loop's thread and must be quick."""

    def __init__(self, tell: Callable[[Report], None], patience: Patience = PATIENT) -> None:
        self._tell, self._patience = tell, patience
        self._loop = asyncio.new_event_loop()
        self._lines: dict[Address, Line] = {}
        self._tasks: dict[Address, asyncio.Task[None]] = {}
        self._places: dict[int, Address] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="card-lines", daemon=True)

    def want(self, wanted: Mapping[int, Wanted], gone: frozenset[int] = frozenset()) -> None:
        """From one thread at a time: the newest orders of these cards; those `gone` are not spoken to any more."""
        if not self._thread.is_alive():
            self._thread.start()
        self._loop.call_soon_threadsafe(self._want, wanted, gone)

    def stop(self) -> None:
        """Hang up everywhere and end the thread."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _want(self, wanted: Mapping[int, Wanted], gone: frozenset[int]) -> None:
        for card in gone:
            self._leave(card)
        for card, each in wanted.items():
            if self._places.get(card) not in (None, each.address):
                self._leave(card)
            self._places[card] = each.address
            self._line(each.address).want(card, each.nature, each.order)

    def _leave(self, card: int) -> None:
        address = self._places.pop(card, None)
        if address in self._lines and self._lines[address].forget(card):
            del self._lines[address]
            self._tasks.pop(address).cancel()

    def _line(self, address: Address) -> Line:
        line = self._lines.get(address)
        if line is None:
            line = self._lines[address] = Line(address, self._tell, self._patience)
            self._tasks[address] = self._loop.create_task(line.run())
        return line

    async def _end(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
