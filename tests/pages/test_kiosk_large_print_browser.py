"""The kiosk in large print, in a real Chromium: the page of the number on a small glass."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.conftest import HallStarter
from tests.ground.browser import Pages
from tests.kiosk_hall import build, open_kiosk

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

# Whether all of an element is above the foot of the glass and inside its card.
IN_SIGHT = """it => {
  const [mine, foot, card] = [it, document.querySelector(".glass__foot"), it.closest(".ticket")].map(
    (each) => each.getBoundingClientRect());
  return mine.bottom <= foot.top + 1 && mine.right <= card.right;
}"""

LONG_WORDS = "Internationalisation of administrative telecommunication infrastructure"
# The words of letters on the plates that are broken inside.
BROKEN = """() => [...document.querySelectorAll(".choice__name")].flatMap((name) => {
  const walk = document.createTreeWalker(name, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode())
    for (const word of walk.currentNode.data.matchAll(/[A-Za-z]+/g)) {
      const range = document.createRange();
      range.setStart(walk.currentNode, word.index);
      range.setEnd(walk.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((each) => Math.round(each.top))).size > 1) found.push(word[0]);
    }
  return found;
})"""


@pytest.mark.parametrize("language", ["中文", "English"])
def test_in_large_print_on_a_small_glass_the_number_is_in_sight_and_what_happens_next_is_no_thread(
    pages: Pages, start_hall: HallStarter, language: str
) -> None:
    server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
    long = f'Service.objects.filter(code="housing").update(name_en="{LONG_WORDS}")'
    build(server, "from hallqueue.models import Service", long)
    page = open_kiosk(pages, server, has_touch=True)
    page.get_by_role("button", name=language).tap()
    page.get_by_role("button", name={"中文": "大字版", "English": "Large print"}[language]).tap()
    buttons = page.locator(".glass__foot .button").all()
    assert all(each.evaluate("it => it.getBoundingClientRect().right <= innerWidth") for each in buttons)
    assert page.evaluate(BROKEN) == []
    page.set_viewport_size({"width": 1280, "height": 1024})
    page.locator(
        ".choice", has_text={"中文": "居民身份证换领", "English": "Identity card"}[language]
    ).first.tap()
    page.locator(".take").tap()
    shown = page.locator(".done .ticket-number")
    assert shown.evaluate(IN_SIGHT)
    step = page.locator(".steps > li").nth(1)
    assert step.evaluate("it => it.clientWidth / parseFloat(getComputedStyle(it).fontSize)") > 9
    if page.locator(".pager").is_visible():
        page.locator(".pager .button").last.tap()
    expect(page.locator(".steps > li").last).to_be_in_viewport()
