"""The token sheet is the only source of colour; its pairs can be read by everyone (WCAG 2.2)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "hallqueue/static/hallqueue/css"
GUESTS = sorted((*ROOT.glob("displays/static/displays/*.css"), *ROOT.glob("printers/static/printers/*.css")))
LOOK = ROOT / "docs/look.md"
THEMES = ("light", "dark", "contrast")
GROUNDS = ("--ground", "--surface", "--sunken")
TEXTS = ("--ink", "--ink-soft", "--ink-faint", "--blue-text", "--red-text", "--gold-text")
TEXT_PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS] + [
    ("--on-blue", "--blue-fill"),
    ("--on-blue", "--blue-fill-hover"),
    ("--on-deep", "--deep"),
    ("--on-deep-soft", "--deep"),
    ("--on-red", "--red-fill"),
    ("--on-red", "--red-fill-hover"),
    ("--on-gold", "--gold-fill"),
    ("--on-jade", "--jade-fill"),
    ("--blue-text", "--blue-wash"),
    ("--red-text", "--red-wash"),
    ("--gold-text", "--gold-wash"),
    ("--jade-text", "--jade-wash"),
    ("--earth-text", "--earth-wash"),
    ("--ink", "--blue-wash"),
    ("--ink", "--red-wash"),
    ("--ink", "--gold-wash"),
    ("--ink-soft", "--blue-wash"),
    ("--ink-soft", "--gold-wash"),
    ("--ground", "--ink"),
]
EDGE_PAIRS = [(edge, ground) for edge in ("--line-strong", "--focus") for ground in GROUNDS] + [
    ("--blue-fill", "--surface"),
    ("--red-fill", "--surface"),
    ("--gold-line", "--gold-wash"),
    ("--jade-text", "--jade-wash"),
    ("--on-deep", "--deep"),
]


def colours_of(theme: str) -> dict[str, str]:
    """The hexadecimal tokens a theme ends up with; dark and contrast are laid over light."""
    sheet = (CSS / "tokens.css").read_text()
    found: dict[str, str] = {}
    for name in ("light", theme):
        block = re.search(rf'\[data-theme="{name}"\]\s*{{(.*?)}}', sheet, re.DOTALL)
        assert block is not None, f"no theme {name}"
        found |= dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6});", block.group(1)))
    return found


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def unreadable(theme: str, pairs: list[tuple[str, str]], least: float) -> list[str]:
    colours = colours_of(theme)
    measured = [(front, back, contrast(colours[front], colours[back])) for front, back in pairs]
    return [f"{front} on {back}: {ratio:.2f}" for front, back, ratio in measured if ratio < least]


def sheets() -> list[Path]:
    return [sheet for sheet in sorted(CSS.glob("*.css")) if sheet.name != "fonts.css"]


def without_comments(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


def test_contrast_is_measured_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_in_every_theme(theme: str) -> None:
    assert unreadable(theme, TEXT_PAIRS, 7.0 if theme == "contrast" else 4.5) == []


@pytest.mark.parametrize("theme", THEMES)
def test_edges_and_focus_can_be_seen_in_every_theme(theme: str) -> None:
    assert unreadable(theme, EDGE_PAIRS, 3.0) == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_names_every_colour(theme: str) -> None:
    own = re.search(rf'\[data-theme="{theme}"\]\s*{{(.*?)}}', (CSS / "tokens.css").read_text(), re.DOTALL)
    assert own is not None
    assert set(re.findall(r"(--[\w-]+):\s*#", own.group(1))) == set(colours_of("light"))


@pytest.mark.parametrize("sheet", sheets(), ids=lambda sheet: sheet.name)
def test_no_sheet_but_the_tokens_names_a_colour_and_none_a_gradient(sheet: Path) -> None:
    text = without_comments(sheet)
    assert "gradient" not in text
    if sheet.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", text) == []


@pytest.mark.parametrize("sheet", [*sheets(), *GUESTS], ids=lambda sheet: sheet.name)
def test_every_token_used_is_defined_somewhere(sheet: Path) -> None:
    scripts = (script.read_text() for script in sheet.parent.glob("*.js"))
    everything = "".join((*(without_comments(each) for each in (*sheets(), *GUESTS)), *scripts))
    defined = set(re.findall(r"(--[\w-]+)[:\"]", everything))
    used = set(re.findall(r"var\((--[\w-]+)\)", without_comments(sheet)))
    assert used - defined == set()


def test_every_class_the_look_promises_exists() -> None:
    promised = set(re.findall(r"`\.([a-z][\w-]*)`", LOOK.read_text()))
    defined = set(re.findall(r"\.([a-z][\w-]*)", "".join(without_comments(sheet) for sheet in sheets())))
    assert len(promised) > 60
    assert promised - defined == set()


def test_every_sheet_of_the_house_is_imported_by_the_one_a_page_links() -> None:
    imported = set(re.findall(r'@import url\("([\w.]+)"\)', (CSS / "hall.css").read_text()))
    page_sheets = {
        "hall.css",
        "kiosk.css",
        "board.css",
        "screen.css",
        "window.css",
        "manager.css",
        "start.css",
        "concerns.css",
    }
    assert imported <= {sheet.name for sheet in CSS.glob("*.css")}
    assert {"fonts.css", "tokens.css", "base.css"} <= imported
    assert not imported & page_sheets
