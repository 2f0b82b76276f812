"""Scripts give every text the parameters it takes: those written out are compared, the others watched in browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from hallqueue.texts import all_entries, has_text
from tests.conftest import HallStarter
from tests.ground.browser import Pages
from tests.house.test_texts import PACKAGES, params_of

A_CALL = re.compile(r'\b\w+\(\s*"([a-z_]+\.[a-z_.]+)"')
A_NAME = re.compile(r"(?:^|,)\s*(\w+)\s*(?=[:,]|$)")
FILL = """async (params) => {
  const data = document.createElement("script");
  [data.id, data.type, data.textContent] = ["page-data", "application/json", "{}"];
  if (!document.getElementById(data.id)) document.body.append(data);
  const build = document.querySelector("link[rel=stylesheet]").getAttribute("href").split("/")[2];
  const { fill } = await import(`/static/${build}/hallqueue/page.js`);
  return fill("{label} 到 {window}", params);
}"""


def calls() -> Iterator[tuple[str, str, str]]:
    """(file, key, what follows the key) of each call with a key of a text written out."""
    for package in PACKAGES:
        for file in (package / "static").rglob("*.js"):
            script = "" if "vendor" in file.parts else file.read_text(encoding="utf-8")
            for call in A_CALL.finditer(script):
                if has_text(call[1]):
                    yield file.name, call[1], rest_of(script[call.end() :]).lstrip(", \n")


def rest_of(script: str) -> str:
    """Up to the bracket that closes the call."""
    depth, quote = 0, ""
    for at, sign in enumerate(script):
        if quote:
            quote = "" if sign == quote and script[at - 1] != "\\" else quote
        elif sign in "\"'`":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            if depth == 0:
                return script[:at]
            depth -= 1
    return script


def names_in(given: str) -> set[str] | None:
    """The names of an object that is written out; None for anything that only the running program knows."""
    if not given:
        return set()
    if not given.startswith("{") or "..." in given:
        return None
    flat = given[1 : given.rindex("}")]
    while (flatter := re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", "", flat)) != flat:
        flat = flatter
    return set(A_NAME.findall(flat.strip()))


def test_every_parameter_that_is_written_out_in_scripts_is_given() -> None:
    found = [(file, key, names_in(given)) for file, key, given in calls()]
    assert len(found) > 600
    lacking = {
        f"{file} {key}": missing
        for file, key, names in found
        if names is not None and (missing := params_of(all_entries()[key]["zh"]) - names)
    }
    assert lacking == {}


@pytest.mark.browser
@pytest.mark.servers
def test_a_parameter_that_is_lacking_is_told_and_fails_the_test_that_sees_it(
    pages: Pages, start_hall: HallStarter
) -> None:
    page = pages.open(f"{start_hall().url}/sign-in/")
    assert page.evaluate(FILL, {"label": "A001", "window": ""}) == "A001 到 "
    pages.assert_clean()
    assert page.evaluate(FILL, {"label": "A001"}) == "A001 到 "
    with pytest.raises(AssertionError, match=r"no \{window\} for"):
        pages.assert_clean()
    pages.faults.clear()
