"""Each fault that a page may have is found where it was planted, and none where nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.ground.browser import Pages
from tests.look.looking import Rules, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SPECIMEN = Path(__file__).parent / "specimen.html"
RULES = Rules(sight=(".page-head h1",))
NARROW = "inline-size: 60px; white-space: nowrap"
TINY = "display: block; min-block-size: 0; block-size: 18px"
SHORT = "居民身份证申领、换领"
# What is planted, by the kind and further words of the fault it is.
PLANTED = {
    ("sideways",): "<style>.page-head { inline-size: 120vw }</style>",
    ("sideways", "div#broad"): "<div id='broad' style='inline-size: 3000px; block-size: 9px'></div>",
    ("cut", "h1"): "<style>h1 { inline-size: 1em; overflow: hidden; white-space: nowrap }</style>",
    (
        "cut",
        "p#short",
    ): f"<p id='short' style='{NARROW}; overflow: hidden; text-overflow: ellipsis'>{SHORT}</p>",
    (
        "cut",
        "within its field",
    ): "<input class='input' style='inline-size: 90px' placeholder='事项名称或首字母'>",
    ("out of its box", "button"): "<style>.button { inline-size: 2rem; white-space: nowrap }</style>",
    ("out of its box", "div#bare"): f"<div id='bare' style='{NARROW}'>{SHORT}</div>",
    (
        "out of its box",
        "div#low",
    ): f"<div id='low' class='card' style='padding: 0; block-size: 9px'><p>{SHORT}</p></div>",
    ("overlap", "tile__figure"): "<style>.tile__figure { margin-block-start: -2rem }</style>",
    ("overlap", "p#over"): "<p style='margin: 0'>甲甲甲</p><p id='over' style='margin: -20px 0 0'>乙乙乙</p>",
    ("small", "button"): "<style>.button { min-block-size: 0; block-size: 12px }</style>",
    ("small", "summary#tiny"): f"<details><summary id='tiny' style='{TINY}'>更多</summary></details>",
    ("fold", "h1"): "<style>.shell { padding-block-start: 120vh }</style>",
    ("broken",): "<style>.state { inline-size: 1em; white-space: normal; word-break: break-all }</style>",
    ("wordless",): "<style>body { visibility: hidden }</style>",
    ("widowed",): "<style>h1 { inline-size: 3.1em }</style>",
    ("headings", "2"): "<h1>又一个</h1>",
    ("choiceless",): "<select style='block-size: 40px; inline-size: 90px'></select>",
    ("empty table",): "<div><table><thead><tr></tr></thead><tbody></tbody></table></div>",
}
PLANT = "(part) => document.querySelector('main').insertAdjacentHTML('beforeend', `<div id='planted'>${part}</div>`)"
UPROOT = "document.getElementById('planted').remove()"


@pytest.fixture(scope="module")
def specimen(browser: Browser) -> Iterator[Page]:
    """A page that is as it should be."""
    pages = Pages(browser)
    yield pages.open(SPECIMEN.as_uri())
    pages.close()


@pytest.mark.parametrize("fault", PLANTED, ids=" ".join)
def test_what_a_person_would_be_ashamed_of_is_found(specimen: Page, fault: tuple[str, ...]) -> None:
    assert faults_of(specimen, RULES) == []
    specimen.evaluate(PLANT, PLANTED[fault])
    found = [each for each in faults_of(specimen, RULES) if each.startswith(f"{fault[0]}: ")]
    specimen.evaluate(UPROOT)
    assert any(all(word in each for word in fault[1:]) for each in found), found


def test_a_page_without_a_title_is_found(specimen: Page) -> None:
    title = specimen.title()
    specimen.evaluate("document.title = ''")
    found = faults_of(specimen, RULES)
    specimen.evaluate("(title) => { document.title = title; }", title)
    assert found == ["untitled: the page has no title"]


def test_public_glass_may_not_be_higher_than_itself(specimen: Page) -> None:
    assert any(each.startswith("fold: the page is") for each in faults_of(specimen, Rules(still=True)))


def test_what_a_dialog_holds_must_stand_on_the_glass(specimen: Page) -> None:
    specimen.evaluate("document.getElementById('d').showModal()")
    good = faults_of(specimen)
    specimen.evaluate(PLANT, "<style>#d { min-inline-size: 150vw; max-inline-size: none }</style>")
    found = faults_of(specimen)
    specimen.evaluate(UPROOT)
    specimen.evaluate("document.getElementById('d').close()")
    assert good == []
    assert any("is larger than the glass" in each for each in found), found
