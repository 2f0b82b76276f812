"""A real Chromium for the tests, the one of the system, and what a page must never do in it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    expect,
    sync_playwright,
)

from tests.ground.process import StartFailed

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PATIENCE_MS = 20_000
LACKING = re.compile(r"no \{\w+\} for “")  # page.js says so of a text
SIZES = {
    "full-hd": (1920, 1080),
    "upright": (1080, 1920),
    "uhd": (3840, 2160),
    "laptop": (1366, 768),
    "phone": (390, 844),
    "strip": (1024, 256),
}

# A key struck in the page; resolves to the milliseconds until the console shows the state.
PRESS_AND_SEE = """([code, state]) => new Promise((seen, missed) => {
  setTimeout(missed, 8000, new Error(`no ${state}`));
  const begun = performance.now();
  const look = () => document.querySelector(`.hero[data-state="${state}"]`) && seen(performance.now() - begun);
  const whole = {subtree: true, childList: true, attributes: true};
  new MutationObserver(look).observe(document.getElementById("console"), whole);
  document.body.dispatchEvent(new KeyboardEvent("keydown", {code, bubbles: true, cancelable: true}));
})"""

expect.set_options(timeout=PATIENCE_MS)


# The same engine without a window system: a page costs a third of what it costs in the whole browser.
LEAN = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser")


def chromium_path() -> str:
    """The leanest Chromium of this machine; a sentence saying what to install when there is none."""
    found = next((path for path in map(shutil.which, (LEAN, *WHOLE)) if path), None)
    if found is None:
        raise StartFailed(f"Chromium is not installed: run `make setup`, or apt install {LEAN}")
    return found


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium, headless. While it lives Playwright keeps an event loop on this thread, so Django's guard
    against blocking calls inside a loop must be told that the test itself is not asynchronous."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            yield browser
            browser.close()
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


IS_ROUTED = "() => fetch('/is-routed').then((answer) => answer.text()).then((said) => said === 'yes')"


def routed(page: Page, address: str, handler: Callable[[Route], Any]) -> None:
    """`page.route`, in force when this returns: Chromium tells an open page of it in its own time, and what the page
    asks for meanwhile goes by."""
    page.route(address, handler)
    page.route("**/is-routed", lambda route: route.fulfill(body="yes"))
    page.wait_for_function(IS_ROUTED)
    page.unroute("**/is-routed")


class Pages:
    """Opens pages of any size, each with cookies of its own unless a context is given; notes errors."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.faults: list[str] = []
        self._contexts: list[BrowserContext] = []

    def context(self, size: str = "laptop", **options: Any) -> BrowserContext:
        """A fresh person or device: `size` is a name in SIZES; options go to Playwright's new_context."""
        width, height = SIZES[size]
        options.setdefault("locale", "zh-CN")
        options.setdefault("timezone_id", "Asia/Shanghai")
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        return context

    def open(self, url: str, size: str = "laptop", context: BrowserContext | None = None) -> Page:
        page = (context or self.context(size)).new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._note_console)
        page.goto(url)
        return page

    def _note_console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or LACKING.match(message.text):
            self.faults.append(message.text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def assert_clean(self) -> None:
        """No uncaught error in a script, no text without a parameter, nothing stopped by the security policy."""
        assert not self.faults, "\n".join(self.faults)


def take_picture(page: Page, name: str) -> None:
    """A PNG of the page in HALLQUEUE_PICTURES (`make pictures`); without it none, for a large glass costs seconds."""
    if kept := os.environ.get("HALLQUEUE_PICTURES"):
        folder = Path(kept)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", animations="disabled")
