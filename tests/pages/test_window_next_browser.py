"""Why the next person is next, as a clerk reads it: a word and a shape, by the reason the hall itself calls by."""

from __future__ import annotations

import pytest

from tests.pages.test_window_browser import DeskMaker, desk_with

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

__all__ = ["desk_with"]  # a fixture of the console's own tests

WORDS = """async (asked) => {
  const build = document.querySelector("link[rel=stylesheet]").getAttribute("href").split("/")[2];
  const { wordOfNext } = await import(`/static/${build}/hallqueue/window_words.js`);
  return asked.map(([next, klass]) => wordOfNext(next, { klass }));
}"""
REASONS = [
    ({"code": "place", "turn": "ordinary", "rank": ""}, "ordinary", "先到"),
    ({"code": "place", "turn": "ordinary", "rank": "helps"}, "ordinary", "帮办 · 先到"),
    ({"code": "class", "turn": "preferred", "rank": ""}, "appointment", "预约"),
    ({"code": "class", "turn": "preferred", "rank": "own"}, "returning", "本职 · 返回"),
    ({"code": "alone", "turn": "preferred", "rank": ""}, "priority", "优先"),
    ({"code": "alone", "turn": "ordinary", "rank": ""}, "ordinary", "先到"),
    ({"code": "turn", "turn": "preferred", "number": 1, "of": 2, "rank": ""}, "priority", "轮到优先 1/2"),
    ({"code": "turn", "turn": "ordinary", "number": 2, "of": 3, "rank": ""}, "ordinary", "轮到普通 2/3"),
    ({"code": "sent", "turn": "preferred", "rank": ""}, "transferred", "指定本窗口"),
    ({"code": "aged", "turn": "preferred", "rank": ""}, "ordinary", "久等提前"),
    ({"code": "guard", "turn": "", "rank": ""}, "ordinary", "等候超限"),
]


def test_every_reason_of_the_order_has_its_word_at_the_window(desk_with: DeskMaker) -> None:
    page = desk_with(waiting=1).console()
    asked = [[reason, klass] for reason, klass, _ in REASONS]
    assert page.evaluate(WORDS, asked) == [word for *_, word in REASONS]
