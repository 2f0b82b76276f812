"""What axe finds on a page against WCAG 2.2 AA, in every dress the house has."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "look" / "axe.min.js"
# Only what is wrong: telling what is right as well takes most of the time on a long page.
_STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_OF_THE_DRESS = ["color-contrast", "target-size"]  # all that a dress changes
OF_THE_PAGE = {"runOnly": _STANDARDS, "rules": {rule: {"enabled": False} for rule in _OF_THE_DRESS}}
OF_THE_DRESS = {"runOnly": {"type": "rule", "values": _OF_THE_DRESS}}
DRESSES = [("light", "normal"), ("dark", "normal"), ("contrast", "normal"), ("light", "elder")]
_DRESS = """([theme, view]) => {
  Object.assign(document.documentElement.dataset, { theme, view });
  for (const each of document.getAnimations()) if (each.effect.getComputedTiming().endTime < Infinity) each.finish();
}"""


def dress(page: Page, theme: str, view: str) -> None:
    """Dress the page and let what moves arrive."""
    page.evaluate(_DRESS, [theme, view])


# Of rows that are dressed alike (the same elements with the same classes and data, odd or even) the first is looked at:
# axe takes a tenth of a second for the colours of each row, and a catalogue has a thousand.
_LIKE = """() => {
  const worn = (each) => [each.localName, each.className, each.style.cssText, JSON.stringify(each.dataset),
    each.disabled, each.getAttribute("aria-pressed"), each.getAttribute("aria-current")].join(" ");
  for (const parent of document.querySelectorAll("tbody, ul, ol, table, section, div")) {
    const seen = new Set();
    [...parent.children].forEach((child, place) => {
      const all = [place % 2, ...[child, ...child.querySelectorAll("*")].map(worn)].join("|");
      child.toggleAttribute("data-like-another", seen.has(all));
      seen.add(all);
    });
  }
}"""
_LOOK = """([rules, ...less]) => axe.run({ include: [["html"]], exclude: less.map((each) => [each]) },
  { ...rules, resultTypes: ["violations"] }).then((found) => found.violations)"""


def faults_of(page: Page, *, dress_alone: bool = False) -> list[str]:
    """What axe finds on the page as it is; open the page in a context with `bypass_csp=True`."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    page.evaluate(_LIKE)
    found = page.evaluate(_LOOK, [OF_THE_DRESS, "[data-like-another]"])
    found += [] if dress_alone else page.evaluate(_LOOK, [OF_THE_PAGE])
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def faults_in_every_dress(page: Page, dresses: list[tuple[str, str]] = DRESSES) -> list[str]:
    """The same for each theme and for the elder view, or for some of them, the light one first."""
    faults = []
    for theme, view in dresses:
        dress(page, theme, view)
        dress_alone = (theme, view) != DRESSES[0]
        faults += [f"{theme}, {view}: {fault}" for fault in faults_of(page, dress_alone=dress_alone)]
    return faults
