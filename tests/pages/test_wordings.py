"""The public texts: worded in one place, sign by sign; nobody's work is lost; a review is of the very words."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hallqueue.actions.command import new_key
from hallqueue.actions.house.wordings import review, take_file, word
from hallqueue.errors import Refused
from hallqueue.models import Department, Device, Event, Hall, Service, Ticket, Window, Wording
from hallqueue.models.wordings import phrase_subject
from hallqueue.sheets.reading import rows_of
from hallqueue.sheets.wordings import COLUMNS, TITLES, as_csv, as_workbook, mark_of
from hallqueue.texts import text, worded
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.rules import what_to_know
from hallqueue.web.house.wordings import room_name
from hallqueue.web.kiosk import catalogue_of
from hallqueue.wording_rules import check_wording
from hallqueue.wordings import Shelf
from tests.hall import SmallHall, make_small_hall

TAKE = "kiosk.take"
EXACT = "ᠬᠣᠲᠠ\u202fᠶᠢᠨ  ᠠᠯᠪᠠ\u180eᠠ ᠣᠷᠣ\u200dᠨ "
"""With a narrow space, a vowel separator, a joiner, two spaces and one at the end."""

WRONG = [
    ("mn", "Дугаар авах", "wording_cyrillic"),
    ("mn", "取号", "wording_wrong_script"),
    ("mn", "123", "wording_wrong_script"),
    ("mn", "\ue234\ue266\ue2b5", "wording_private"),
    ("mn", "ᠬᠣᠲᠠ\ufffd", "wording_damaged"),
    ("mn", "ᠬᠣᠲᠠ\nᠬᠣᠲᠠ", "wording_control"),
    ("mn", "ᠬᠣᠲᠠ\u202eᠬᠣᠲᠠ", "wording_control"),
    ("mn", "ᠬᠣᠲᠠ {count}", "wording_params"),
    ("mn", "ᠬᠣᠲᠠ {0.__class__}", "wording_params"),
    ("mn", "ᠬᠣᠲᠠ {", "wording_params"),
    ("mn", "ᠠ" * 601, "wording_too_long"),
    ("zh", "ᠬᠣᠲᠠ", "wording_wrong_script"),
    ("zh", "Take a number", "wording_wrong_script"),
    ("en", "取号", "wording_wrong_script"),
]


@pytest.mark.parametrize(("lang", "typed", "code"), WRONG)
def test_what_is_not_what_it_claims_is_refused(lang: str, typed: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        check_wording(lang, typed, "取号", limit=600, takes_params=True)
    assert caught.value.code == code


def test_what_is_right_passes_as_it_is() -> None:
    check_wording("mn", EXACT, "城市的事情", limit=600, takes_params=True)
    check_wording("mn", "{number} ᠴᠣᠩᠬᠣ", "{number}号窗口", limit=600, takes_params=True)
    check_wording("mn", "A–Z", "A–Z", limit=600, takes_params=True)


@pytest.fixture
def clerk(small_hall: SmallHall) -> Client:
    """A clerk whom the administrator made a translator."""
    user = small_hall.people["clerk1"]
    user.may_translate = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def say(small: SmallHall, subject: str, who: str = "administrator", **words: Any) -> None:
    word(small.hall.pk, small.actor(who), new_key(), subject=subject, words=words)


def found(small: SmallHall, subject: str) -> Any:
    one = Shelf(small.fresh()).find(subject)
    assert one is not None
    return one


def test_a_hall_words_a_text_for_itself_alone_and_no_request_asks_for_it_again(small_hall: SmallHall) -> None:
    other = make_small_hall((), slug="other")
    say(small_hall, TAKE, mn=[EXACT, found(small_hall, TAKE).mn], zh=["请取号", "取号"])
    with worded(Wording.overlay(small_hall.fresh())):
        assert (text(TAKE, "mn"), text(TAKE), text(TAKE, "en")) == (EXACT, "请取号", text(TAKE, "en"))
    with worded(Wording.overlay(other.fresh())):
        assert text(TAKE) == "取号"
    hall = small_hall.fresh()
    Wording.overlay(hall)
    with CaptureQueriesContext(connection) as asked:
        for _ in range(3):
            Wording.overlay(hall)
    assert len(asked) == 0
    page = Client()
    page.force_login(small_hall.people["desk"])
    assert "\\u8bf7\\u53d6\\u53f7" in page.get("/small/kiosk/").content.decode()
    assert text(TAKE) == "取号"


def test_two_who_edit_at_once_lose_nothing_and_a_review_is_of_the_very_words(small_hall: SmallHall) -> None:
    service = Service.objects.get(code="id-card")
    subject, by = f"service:{service.pk}", small_hall.actor("administrator")
    assert found(small_hall, subject).state == "missing"
    say(small_hall, subject, mn=[EXACT, ""])
    with pytest.raises(Refused) as caught:
        say(small_hall, subject, mn=["ᠬᠣᠲᠠ", ""])
    assert (caught.value.code, caught.value.params["now"]) == ("wording_changed", EXACT)
    service.refresh_from_db()
    assert service.name_mn == EXACT
    review(small_hall.hall.pk, by, new_key(), subject=subject, text=EXACT)
    assert (found(small_hall, subject).state, found(small_hall, subject).reviewed_by) == ("reviewed", by.name)
    Service.objects.filter(pk=service.pk).update(name="身份证换领和补领")
    assert found(small_hall, subject).state == "unreviewed"  # the Chinese moved, so somebody must look again
    told = Event.objects.filter(kind="wording.changed").latest("seq").data
    assert (told["before"], told["after"]) == ("", EXACT)


def test_only_administrators_and_translators_word_texts(small_hall: SmallHall, clerk: Client) -> None:
    for who in ("manager", "desk", "auditor", "clerk2"):
        with pytest.raises(Refused) as caught:
            say(small_hall, TAKE, who, mn=["ᠬᠣᠲᠠ", text(TAKE, "mn")])
        assert caught.value.code == "not_allowed"
    assert clerk.get("/small/setup/texts/").status_code == 200
    assert '"/small/setup/texts/"' in clerk.get("/small/concerns/").content.decode()
    assert clerk.get("/small/setup/languages/").status_code == 403


def test_the_page_lists_what_is_missing_and_keeps_what_was_typed(
    small_hall: SmallHall, clerk: Client
) -> None:
    service = Service.objects.get(code="invoice")
    missing = clerk.get("/small/setup/texts/?state=missing").content.decode()
    assert "发票申领" in missing
    assert "A区" in missing
    assert "重呼" not in missing  # which is there, though nobody has reviewed it
    address = f"/small/setup/texts/?state=missing&at=service:{service.pk}"
    form = {
        "key": new_key(),
        "subject": f"service:{service.pk}",
        "mn": "Монгол",
        "was_mn": "",
        "verb": "save",
    }
    refused = clerk.post(address, form)
    assert refused.status_code == 400
    assert "西里尔蒙古文" in refused.content.decode()
    assert "Монгол</textarea>" in refused.content.decode()
    saved = clerk.post(address, {**form, "key": new_key(), "mn": EXACT, "verb": "review"})
    assert saved.status_code == 302
    service.refresh_from_db()
    assert service.name_mn == EXACT
    assert "审核" in clerk.get(address).content.decode()
    late = clerk.post(address, {**form, "key": new_key(), "mn": "ᠬᠣᠲᠠ"}).content.decode()
    assert "刚被别人改过" in late
    assert EXACT in late


def test_every_place_where_a_text_is_used_has_a_name_of_its_own(small_hall: SmallHall) -> None:
    rooms = {each.room for each in Shelf(small_hall.hall).everything()}
    assert not {room for room in rooms if room_name(room)[1]}


def test_zones_stand_in_the_readers_language_at_the_kiosk_and_on_the_tickets_page(
    small_hall: SmallHall,
) -> None:
    Department.objects.update(zone="A区")
    say(small_hall, "zone:A区", en=["Area A", ""], mn=["ᠬᠡᠰᠡᠭ", ""])
    told = {"zh": "A区", "mn": "ᠬᠡᠰᠡᠭ", "en": "Area A"}
    small_hall.issue()
    reading = Reading(small_hall.fresh())
    assert all(each["zone"] == told for each in catalogue_of(reading)["departments"])
    frame = frame_of(reading, Topic("ticket", "small", Ticket.objects.get().token))
    assert frame is not None
    assert frame["data"]["zones"] == [told]


def test_ways_rules_and_windows_in_english_are_worded_on_the_same_page(small_hall: SmallHall) -> None:
    """And said: on the ticket's page, on slips and on the screen above the window, each in its reader's language."""
    rule = "过号请到导办台。" * 30  # longer than a subject may be
    Hall.objects.filter(pk=small_hall.hall.pk).update(slip_rules=f"带好证件。\n{rule}")
    long = phrase_subject("rule", rule)
    window = Window.objects.get(number=1)
    say(small_hall, "direction:左侧", en=["to the left", ""], mn=["ᠵᠡᠭᠦᠨ", ""])
    say(small_hall, "rule:带好证件。", en=["Bring your papers.", ""])
    say(small_hall, long, en=["Missed? Ask the desk.", ""])
    Window.objects.filter(pk=window.pk).update(name="户政")
    say(small_hall, f"window:{window.pk}", en=["Residence", ""])
    hall = small_hall.fresh()
    small_hall.issue()
    small_hall.call_next(1)
    frame = frame_of(Reading(hall), Topic("ticket", "small", Ticket.objects.get().token))
    assert frame is not None
    assert frame["data"]["window"]["way"] == {"zh": "左侧", "mn": "ᠵᠡᠭᠦᠨ", "en": "to the left"}
    assert what_to_know(hall, "en")[:2] == ["Bring your papers.", "Missed? Ask the desk."]
    assert what_to_know(hall, "mn")[:2] == ["带好证件。", rule]
    screen = frame_of(Reading(hall), Topic("screen", "small", "1"))
    assert screen is not None
    assert screen["data"]["window"]["name_en"] == "Residence"


def test_shipped_words_come_back_and_zones_have_names_too(small_hall: SmallHall, clerk: Client) -> None:
    shipped = text(TAKE, "mn")
    say(small_hall, TAKE, mn=[EXACT, shipped], en=["Number, please", text(TAKE, "en")])
    say(small_hall, "zone:A区", mn=["A ᠣᠷᠣᠨ", ""])
    form = {
        "subject": TAKE,
        "mn": EXACT,
        "was_mn": EXACT,
        "en": "x",
        "was_en": "Number, please",
        "verb": "restore",
    }
    assert clerk.post("/small/setup/texts/?state=own", {**form, "key": new_key()}).status_code == 302
    assert (found(small_hall, TAKE).mn, found(small_hall, TAKE).own) == (shipped, frozenset())
    assert found(small_hall, "zone:A区").mn == "A ᠣᠷᠣᠨ"
    with pytest.raises(Refused, match="unknown_wording"):
        say(small_hall, "zone:A区", zh=["B区", "A区"])
    with pytest.raises(Refused, match="unknown_wording"):
        say(small_hall, "service:999999999999999999999", mn=["ᠬᠣᠲᠠ", ""])


def file_row(small: SmallHall, subject: str, **changes: str) -> dict[str, str]:
    one = found(small, subject)
    stands = {"subject": subject, "zh": one.zh, "mn": one.mn, "en": one.en, "mark": mark_of(one.mn, one.en)}
    return dict.fromkeys(COLUMNS, "") | stands | changes


def upload(client: Client, content: bytes, verb: str = "look", name: str = "texts.xlsx") -> str:
    form = {"key": new_key(), verb: "1", "file": SimpleUploadedFile(name, content)}
    return client.post("/small/setup/texts/file/", form).content.decode()


@pytest.mark.parametrize("write", [as_csv, as_workbook])
def test_a_file_goes_out_and_comes_back_sign_by_sign(
    small_hall: SmallHall, clerk: Client, write: Any
) -> None:
    say(small_hall, TAKE, mn=[EXACT, text(TAKE, "mn")])
    kind = "csv" if write is as_csv else "xlsx"
    sent = clerk.get(f"/small/setup/texts/export.{kind}")
    table = rows_of(sent.content)
    assert table[0][: len(COLUMNS)] == [TITLES[column] for column in COLUMNS]
    assert next(row for row in table if row[0] == TAKE)[COLUMNS.index("mn")] == EXACT
    assert "不变" in upload(clerk, sent.content) or "修改 0 条" in upload(clerk, sent.content)
    back = write([file_row(small_hall, "words.verb.recall", mn=EXACT, reviewed="是")])
    assert "还没有导入" in upload(clerk, back)
    assert found(small_hall, "words.verb.recall").mn != EXACT
    assert "已导入" in upload(clerk, back, "import")
    stands = found(small_hall, "words.verb.recall")
    assert (stands.mn, stands.state) == (EXACT, "reviewed")


def test_a_file_with_one_wrong_row_changes_nothing_and_says_which(
    small_hall: SmallHall, clerk: Client
) -> None:
    good = file_row(small_hall, "words.verb.recall", mn=EXACT)
    stale = file_row(small_hall, TAKE, mn="ᠬᠣᠲᠠ")
    say(small_hall, TAKE, mn=[EXACT, text(TAKE, "mn")])
    rows = [
        good,
        stale,
        good,
        file_row(small_hall, TAKE) | {"subject": "kiosk.nothing"},
        file_row(small_hall, "ticket.language", mn="хэл"),
    ]
    answer = upload(clerk, as_workbook(rows), "import")
    for sentence in ("导出之后", "在第 2 行已经出现过", "没有这条文字", "西里尔"):
        assert sentence in answer
    assert '<td class="num">3</td>' in answer
    assert found(small_hall, "words.verb.recall").mn != EXACT
    for broken in (b"\x89PNG\r\n\x1a\n\x00", b"a,b\n1,2\n", b""):
        assert 'role="alert"' in upload(clerk, broken, "import", "texts.csv")
    with pytest.raises(Refused, match="bad_input"):
        take_file(small_hall.hall.pk, small_hall.actor("administrator"), new_key(), rows=[{}] * 5001)


def test_the_scripts_are_one_setting_and_a_screen_may_do_without(small_hall: SmallHall) -> None:
    client = Client()
    client.force_login(small_hall.people["manager"])
    chosen = {"key": new_key(), "shown": "on", "first": "mn", "side": "left", "size": "120"}
    assert client.post("/small/setup/languages/", chosen).status_code == 302
    page = client.get("/small/board/").content.decode()
    for said in ('data-mn="on"', 'data-mn-side="left"', 'data-mn-size="120"', 'data-mn-first="mn"'):
        assert said in page
    assert (
        client.post("/small/setup/languages/", {**chosen, "key": new_key(), "size": "13"}).status_code == 400
    )
    device = Device.objects.create(hall=small_hall.hall, kind="board", name="大屏", token_hash="x" * 64)
    turn = {"key": new_key(), "device": str(device.pk), "shown": "no"}
    assert client.post("/small/setup/languages/", turn).status_code == 302
    device.refresh_from_db()
    assert not device.shows_mongolian
    assert Hall.objects.get(pk=small_hall.hall.pk).mn_side == "left"
