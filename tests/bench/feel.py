"""What people feel: how soon a call can be heard at a board, and how soon a clerk's press shows at the window."""

from __future__ import annotations

import asyncio
import json
import time

from tests.bench.load import Target
from tests.bench.wire import Connection
from tests.ground.browser import PRESS_AND_SEE, Pages, chromium_path, running_browser
from tests.ground.process import StartFailed
from tests.ground.servers import Hallqueue

WAITING = 300


async def call_to_speech(target: Target, calls: int) -> list[float]:
    """Seconds from pressing “next” to the last byte of the call's sound at a board, at one call a second."""
    board = target.boards(1)
    pressing, listening = Connection(target.host, target.port), Connection(target.host, target.port)
    taken: list[float] = []
    for _ in range(calls):
        board.look()
        pressed = time.perf_counter()
        assert not (await target.call(pressing, 0)).startswith("!")
        board.last()
        newest = board.newest()["data"]["calls"][0]
        address = f"/{target.hall}/sound/{newest['sound']}.wav"
        status, sound = await listening.request("GET", address, {"Cookie": target.board_cookie})
        assert (status, sound[:4]) == (200, b"RIFF")
        taken.append(time.perf_counter() - pressed)
        assert not await target.let_go(pressing, 0)
        await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - pressed)))
    board.close()
    for connection in (pressing, listening):
        await connection.close()
    return taken


def press_to_picture(server: Hallqueue, presses: int) -> list[float]:
    """Seconds from a key at the window to the console's new picture in Chromium, with 300 people waiting."""
    build = f"from tests.window_hall import build; build('feel', waiting={WAITING}, open_windows=(1,))"
    people = json.loads(server.behind(build))
    taken: list[float] = []
    with running_browser() as browser:
        pages = Pages(browser)
        context = pages.context("laptop")
        context.add_cookies([{"name": "sessionid", "value": people["clerk1"], "url": server.url}])
        page = pages.open(f"{server.url}/feel/window/1/", context=context)
        page.wait_for_selector('#freshness[data-freshness="live"]')
        for _ in range(presses):
            for code, state in (("Space", "called"), ("KeyS", "serving")):
                taken.append(page.evaluate(PRESS_AND_SEE, [code, state]) / 1000)
                page.wait_for_selector("[aria-busy=true]", state="detached")
            page.keyboard.press("f")
            page.wait_for_selector(".hero--next")
            page.wait_for_selector("[aria-busy=true]", state="detached")
        pages.close()
    return taken


def has_browser() -> bool:
    """Whether there is a Chromium to press keys in."""
    try:
        return bool(chromium_path())
    except StartFailed:
        return False
