"""The guide for the hall's people: its labels, keys and addresses are the program's own, word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import resolve

from hallqueue.texts import all_entries, text
from hallqueue.web.cases.concerns import KEYS as CONCERN_KEYS
from tests.ground.process import ROOT

GUIDE = ROOT / "docs" / "guide.zh.md"
OPERATION = ROOT / "docs" / "operation.zh.md"
HARDWARE = ROOT / "docs" / "hardware.zh.md"
PAGES = [GUIDE, OPERATION, HARDWARE, ROOT / "docs" / "operation.md"]
SCRIPTS = ROOT / "hallqueue" / "static" / "hallqueue"

Rows = list[tuple[str, str]]


def table_under(title: str) -> Rows:
    """The rows under a heading whose first cell is a key: (key, label)."""
    part = GUIDE.read_text().split(f"{title}\n", 1)[1].split("\n#", 1)[0]
    return re.findall(r"^\| ([A-Z?]|空格) \| \*\*(.+?)\*\* \|", part, re.MULTILINE)


def letter(code: str) -> str:
    return {"Space": text("window.key_space")}.get(code, code.removeprefix("Key"))


@pytest.mark.parametrize(("page", "fewest"), [(GUIDE, 200), (HARDWARE, 25)], ids=["guide", "hardware"])
def test_every_label_that_is_told_stands_on_a_page_of_the_program(page: Path, fewest: int) -> None:
    """Bold words are labels; a parameter may be anything."""
    known = [str(entry["zh"]) for entry in all_entries().values() if "zh" in entry]
    known += [
        str(getattr(field, "verbose_name", ""))
        for model in apps.get_models()
        for field in model._meta.get_fields()
    ]
    spoken = [words for words in known if len(re.sub(r"\{\w+\}|\W", "", words)) > 1 and "{" in words]
    shapes = [re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(words))) for words in spoken]
    told = re.findall(r"\*\*(.+?)\*\*", page.read_text())
    assert len(told) > fewest
    lost = {each for each in told if each not in known and not any(shape.fullmatch(each) for shape in shapes)}
    assert lost == set()


def test_the_keys_of_a_window_are_those_of_the_console() -> None:
    script = (SCRIPTS / "window_keys.js").read_text()
    verbs = re.findall(r'\{ verb: "(\w+)", code: "(\w+)"', script)
    keys = [(letter(code), text(f"window.verb.{verb}")) for verb, code in verbs]
    others = re.findall(r'BY_CODE\.set\("(Key\w)", "helper"\)', script)
    keys += [(letter(code), text("help.call_short")) for code in others] + [("?", text("window.help"))]
    assert len(keys) > 20
    assert table_under("### 窗口的键") == keys


def test_the_keys_of_the_desk_are_those_of_its_page() -> None:
    listed = re.findall(r'^  \["(Key\w)", "(\w+)"\],$', (SCRIPTS / "desk_keys.js").read_text(), re.MULTILINE)
    assert len(listed) > 15
    assert table_under("### 导办台的键") == [
        (letter(code), text(f"desk.key.{verb}")) for code, verb in listed
    ]


def test_the_keys_of_a_concern_are_those_of_its_page() -> None:
    keys = [(key, text(f"concern.verb.{verb}")) for verb, key in CONCERN_KEYS.items()]
    assert table_under("## 兜底窗口与办不成事") == keys


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_a_page_for_the_hall_s_people_names_addresses_that_there_are(page: Path) -> None:
    told = re.findall(r"`(/SLUG/[\w/]+)", page.read_text())
    assert len(told) > 10
    for address in told:
        resolve(address.replace("/SLUG/", "/hall/"))  # raises where there is no such page


@pytest.mark.parametrize("page", [GUIDE, OPERATION], ids=lambda path: path.name)
def test_a_link_to_a_section_finds_its_heading(page: Path) -> None:
    for name, anchor in re.findall(r"\]\(([\w.]*)#([^)]+)\)", page.read_text()):
        headings = re.findall(r"^#+ (.+)$", (page.parent / (name or page.name)).read_text(), re.MULTILINE)
        assert anchor in [each.lower().replace(" ", "-") for each in headings], anchor


def test_the_settings_in_chinese_are_those_in_english() -> None:
    """Variable by variable in the same order, and the commands of each page line by line."""
    pages = [OPERATION.read_text(), OPERATION.with_name("operation.md").read_text()]
    variables = [re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) for page in pages]
    assert len(variables[0]) > 15
    assert variables[0] == variables[1]
    blocks = [re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for page in pages]
    assert [commands(each) for each in blocks[0]] == [commands(each) for each in blocks[1]]


def test_the_sheets_of_acceptance_have_the_same_steps_in_both_languages() -> None:
    english, chinese = HARDWARE.with_name("hardware.md").read_text(), HARDWARE.read_text()
    sheets = [rows_under(english, "step"), rows_under(chinese, "步骤")]
    listed = re.findall(r"^\d\. .+☐$", english, re.MULTILINE)
    assert len(sheets[0]) > 5
    assert sheets[1] == [len(listed), *sheets[0]]
    families = [rows_under(english, "family"), rows_under(chinese, "卡")]
    assert families[0] == families[1] != []


def rows_under(page: str, head: str) -> list[int]:
    """How many rows each table has whose first column is `head`."""
    return [
        each.count("\n")
        for each in re.findall(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    ]


def commands(block: str) -> list[str]:
    """What a shell would run of a block: without comments, and without the reason that is told in words."""
    lines = (re.sub(r"\s*(?:^|\s)#.*|--reason \".*?\"", "", line).strip() for line in block.splitlines())
    return [line for line in lines if line]
