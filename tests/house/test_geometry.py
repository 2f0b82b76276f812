"""Every page there is, found from the table of addresses: in a hall with too much of everything and in an empty one
nothing runs out of its box, lies over another thing, is too small to meet, or leads sideways."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.ground.browser import SIZES, Pages
from tests.ground.servers import Hallqueue
from tests.look.walk import GEOMETRY, Walk

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
LIVE = "#freshness[data-freshness=live]"
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
        found = {"anyone": pages.open("about:blank")}
        for role, session in self.sessions[hall].items():
            context = pages.context()
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])
            found[role] = pages.open("about:blank", context=context)
        return found


@pytest.fixture(scope="module")
def halls() -> Iterator[Halls]:
    """Both halls for the module."""
    made = Halls()
    yield made
    made.server.stop()
    made.server.remove()


def faults(page: Page) -> list[str]:
    """What is wrong with an open page: on a desk's glass and on a telephone, or on glass for the public alone."""
    if page.locator("#freshness").count():
        page.locator(LIVE).wait_for()
    public = page.evaluate(SURFACE) in ("kiosk", "board", "screen")
    found = []
    for size in ("full-hd",) if public else ("laptop", "phone"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        found += [f"at {size}: {fault}" for fault in page.evaluate(GEOMETRY)]
    page.set_viewport_size({"width": SIZES["laptop"][0], "height": SIZES["laptop"][1]})
    return found


@pytest.mark.parametrize("hall", [FULL, EMPTY])
def test_every_page_lies_well_on_its_glass(halls: Halls, pages: Pages, hall: str) -> None:
    walk = Walk(halls.url, hall, halls.doors(pages, hall), token=halls.token)
    wrong = [f"{address.url} {fault}" for address, page in walk.pages() for fault in faults(page)]
    assert wrong == []
    failed = {route: status for route, status in walk.answers.items() if status >= 400 and status != 405}
    broken = {route for route, status in failed.items() if status >= 500}
    unseen = failed.keys() if hall == FULL else broken
    assert unseen == (NOT_THERE.keys() if hall == FULL else set()), (
        "lead to an address of these, or say why not"
    )


BOX = "<div style='inline-size: 60px; border: 1px solid; white-space: nowrap'>居民身份证申领、换领</div>"
OVER = "<p style='margin: 0'>甲甲甲</p><p style='margin: -20px 0 0'>乙乙乙</p>"
CUT = "<p style='inline-size: 60px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis'>居民身份证申领</p>"
WIDE = "<div style='inline-size: 3000px; block-size: 9px; background: red'></div>"
WRONG = {
    "runs out of its box": BOX,
    "lie over each other": OVER,
    "cut without the whole in a title": CUT,
    "cut: ": CUT.replace("text-overflow: ellipsis", ""),
    "too small to meet": "<button style='padding: 0; border: 0; block-size: 18px'>叫号</button>",
    "wider than the glass": WIDE,
    "2 headings": "<h1>又一个</h1>",
    "nothing to choose from": "<select style='block-size: 40px; inline-size: 90px'></select>",
    "an empty table": "<div><table><thead><tr></tr></thead><tbody></tbody></table></div>",
}


def test_each_fault_is_found_and_a_good_page_has_none(pages: Pages) -> None:
    page = pages.open("about:blank")
    whole = "<!doctype html><html lang=zh><title>页</title><body><h1>一页</h1>{}</body></html>"
    page.set_content(whole.format("<p>字</p><button style='block-size: 40px'>叫号</button>"))
    assert page.evaluate(GEOMETRY) == []
    for words, part in WRONG.items():
        page.set_content(whole.format(part))
        found = page.evaluate(GEOMETRY)
        assert [words in fault for fault in found] == [True], (words, found)
    page.set_content(whole.replace("<title>页</title>", "").format(""))
    assert page.evaluate(GEOMETRY) == ["no title"]
