"""What axe finds on a page against WCAG 2.2 AA, in every dress the house has."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "look" / "axe.min.js"
# Only what is wrong: telling what is right as well takes most of the time on a long page.
_ONLY = "{{runOnly: {}, resultTypes: ['violations']}}"
RULES = _ONLY.format("['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']")
OF_THE_DRESS = _ONLY.format(
    "{type: 'rule', values: ['color-contrast', 'target-size']}"
)  # all that a dress changes
DRESSES = [("light", "normal"), ("dark", "normal"), ("contrast", "normal"), ("light", "elder")]
_DRESS = """([theme, view]) => {
  Object.assign(document.documentElement.dataset, { theme, view });
  for (const each of document.getAnimations()) if (each.effect.getComputedTiming().endTime < Infinity) each.finish();
}"""


def dress(page: Page, theme: str, view: str) -> None:
    """Dress the page and let what moves arrive."""
    page.evaluate(_DRESS, [theme, view])


def faults_of(page: Page, rules: str = RULES) -> list[str]:
    """What axe finds on the page as it is; open the page in a context with `bypass_csp=True`."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found = page.evaluate(f"axe.run(document, {rules})")["violations"]
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
        rules = RULES if (theme, view) == DRESSES[0] else OF_THE_DRESS
        faults += [f"{theme}, {view}: {fault}" for fault in faults_of(page, rules)]
    return faults
