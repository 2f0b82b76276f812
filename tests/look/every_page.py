"""Goes through every page there is, found from the table of addresses and the links between pages: none is named."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver
from playwright.sync_api import Error, Page, Response

from tests.rights import PARTS

ELSEWHERE = ("admin/", "api/v1/", "demo/")
WHO = ("manager", "administrator", "auditor", "desk", "clerk", "anyone")
"""Who looks at a page: the first of these that may."""
LINKS = "[...document.querySelectorAll('a[href]')].map((each) => each.href)"
IS_PAGE = "document.contentType === 'text/html' && document.doctype !== null"
"""Not a file, and not a part of a page, which htmx asks for."""
OVER = ("sign-out/",)
"""What ends the walk."""


@dataclass(frozen=True)
class Address:
    """A page to look at: its route in the table, one address of it, and who may look."""

    route: str
    url: str
    who: str


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every route below these patterns, with its view."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def table() -> dict[str, str]:
    """Who looks at each route of the program; "" where only a device may."""
    found = routes(get_resolver().url_patterns)
    return {
        route: next((who for who in WHO if who in getattr(view, "allowed", ())), "")
        for route, view in found
        if not route.startswith((*ELSEWHERE, *OVER)) and not is_file(route)
    }


def is_file(route: str) -> bool:
    """Whether an address is that of a file, by its name: what a browser does with one is its own affair."""
    return "." in route.rpartition("/")[2] or route.endswith(("media/<str:name>", "files/<int:file>/"))


def filled(route: str, parts: dict[str, str]) -> str:
    """An address of a route."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: parts[part.group(1)], route)


def route_of(url: str) -> str:
    """The route an address belongs to; "" where to none."""
    try:
        found = get_resolver().resolve(urlsplit(url).path)
    except Resolver404:
        return ""
    return found.route


class EveryPage:
    """Through one hall as everybody who may see something there, each page once; `doors` are their open browsers by
    role. `answers` keeps what each route answered: its status, 0 for a file; `parts` fill what nothing leads to."""

    def __init__(self, site: str, hall: str, doors: dict[str, Page], **parts: str) -> None:
        self.site, self.hall, self.doors = site, hall, doors
        self.parts = PARTS | {"hall": hall} | parts
        self.ahead: deque[Address] = deque()
        self.known: set[str] = set()
        self.table = table()
        self.answers: dict[str, int] = {}

    def pages(self) -> Iterator[tuple[Address, Page]]:
        """Each page, open: first those whose address needs no more than the hall, then what they lead to, then the
        others as the table of rights fills them."""
        for route in self.table:
            if "<" not in route.replace("<slug:hall>", ""):
                self._note(route, filled(route, self.parts))
        yield from self._go()
        for route in self.table:
            self._note(route, filled(route, self.parts))
            yield from self._go()

    def _note(self, route: str, url: str) -> None:
        who = self.table.get(route, "")
        if route not in self.known and who in self.doors:
            self.known.add(route)
            self.ahead.append(Address(route, url, who))

    def _go(self) -> Iterator[tuple[Address, Page]]:
        while self.ahead:
            address = self.ahead.popleft()
            page = self.doors[address.who]
            answer = self._open(page, address)
            self.answers[address.route] = answer.status if answer else 0
            lost = (
                answer is None or answer.status == 405 or (answer.status != 200 and "<int:" in address.route)
            )
            if lost or not page.evaluate(IS_PAGE):
                continue
            for link in page.evaluate(LINKS):
                if link.startswith(self.site) and f"/{self.hall}/" in link:
                    self._note(route_of(link), urljoin(link, urlsplit(link).path))
            yield address, page

    def _open(self, page: Page, address: Address) -> Response | None:
        try:
            return page.goto(f"{self.site}{address.url}" if address.url.startswith("/") else address.url)
        except Error as error:  # a file to keep, which is no page
            if "Download" not in str(error):
                raise
            return None
