"""The texts are complete, agree with each other, and reach pages escaped."""

import re
import string
from pathlib import Path

import pytest
from django.template import Context, Template

from hallqueue.errors import Refused
from hallqueue.lifecycle import MOVES
from hallqueue.problems import sentence_of
from hallqueue.texts import LANGUAGES, BadRoomFileError, all_entries, has_text, read_room, text, texts_of

CITIZEN_ROOMS = {"kiosk", "help", "ticket", "slip", "wall", "words"}
REFUSALS = [
    "unknown_service",
    "hall_closed",
    "unknown_key",
    "key_reused",
    "already_called",
    "not_waiting",
    "wrong_state",
    "not_your_window",
    "window_taken",
    "window_not_open",
    "window_has_ticket",
    "nobody_waiting",
    "unknown_window",
    "unknown_ticket",
    "reason_required",
    "no_window_open",
    "no_fallback_open",
    "not_allowed",
    "bad_input",
    "text_too_long",
    "day_closed",
    "pairing_wrong",
    "pairing_locked",
    "pairing_expired",
    "revoked",
    "series_full",
    "nothing_to_undo",
    "fallback_exists",
    "clerk_elsewhere",
    "service_inactive",
    "hall_unknown",
    "too_large",
    "sign_in_wrong",
    "sign_in_locked",
]
USED_KEY = re.compile(r"""(?:\btext\(|\{%\s*t\s+)["']([a-z_]+\.[a-z_.]*[a-z_])["']""")
PACKAGES = [Path(__file__).parents[2] / name for name in ("hallqueue", "displays", "printers")]


def params_of(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def test_every_text_is_given_in_chinese_and_english() -> None:
    assert [key for key, entry in all_entries().items() if not (entry.get("zh") and entry.get("en"))] == []


def test_what_citizens_read_is_given_in_mongolian() -> None:
    read_by_citizens = [
        key
        for key, entry in all_entries().items()
        if entry.get("citizen") or key.split(".")[0] in CITIZEN_ROOMS
    ]
    assert [key for key in read_by_citizens if not all_entries()[key].get("mn")] == []


def test_entries_hold_languages_and_nothing_else() -> None:
    strangers = {
        key: set(entry) - {*LANGUAGES, "citizen"}
        for key, entry in all_entries().items()
        if set(entry) - {*LANGUAGES, "citizen"}
    }
    assert strangers == {}


def test_mongolian_is_written_in_the_traditional_script() -> None:
    not_traditional = [
        key
        for key, entry in all_entries().items()
        if entry.get("mn") and not any("\u1820" <= letter <= "\u1842" for letter in entry["mn"])
    ]
    assert not_traditional == []


def test_the_languages_of_a_text_take_the_same_parameters() -> None:
    differing = [
        key
        for key, entry in all_entries().items()
        if len({frozenset(params_of(entry[lang])) for lang in LANGUAGES if lang in entry}) > 1
    ]
    assert differing == []


def test_parameters_are_plain_names_so_that_javascript_can_fill_them() -> None:
    odd = [
        key for key, entry in all_entries().items() for p in params_of(entry["zh"]) if not p.isidentifier()
    ]
    assert odd == []


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_has_its_sentence(code: str) -> None:
    assert has_text(f"errors.{code}")


@pytest.mark.parametrize("verb", [*MOVES, "move", "verify", "unverify"])
def test_what_a_ticket_cannot_do_now_is_said_in_words(verb: str) -> None:
    refusal = Refused("wrong_state", verb=verb, state="called", label="A001")
    assert not re.search("[a-z_]", sentence_of(refusal, "zh"))


def test_every_key_written_in_the_program_exists() -> None:
    files = [
        file
        for package in PACKAGES
        for kind in ("*.py", "*.html")
        for file in package.rglob(kind)
        if file.parent.name != "texts"
    ]
    used = {(str(file), key) for file in files for key in USED_KEY.findall(file.read_text(encoding="utf-8"))}
    assert [use for use in sorted(used) if not has_text(use[1])] == []


def test_a_parameter_is_filled_in_as_it_is() -> None:
    assert text("errors.text_too_long", "en", limit=200) == "The text is too long: at most 200 characters."
    assert "{0.__class__}" in text("errors.bad_input", detail="{0.__class__}")


def test_a_text_without_mongolian_falls_back_to_chinese() -> None:
    assert text("errors.nothing_to_undo", "mn") == text("errors.nothing_to_undo", "zh")


def test_an_unknown_language_falls_back_to_chinese() -> None:
    assert text("words.verb.recall", "de") == "重呼"


def test_an_unknown_key_is_a_bug_that_is_seen() -> None:
    with pytest.raises(KeyError):
        text("errors.no_such_code")
    with pytest.raises(KeyError):
        texts_of("no_such_room")


def test_a_forgotten_parameter_is_a_bug_that_is_seen() -> None:
    with pytest.raises(KeyError):
        text("errors.text_too_long")


def test_a_page_gets_the_texts_of_a_room_with_full_keys() -> None:
    words = texts_of("words", "en")
    assert words["words.tag.online"] == "Can be done online"
    assert all(key.startswith("words.") for key in words)


def test_a_table_outside_its_room_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text('[take]\nzh = "取号"\n', encoding="utf-8")
    with pytest.raises(BadRoomFileError, match=r"write \[kiosk\.take"):
        read_room(file)


def test_an_entry_without_chinese_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text('[kiosk.take]\nen = "Take a number"\n', encoding="utf-8")
    with pytest.raises(BadRoomFileError, match=r"\[kiosk\.take\] has no zh"):
        read_room(file)


def rendered(source: str, **context: object) -> str:
    return Template("{% load hall %}" + source).render(Context(context))


def test_the_template_tag_speaks_the_language_of_the_page() -> None:
    assert rendered('{% t "words.verb.recall" %}') == "重呼"
    assert rendered('{% t "words.verb.recall" %}', lang="en") == "Recall"


def test_the_template_tag_escapes_what_people_typed() -> None:
    page = rendered('{% t "errors.bad_input" detail=typed %}', typed="<script>alert(1)</script>")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_an_icon_points_into_the_sprite() -> None:
    drawn = rendered('{% icon "printer" %}')
    assert drawn.startswith('<svg class="icon" aria-hidden="true"><use href="')
    assert drawn.endswith('hallqueue/icons/sprite.svg#printer"></use></svg>')


def test_quotation_marks_inside_quotation_marks_are_single_ones() -> None:
    told = text("errors.service_awaited", name="“办不成事”反映", people=2)
    assert told.startswith("还有 2 人在等“‘办不成事’反映”，")
