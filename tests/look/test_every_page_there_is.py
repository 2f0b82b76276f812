"""Every page there is, found from the table of addresses: in a hall with too much of everything and in an empty one
nothing runs out of its box, lies over another thing, is too small to meet, or leads sideways."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.ground.browser import SIZES, Pages
from tests.ground.servers import Hallqueue
from tests.look.every_page import EveryPage
from tests.look.looking import browser_with, faults_of, on_glass, settled

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

FULL, EMPTY = "wuhai", "empty"
FILL = f"""
import json
from hallqueue.models import Ticket
from tests.look.crowded import crowd, lay_empty, sessions
lay_empty("{EMPTY}")
crowd(part=5)
print(json.dumps({{"sessions": {{hall: sessions(hall) for hall in ("{FULL}", "{EMPTY}")}},
    "token": Ticket.objects.latest("id").token}}))
"""
SURFACE = "document.documentElement.dataset.surface"
# What answers neither with a page nor with a file to a person who has nothing but the address.
NOT_THERE = {
    "metrics": "without the operator's token it does not exist",
    "<slug:hall>/printers/<int:printer>/slips/": "only a simulated printer shows its paper",
}


class Halls:
    """A server with both halls, and the sessions of their people."""

    def __init__(self) -> None:
        self.server = Hallqueue({"HALLQUEUE_DEMO": "1"})
        told = json.loads(self.server.behind(FILL).splitlines()[-1])
        self.sessions: dict[str, dict[str, str]] = told["sessions"]
        self.token: str = told["token"]
        self.url = self.server.start().url

    def doors(self, pages: Pages, hall: str) -> dict[str, Page]:
        """A browser for one person of each role, and for anybody."""
        known = {role: {"sessionid": key} for role, key in self.sessions[hall].items()}
        return {who: browser_with(each, pages, self.url) for who, each in {"anyone": {}, **known}.items()}


@pytest.fixture(scope="module")
def halls() -> Iterator[Halls]:
    """Both halls for the module."""
    made = Halls()
    yield made
    made.server.stop()
    made.server.remove()


def sizes_of(page: Page) -> list[str]:
    """A desk's glass and a telephone, or glass for the public alone; first the one on which the page stands already."""
    if page.evaluate(SURFACE) in ("kiosk", "board", "screen"):
        return ["full-hd"]
    held = page.viewport_size
    return sorted(("laptop", "phone"), key=lambda size: held is None or SIZES[size][0] != held["width"])


def faults(page: Page) -> list[str]:
    """What is wrong with an open page."""
    settled(page)
    found = []
    for size in sizes_of(page):
        on_glass(page, size)
        found += [f"at {size}: {fault}" for fault in faults_of(page)]
    return found


@pytest.mark.parametrize("hall", [FULL, EMPTY])
def test_every_page_lies_well_on_its_glass(halls: Halls, pages: Pages, hall: str) -> None:
    every = EveryPage(halls.url, hall, halls.doors(pages, hall), token=halls.token)
    wrong = [f"{address.url} {fault}" for address, page in every.pages() for fault in faults(page)]
    assert not wrong, "\n".join(wrong)
    failed = {route: status for route, status in every.answers.items() if status >= 400 and status != 405}
    broken = {route for route, status in failed.items() if status >= 500}
    unseen = failed.keys() if hall == FULL else broken
    assert unseen == (NOT_THERE.keys() if hall == FULL else set()), (
        "lead to an address of these, or say why not"
    )
