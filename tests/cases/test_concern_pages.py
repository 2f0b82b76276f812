"""The pages of concerns: forms, list, case, evidence, ranking and ledger, through real requests."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from hallqueue.actions.command import new_key
from hallqueue.models import Concern, ConcernPhoto, Event, Ticket
from hallqueue.reporting.concerns.ranking import ranking_of
from tests.cases.test_concern_evidence import bomb, encoded
from tests.cases.test_concerns import far, raised, say
from tests.hall import SmallHall
from tests.machine import Machine

PERSON = {"name": "欧阳静", "phone": "13804731234"}


@pytest.fixture(autouse=True)
def own_data(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    cache.clear()


def signed_in(small: SmallHall, who: str) -> Client:
    client = Client()
    client.force_login(small.people[who])
    return client


def photo(content: bytes | None = None, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded() if content is None else content)


def typed(**details: Any) -> dict[str, Any]:
    return {"key": new_key(), "kind": "slow", "failed": "等了两周没有消息", "tries": "2"} | details


def citizen(small: SmallHall) -> tuple[Client, str]:
    token = Ticket.objects.get(pk=small.issue()["ticket"]).token
    return Client(), f"/t/{token}/concern/"


def files_kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "evidence").rglob("*") if path.is_file()]


def test_a_citizen_tells_without_an_account_and_sees_the_answer_once_given(small_hall: SmallHall) -> None:
    client, url = citizen(small_hall)
    answer = client.post(
        url, typed(photos=[photo(), photo(), photo(encoded("JPEG", (300, 200)))], **PERSON), follow=True
    )
    concern = Concern.objects.get()
    assert concern.label in answer.content.decode()
    assert '<details class="concern-more">' in answer.content.decode(), "nobody is asked to fill it in again"
    assert '<details class="concern-more" open>' in client.post(url, typed(kind="")).content.decode()
    assert (concern.channel, concern.photos.count(), concern.phone_masked) == ("web", 2, "138****1234")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    far(small_hall, concern, "resolve")
    assert "已受理并办结" not in client.get(url).content.decode()
    say(small_hall, concern, "tell", "manager", how="短信")
    page = client.get(url).content.decode()
    assert "已受理并办结" in page
    assert "欧阳" not in page


@pytest.mark.parametrize("lang", ["zh", "mn", "en"])
def test_the_citizens_page_speaks_three_languages(small_hall: SmallHall, lang: str) -> None:
    client, url = citizen(small_hall)
    page = client.get(f"{url}?lang={lang}").content.decode()
    assert {"zh": "没办成？告诉我们", "mn": "ᠪᠦᠲᠦᠭᠰᠡᠨ ᠦᠭᠡᠢ ᠦᠦ?", "en": "Not done? Tell us"}[lang] in page


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"failed": " "}, "请写明哪里没办成"),
        ({"kind": ""}, "请选择一种情况"),
        ({"phone": "abc"}, "电话号码不对"),
        *(({"tries": tries}, "跑了几次，请填 1 到 99 的整数") for tries in ("many", "-1", "100")),
        ({"photos": [photo(b"not a photo", "x.jpg")]}, "这个文件不是照片"),
        ({"photos": [photo(bomb())]}, "照片尺寸太大"),
        ({"photos": [photo() for _ in range(4)]}, "照片太多"),
        ({"photos": [photo()], "phone": "abc"}, "电话号码不对"),
        ({"key": "x"}, ""),
    ],
)
def test_a_bad_form_comes_back_with_a_sentence_and_nothing_is_half_done(
    small_hall: SmallHall, tmp_path: Path, details: dict[str, Any], sentence: str
) -> None:
    client, url = citizen(small_hall)
    for each in details.get("photos", ()):
        each.seek(0)
    answer = client.post(url, typed(wish="请快一点") | details)
    page = answer.content.decode()
    assert answer.status_code in (400, 413)
    assert sentence in page
    assert "请快一点" in page
    assert not Concern.objects.exists()
    assert files_kept(tmp_path) == []


def test_sending_the_same_form_twice_makes_one_concern_and_keeps_its_photo(
    small_hall: SmallHall, tmp_path: Path
) -> None:
    client, url = citizen(small_hall)
    form = typed()
    for _ in range(2):
        assert client.post(url, form | {"photos": [photo()]}).status_code == 302
    client.post(url, form | {"photos": [photo()], "failed": "别的事"})
    assert Concern.objects.count() == ConcernPhoto.objects.count() == len(files_kept(tmp_path)) == 1


def test_too_many_tries_are_turned_away(small_hall: SmallHall) -> None:
    client, url = citizen(small_hall)
    answers = [client.post(url, typed(failed="")).status_code for _ in range(21)]
    assert answers == [400] * 20 + [429]


def test_an_unknown_ticket_has_no_form(db: None) -> None:
    assert Client().get("/t/xxxxxxxxxxxxxxxxxxxxxx/concern/").status_code == 404


def test_the_desk_records_a_call_with_ticket_service_and_an_earlier_day(small_hall: SmallHall) -> None:
    label = small_hall.issue()["label"]
    received = small_hall.hall.business_date(datetime.now(UTC)).isoformat()
    form = typed(channel="phone", ticket=label.lower(), service="公租房申请", received_on=received)
    answer = signed_in(small_hall, "desk").post("/small/concerns/new/", form)
    concern = Concern.objects.select_related("ticket", "service").get()
    assert answer["Location"] == f"/small/concerns/{concern.pk}/"
    assert concern.ticket is not None
    assert concern.ticket.label == label
    assert str(concern.service) == "公租房申请"


@pytest.mark.parametrize(
    ("details", "status", "sentence"),
    [
        ({"ticket": "Z999"}, 404, "今天没有 Z999 这个号。别的日子的号"),
        ({"service": "没有的事项"}, 404, "没有找到这个事项"),
        ({"channel": "pigeon"}, 400, ""),
    ],
)
def test_the_staffs_form_comes_back_too(
    small_hall: SmallHall, details: dict[str, Any], status: int, sentence: str
) -> None:
    answer = signed_in(small_hall, "desk").post("/small/concerns/new/", typed(channel="desk") | details)
    assert answer.status_code == status
    assert all(words in answer.content.decode() for words in ("等了两周没有消息", sentence))


def test_a_window_raises_one_with_its_ticket(small_hall: SmallHall) -> None:
    small_hall.issue()
    ticket = small_hall.call_next()["ticket"]
    body = {"key": new_key(), "kind": "refused", "failed": "材料不齐", "ticket": ticket, "window": 1}
    answer = signed_in(small_hall, "clerk1").post("/small/concerns/raise/", body, "application/json")
    concern = Concern.objects.get()
    assert answer.json()["number"] == concern.label
    assert (concern.ticket_id, concern.channel) == (ticket, "window")


def test_the_list_shows_masked_names_and_what_a_clerk_may_see(small_hall: SmallHall) -> None:
    mine = raised(small_hall, "clerk1", **PERSON)
    other = raised(small_hall, "desk", service="housing")
    page = signed_in(small_hall, "clerk1").get("/small/concerns/").content.decode()
    assert mine.label in page
    assert "欧阳*" in page
    assert "欧阳静" not in page
    assert other.label not in page
    assert other.label in signed_in(small_hall, "auditor").get("/small/concerns/").content.decode()
    assert signed_in(small_hall, "clerk1").get(f"/small/concerns/{other.pk}/").status_code == 404


def test_filters_leave_what_fits_and_nonsense_asks_nothing(small_hall: SmallHall) -> None:
    slow, refused = raised(small_hall, kind="slow"), raised(small_hall, service="housing")
    client = signed_in(small_hall, "manager")
    for asked, shown in (
        ("kind=slow", {slow}),
        (f"department={refused.department.code}", {refused}),  # type: ignore[union-attr]
        ("late=1", set()),
        ("state=all", {slow, refused}),
        ("state=archived", set()),
        ("handler=small-clerk1", {slow, refused}),
        (f"query={slow.label}", {slow}),
        (f"month={slow.received_on:%Y-%m}", {slow, refused}),
        ("month=2026-99&state=x&kind=%00&page=zzz", {slow, refused}),
    ):
        page = client.get(f"/small/concerns/?{asked}").content.decode()
        assert {each for each in (slow, refused) if each.label in page} == shown, asked


def test_the_case_page_offers_the_verbs_of_now_with_keys(small_hall: SmallHall) -> None:
    concern = far(small_hall, raised(small_hall, **PERSON), "classify")
    page = signed_in(small_hall, "clerk1").get(f"/small/concerns/{concern.pk}/").content.decode()
    assert 'data-verb="assign"' in page
    assert 'data-verb="accept"' not in page
    assert 'data-verb="grant_pause"' not in page
    assert "138****1234" in page
    looked = signed_in(small_hall, "auditor").get(f"/small/concerns/{concern.pk}/").content.decode()
    assert "data-verb" not in looked


def test_a_clerk_chooses_the_cause_from_the_list_and_nothing_is_offered_that_is_refused(
    small_hall: SmallHall,
) -> None:
    concern = far(small_hall, raised(small_hall), "classify")
    address = f"/small/concerns/{concern.pk}/"
    clerks, managers = (
        signed_in(small_hall, who).get(address).content.decode() for who in ("clerk1", "manager")
    )
    assert '<select class="input" name="cause" required>' in clerks
    assert "<option>其他</option>" in clerks
    assert '<input class="input" name="cause" list="causes"' in managers, "a manager names new ones"
    assert 'data-verb="escalate"' in managers
    Concern.objects.filter(pk=concern.pk).update(level=3)
    assert 'data-verb="escalate"' not in signed_in(small_hall, "manager").get(address).content.decode()


def test_a_verb_is_said_from_the_page(small_hall: SmallHall) -> None:
    concern = raised(small_hall)
    client, url = signed_in(small_hall, "clerk1"), f"/small/concerns/{concern.pk}"
    json = {"Accept": "application/json"}
    assert client.post(f"{url}/accept/", {"key": new_key()}, "application/json").json()["state"] == "accepted"
    again = client.post(f"{url}/accept/", {"key": new_key()}, "application/json", headers=json)
    assert (again.status_code, again.json()["code"]) == (409, "concern_state")
    assert "已受理" in again.json()["title"]
    strange = client.post(f"{url}/remind/", {"key": new_key()}, "application/json", headers=json)
    assert strange.status_code == 404


def test_revealing_shows_the_person_and_leaves_an_event(small_hall: SmallHall) -> None:
    concern = raised(small_hall, **PERSON)
    client, url = signed_in(small_hall, "clerk1"), f"/small/concerns/{concern.pk}/person/"
    json = {"Accept": "application/json"}
    assert client.post(url, {"key": new_key()}, "application/json", headers=json).status_code == 409
    answer = client.post(url, {"key": new_key(), "reason": "回访"}, "application/json")
    assert answer.json() == PERSON
    assert answer.headers["Cache-Control"] == "no-store"
    assert Event.objects.filter(kind="concern.revealed").count() == 1
    page = client.get(f"/small/concerns/{concern.pk}/").content.decode()
    assert "查看身份信息" in page
    assert "欧阳静" not in page


def test_a_key_that_revealed_once_reveals_nothing_after_the_case_was_handed_on(small_hall: SmallHall) -> None:
    concern, json = raised(small_hall, **PERSON), {"Accept": "application/json"}
    client, url = signed_in(small_hall, "clerk1"), f"/small/concerns/{concern.pk}/person/"
    asked = {"key": new_key(), "reason": "回访"}
    assert client.post(url, asked, "application/json").json() == PERSON
    for verb, said in (
        ("accept", {}),
        ("classify", {"kind": "slow", "grade": "ordinary"}),
        ("assign", {"handler": "small-clerk2", "reason": "转办"}),
    ):
        say(small_hall, concern, verb, "manager", **said)
    answer = client.post(url, asked, "application/json", headers=json)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_evidence_is_served_to_those_with_the_right_alone(small_hall: SmallHall) -> None:
    concern, seen = raised(small_hall), {}
    case, form = f"/small/concerns/{concern.pk}/", {"key": new_key(), "photos": photo(encoded("JPEG"))}
    assert signed_in(small_hall, "clerk1").post(f"{case}photos/", form).status_code == 200
    for who in ("clerk1", "auditor", "desk", "clerk3"):
        client, picture = signed_in(small_hall, who), f"{case}photos/{concern.photos.get().pk}.jpg"
        seen[who] = client.get(picture).status_code, "<h2>照片" in client.get(case).content.decode()
    others = {"auditor": (200, True), "desk": (403, False), "clerk3": (404, False)}
    assert seen == {"clerk1": (200, True)} | others
    assert Client().get(picture).status_code == 302


def test_the_ledger_holds_every_column_masked_and_formulas_stay_text(small_hall: SmallHall) -> None:
    concern = far(small_hall, raised(small_hall, failed="=HYPERLINK(1)", **PERSON))
    answer = signed_in(small_hall, "auditor").get("/small/concerns/ledger.xlsx?state=all")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    head, row = ([str(cell.value or "") for cell in line] for line in sheet.iter_rows())
    found = dict(zip(head, row, strict=True))
    assert len(head) == 29
    assert (found["编号"], found["姓名"], found["电话"]) == (concern.label, "欧阳*", "138****1234")
    assert (found["问题根源"], found["满意度"]) == ("材料要求不清", "非常满意")
    assert found["未办成情况"] == "=HYPERLINK(1)"
    assert "13804731234" not in str(row)


def test_a_ledger_leaves_out_nothing_that_nobody_asked_to_leave_out(small_hall: SmallHall) -> None:
    settled, open_one = far(small_hall, raised(small_hall)), raised(small_hall)
    client = signed_in(small_hall, "auditor")

    def numbers(address: str) -> set[str]:
        sheet = load_workbook(io.BytesIO(client.get(address).content)).active
        assert sheet is not None
        return {str(row[0].value) for row in sheet.iter_rows(min_row=2)}

    assert numbers("/small/concerns/ledger.xlsx") == {settled.label, open_one.label}
    both = {settled.label, open_one.label}
    for asked, found in (("", both), ("?state=open", {open_one.label})):
        shown = client.get(f"/small/concerns/{asked}").content.decode()
        (link,) = re.findall(r'href="(ledger\.xlsx[^"]*)"', shown)
        assert numbers(f"/small/concerns/{link.replace('&amp;', '&')}") == found


def test_the_ranking_counts_causes_and_guards_small_numbers(small_hall: SmallHall) -> None:
    for _ in range(5):
        far(small_hall, raised(small_hall), "call_back")
    for _ in range(6):
        far(small_hall, raised(small_hall, service="housing"), "accept")
    now = datetime.now(UTC)
    found = ranking_of(small_hall.hall, f"{small_hall.hall.business_date(now):%Y-%m}", now)
    causes = [(row["name"], row["count"], row["late_share"]) for row in found["tables"]["cause"]]
    assert causes == [("材料要求不清", 5, 0), (None, 6, 0)]  # what has no cause yet is none, however many
    assert [row["place"] for row in found["tables"]["cause"]] == [1, None]
    assert [row["place"] for row in found["tables"]["service"]] == [1, 2]
    assert found["total"] | {} == found["total"]
    assert (found["total"]["count"], found["total"]["settled"], found["total"]["satisfaction"]) == (
        11,
        5,
        5.0,
    )
    page = signed_in(small_hall, "manager").get("/small/concerns/ranking/").content.decode()
    assert "材料要求不清" in page
    assert page.count("据此立项") == 1  # a project is made of a root cause, not of a department
    empty = signed_in(small_hall, "manager").get("/small/concerns/ranking/?month=2001-01").content.decode()
    assert "这个月没有诉求" in empty


def test_an_empty_list_says_so(small_hall: SmallHall) -> None:
    assert "没有符合条件的诉求" in signed_in(small_hall, "manager").get("/small/concerns/").content.decode()


def test_machines_raise_list_read_and_move_with_masked_persons(small_hall: SmallHall) -> None:
    desk, manager = Machine(small_hall, "desk"), Machine(small_hall, "manager")
    wish = {"kind": "slow", "failed": "没有消息", "service": "id-card", **PERSON}
    concern = desk.post("/concerns", wish)["concern"]
    row = manager.get("/concerns")[0]
    assert (row["person"], row["phone"], row["channel"]) == ("欧阳*", "138****1234", "api")
    assert row["verbs"][0] == "accept"
    assert manager.post(f"/concerns/{concern}/moves", {"verb": "accept"})["state"] == "accepted"
    assert desk.get(f"/concerns/{concern}")["verbs"] == []
    assert desk.post(f"/concerns/{concern}/moves", {"verb": "accept"}, 403)["code"] == "not_allowed"
    assert manager.post(f"/concerns/{concern}/moves", {"verb": "fly"}, 400)["code"] == "bad_input"
