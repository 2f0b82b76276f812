"""Where ratings are asked for and read: pad, link, kiosk, API; managers and auditor see them, clerks never do."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from hallqueue.actions.cases.ratings import slip_code
from hallqueue.actions.command import new_key
from hallqueue.actions.people import hashed
from hallqueue.models import Device, Hall, Rating, RatingCase, Service, Window
from hallqueue.reporting.ratings.export import COLUMNS, VERSION
from hallqueue.topics import KINDS, Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.web.cases.slip_tries import MOST_AT_ONE, MOST_OF_ONE
from tests.cases.test_ratings import SECRET, bad, rate, say, served
from tests.hall import SmallHall, midday
from tests.machine import Machine

pytestmark = pytest.mark.both_databases


def client_of(small: SmallHall, who: str) -> Client:
    client = Client()
    client.force_login(small.people[who])
    return client


def device_of(small: SmallHall, kind: str, window: int | None = None) -> Client:
    token = f"{kind}-{window}-token-of-a-test"
    seat = Window.objects.get(hall=small.hall, number=window) if window else None
    Device.objects.create(hall=small.hall, kind=kind, name=kind, window=seat, token_hash=hashed(token))
    client = Client()
    client.cookies[f"hq_{kind}"] = token
    return client


def post(client: Client, url: str, status: int = 200, **fields: Any) -> Any:
    body = {"key": new_key(), **fields}
    answer = client.post(url, body, content_type="application/json", headers={"Accept": "application/json"})
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def frame(small: SmallHall, kind: str, name: str) -> Any:
    found = frame_of(Reading(Hall.objects.get(pk=small.hall.pk)), Topic(kind, "small", name))
    return found["data"] if found else None


def test_the_pad_asks_whoever_was_served_last_and_no_clerk_can_look_or_answer(small_hall: SmallHall) -> None:
    assert frame(small_hall, "pad", "1")["asked"] == []
    assert frame(small_hall, "pad", "77") is None
    first = served(small_hall)
    small_hall.issue()
    small_hall.call_next()  # the next person is called: the question stays for the first
    shown = frame(small_hall, "pad", "1")
    assert [each["id"] for each in shown["asked"]] == [first.pk]
    assert (shown["seconds"], "level" in json.dumps(shown)) == (60, False)
    assert KINDS["pad"].audiences == ("pad",)
    pad = device_of(small_hall, "pad", 1)
    assert "办理结束后" in pad.get("/small/pad/").content.decode()
    post(device_of(small_hall, "pad", 2), "/small/pad/rate/", 404, rating=first.pk, level=5)
    post(pad, "/small/pad/rate/", 400, rating=first.pk, level=9)
    assert post(pad, "/small/pad/rate/", rating=first.pk, level=5, reasons=["quick"])["level"] == 5
    assert post(pad, "/small/pad/rate/", 409, rating=first.pk, level=1)["code"] == "rated_already"
    assert [each["rated"] for each in frame(small_hall, "pad", "1")["asked"]] == [True]
    assert frame(small_hall, "pad", "2")["window"]["state"] == "open"
    Window.objects.filter(hall=small_hall.hall, number=2).update(state=Window.State.RETIRED)
    assert frame(small_hall, "pad", "2")["window"]["state"] == "retired"
    for who in ("clerk1", "manager"):
        colleague = client_of(small_hall, who)
        assert colleague.get("/small/pad/").status_code in (302, 403)
        post(colleague, "/small/pad/rate/", 401, rating=first.pk, level=5)


def test_the_link_rates_each_matter_answers_the_bad_one_and_dies_in_time(small_hall: SmallHall) -> None:
    with midday(small_hall) as clock:
        case = bad(small_hall, comment="太慢", phone="13812345678")
        open_one = served(small_hall)
        token, other = case.rating.ticket.token, open_one.ticket.token
        assert frame(small_hall, "ticket", other)["ratings"][0]["may"] == "rate"
        told = frame(small_hall, "ticket", token)["ratings"][0]
        assert (told["level"], told["may"], told["answer"], told["due_on"]) == (1, "", "", str(case.due_on))
        assert told["aside"] is False
        page = Client().get(f"/t/{token}/").content.decode()
        assert "rating.css" in page
        colleague = client_of(small_hall, "clerk1")
        url = f"/t/{other}/rate/"
        assert (
            post(colleague, url, 403, rating=open_one.pk, level=5, reasons=[])["code"] == "staff_never_rate"
        )
        assert post(Client(), f"/t/{'x' * 22}/rate/", 404, rating=open_one.pk, level=5)
        say(small_hall, case, "call_back", note="没有人接")
        say(small_hall, case, "classify", sort="at_once")
        say(small_hall, case, "answer", answer="已加开窗口")
        clock.shift(timedelta(days=2))
        small_hall.issue()
        over = frame(small_hall, "ticket", token)
        assert (over["over"], over["ratings"][0]["may"], over["ratings"][0]["answer"]) == (
            True,
            "again",
            "已加开窗口",
        )
        post(Client(), f"/t/{token}/rate-again/", rating=case.rating_id, level=4, comment="好多了")
        assert frame(small_hall, "ticket", token)["ratings"][0]["again"] == 4
        clock.shift(timedelta(days=8))
        small_hall.issue()
        assert frame(small_hall, "ticket", other)["ratings"][0]["may"] == ""
        assert post(Client(), url, 409, rating=open_one.pk, level=5)["code"] == "rating_over"


def test_a_kiosk_rates_with_slip_and_code_or_with_the_scanned_link(small_hall: SmallHall) -> None:
    kiosk, one, two = device_of(small_hall, "kiosk"), served(small_hall), served(small_hall)
    slip: dict[str, Any] = {"slip": one.ticket.label.lower(), "code": slip_code(one.ticket)}
    wrong = post(kiosk, "/small/kiosk/slip/", 404, slip=one.ticket.label, code="1")
    assert wrong["title"] == "号码或评价码不对，请看小票。"
    held = post(kiosk, "/small/kiosk/slip/", **slip)
    assert [each["id"] for each in held["ratings"]] == [one.pk]
    post(kiosk, "/small/kiosk/rate/", 404, **slip, rating=two.pk, level=5)
    post(kiosk, "/small/kiosk/rate/", **slip, rating=one.pk, level=4, reasons=["polite"])
    link = f"https://hall.example/t/{two.ticket.token}/?lang=zh"
    post(kiosk, "/small/kiosk/rate/", slip=link, code="", rating=two.pk, level=3)
    done = post(kiosk, "/small/kiosk/slip/", **slip)
    assert (done["ratings"], done["over"], done["rated"]) == ([], "", True)
    assert sorted(Rating.objects.values_list("channel", "level")) == [("kiosk", 3), ("kiosk", 4)]
    post(client_of(small_hall, "desk"), "/small/kiosk/slip/", 401, **slip)


def test_a_kiosk_cannot_try_codes_without_end(small_hall: SmallHall) -> None:
    cache.clear()
    kiosk, one, two = device_of(small_hall, "kiosk"), served(small_hall), served(small_hall)
    wrong, right = {"slip": one.ticket.label, "code": "x"}, slip_code(one.ticket)
    for _ in range(MOST_OF_ONE - 1):
        post(kiosk, "/small/kiosk/slip/", 404, **wrong)
    post(kiosk, "/small/kiosk/rate/", 404, **wrong, rating=one.pk, level=1)
    for url, more in (("slip", {}), ("rate", {"rating": one.pk, "level": 5})):
        told = post(kiosk, f"/small/kiosk/{url}/", 429, **wrong | {"code": right}, **more)
        assert told["title"] == "号码或评价码输错太多次，请 15 分钟后再试，或者到导办台。"
    assert Client().post("/small/rate/", wrong | {"code": right}).status_code == 429, "wherever it is typed"
    other: dict[str, Any] = {"slip": two.ticket.label, "code": slip_code(two.ticket)}
    post(kiosk, "/small/kiosk/slip/", **other)
    for turn in range(MOST_AT_ONE - MOST_OF_ONE):
        post(kiosk, "/small/kiosk/slip/", 404, slip=f"Z{turn:03}", code="x")
    assert post(kiosk, "/small/kiosk/slip/", 429, **other)["code"] == "rating_slip_often"


def test_managers_read_figures_cases_and_the_file_and_nobody_waits_in_them(small_hall: SmallHall) -> None:
    with midday(small_hall) as clock:
        silent = served(small_hall)
        case = bad(small_hall, comment=SECRET, name="王秀英", phone="13812345678", reasons=["rude"])
        manager, auditor = client_of(small_hall, "manager"), client_of(small_hall, "auditor")
        page = manager.get("/small/ratings/").content.decode()
        for words in (case.label, "服务态度不好", "非常不满意", case.rating.number):
            assert words in page
        assert silent.number not in page
        assert SECRET[3:] not in page
        address = f"/small/ratings/{case.pk}/"
        inside = manager.get(address).content.decode()
        assert all(
            words in inside for words in (SECRET.replace("王秀英", "王*"), "王*", "138****5678", "差评转办")
        )
        assert "13812345678" not in inside
        post(manager, address + "call_back/", note="说清楚了")
        assert post(manager, address + "person/", reason="回访")["phone"] == "13812345678"
        post(auditor, address + "person/", 403, reason="看看")
        post(manager, address + "classify/", sort="explain")
        post(manager, address + "appeal/", 404, reason="x")
        rows = json.loads(auditor.get("/small/ratings/export.json").content)
        assert (rows["version"], [row["number"] for row in rows["rows"]]) == (VERSION, [case.rating.number])
        clock.shift(timedelta(days=8))
        manager = client_of(small_hall, "manager")
        old = f"?month={silent.business_date:%Y-%m}"
        text = manager.get(f"/small/ratings/export.csv{old}").content.decode("utf-8-sig")
        table = list(csv.DictReader(io.StringIO(text)))
        book = load_workbook(io.BytesIO(manager.get(f"/small/ratings/export.xlsx{old}").content))
        listed = manager.get(f"/small/ratings/{old}&level=unrated").content.decode()
    assert silent.number in listed
    assert {row["number"]: row["level_name"] for row in table} == {
        silent.number: "未评价",
        case.rating.number: "非常不满意",
    }
    assert next(book[f"v{VERSION}"].iter_rows(values_only=True)) == COLUMNS
    assert SECRET[3:] not in text
    assert manager.get("/small/ratings/export.pdf").status_code == 404
    for address in ("", "?month=none&level=9&channel=x", "?level=bad", "?department=x"):
        assert manager.get(f"/small/ratings/{address}").status_code == 200


def test_a_rating_of_a_stay_too_short_to_come_to_the_window_is_shown_to_managers(
    small_hall: SmallHall,
) -> None:
    with midday(small_hall) as clock:
        told = []
        for seconds in (29, 30, 5):
            small_hall.issue()
            small_hall.call_next()
            small_hall.say("start")
            clock.shift(seconds)
            small_hall.say("finish")
            told.append(Rating.objects.latest("pk"))
        for each in told[:2]:
            rate(small_hall, each, 5)
        client = client_of(small_hall, "manager")
        page = client.get("/small/ratings/").content.decode()
        listed = client.get("/small/ratings/?level=short").content.decode()
    numbers = [each.number for each in told]
    assert [number in page for number in numbers] == [True, True, False], "the third did not rate"
    assert page.count('class="tag tag--special" title="从叫号到办结不足 30 秒') == 1
    assert 'level=short#list">1</a>' in page
    assert [number in listed for number in numbers] == [True, False, False]
    assert "这只是提醒，不是结论" in listed


def test_the_code_at_a_window_leads_the_holder_of_a_slip_to_the_own_page(small_hall: SmallHall) -> None:
    cache.clear()
    rating = served(small_hall)
    ticket, code = rating.ticket, slip_code(rating.ticket)
    phone, address = Client(), "/small/rate/?window=1"
    assert "1 号窗口" in phone.get(address).content.decode()
    assert ticket.label not in phone.get("/small/rate/?window=%3Cb%3E").content.decode()
    wrong = phone.post(address, {"slip": ticket.label, "code": "000000" if code != "000000" else "1"})
    assert wrong.status_code == 404
    assert "号码或评价码不对" in wrong.content.decode()
    assert f'value="{ticket.label}"' in wrong.content.decode()
    found = phone.post(address, {"slip": f" {ticket.label.lower()} ", "code": code})
    assert found.headers["location"] == f"/t/{ticket.token}/"
    for _ in range(MOST_OF_ONE):
        phone.post(address, {"slip": ticket.label, "code": "x"})
    assert phone.post(address, {"slip": ticket.label, "code": code}).status_code == 429
    assert rating.pk in [each["id"] for each in frame(small_hall, "ticket", ticket.token)["ratings"]]


def test_each_window_s_code_is_printed_by_managers(small_hall: SmallHall) -> None:
    page = client_of(small_hall, "manager").get("/small/ratings/codes/").content.decode()
    assert page.count('class="qr"') == Window.in_use(small_hall.hall).count()
    assert "窗口评价码" in client_of(small_hall, "manager").get("/small/ratings/").content.decode()
    assert "窗口评价码" not in client_of(small_hall, "auditor").get("/small/ratings/").content.decode()
    assert client_of(small_hall, "clerk1").get("/small/ratings/codes/").status_code == 403


def test_a_name_that_reads_as_a_formula_stays_text_in_both_files(small_hall: SmallHall) -> None:
    rating = bad(small_hall).rating
    Service.objects.filter(pk=rating.service_id).update(name="=1+1", code="007")
    manager = client_of(small_hall, "manager")
    text = manager.get("/small/ratings/export.csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["matter"], row["matter_code"]) == ("'=1+1", "007")
    book = load_workbook(io.BytesIO(manager.get("/small/ratings/export.xlsx").content))
    code, name = book[f"v{VERSION}"]["B2"], book[f"v{VERSION}"]["C2"]
    assert [(cell.value, cell.data_type) for cell in (code, name)] == [("007", "s"), ("=1+1", "s")]


def test_a_clerk_reaches_no_rating_and_appeals_without_learning_who_it_was(small_hall: SmallHall) -> None:
    case = bad(small_hall, comment=SECRET, reasons=["slow"])
    clerk = client_of(small_hall, "clerk1")
    for address in ("", "export.csv", f"{case.pk}/"):
        assert clerk.get(f"/small/ratings/{address}").status_code == 403
    post(clerk, f"/small/ratings/{case.pk}/note/", 403, note="x")
    assert case.label not in clerk.get("/small/appeals/").content.decode()  # nobody has looked into it yet
    say(small_hall, case, "classify", sort="at_once")
    page = clerk.get("/small/appeals/").content.decode()
    assert case.label in page
    for hidden in (SECRET[3:], case.rating.ticket.label, case.rating.number, str(case.rating.business_date)):
        assert hidden not in page
    assert case.label not in client_of(small_hall, "clerk2").get("/small/appeals/").content.decode()
    assert post(clerk, f"/small/appeals/{case.pk}/appeal/", reason="当时系统停了")["state"] == "reviewed"
    assert RatingCase.objects.get().claim == "当时系统停了"
    assert "复核不通过" not in clerk.get("/small/appeals/").content.decode()
    case.refresh_from_db()
    say(small_hall, case, "reject", reason="系统记录正常")
    say(small_hall, case, "dispute", reason="内部说法")
    say(small_hall, case, "uphold", "administrator", reason="内部结论")
    [told] = frame(small_hall, "ticket", case.rating.ticket.token)["ratings"]
    assert (told["aside"], told["answer"]) == (True, ""), "who rated is told so, and not what was said inside"
    page = clerk.get("/small/appeals/").content.decode()
    assert all(words in page for words in ("当时系统停了", "复核不通过", "系统记录正常"))
    assert "内部" not in page  # what managers say among themselves later is not about the appeal
    ticket = clerk.get(f"/t/{case.rating.ticket.token}/").content.decode()
    assert '"staff": true' in ticket  # the page asks staff for no rating


def test_machines_pass_ratings_on_and_only_watchers_read_of_them(small_hall: SmallHall) -> None:
    machine, rating = Machine(small_hall), served(small_hall)
    body = {"channel": "hotline", "label": rating.ticket.label, "on": str(rating.business_date), "level": 2}
    answer = machine.post("/ratings", body)
    assert answer == {"rating": rating.pk, "level": 2}
    assert machine.post("/ratings", body, 409)["code"] == "rated_already"
    assert machine.post("/ratings", body | {"channel": "pad"}, 400)["code"] == "bad_input"
    page = machine.get("/ratings")
    assert [(row["number"], row["channel"]) for row in page["rows"]] == [(rating.number, "hotline")]
    kinds = {event["kind"] for event in machine.get("/events", limit=500)["events"]}
    assert {"rating.given", "rating.case_opened"} <= kinds
    rate_kinds = [kind for kind in kinds if kind.startswith("rating.")]
    clerk = Machine(small_hall, "clerk")
    assert not {event["kind"] for event in clerk.get("/events", limit=500)["events"]} & set(rate_kinds)
    assert clerk.get("/ratings", 403)["code"] == "not_allowed"


def test_a_case_leads_to_a_call_only_where_somebody_can_be_called(small_hall: SmallHall) -> None:
    for phone, verb in (("13812345678", "call_back"), ("", "classify")):
        case = bad(small_hall, phone=phone)
        shown = client_of(small_hall, "manager").get(f"/small/ratings/{case.pk}/").content.decode()
        primary = re.search(r'button--primary" type="button" data-key="\w" data-verb="(\w+)"', shown)
        assert primary is not None
        assert primary[1] == verb


def test_of_few_whose_time_is_over_no_share_is_told(small_hall: SmallHall) -> None:
    ratings = [served(small_hall) for _ in range(5)]
    rate(small_hall, ratings[0], 5)
    told = "评价期已过的，参评 20%"
    then = ratings[0].business_date - timedelta(days=10)
    Rating.objects.update(business_date=then)
    address = f"/small/ratings/?month={then:%Y-%m}"
    assert told in client_of(small_hall, "auditor").get(address).content.decode()
    ratings[1].delete()
    assert "评价期已过的" not in client_of(small_hall, "auditor").get(address).content.decode()


def test_bad_ratings_that_nobody_looked_into_stand_before_those_in_hand_and_late_ones_first(
    small_hall: SmallHall,
) -> None:
    answered, new, late = bad(small_hall), bad(small_hall), bad(small_hall)
    say(small_hall, answered, "classify", sort="explain")
    say(small_hall, answered, "answer", answer="已说明")
    RatingCase.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    RatingCase.objects.filter(pk=new.pk).update(due_at=timezone.now() + timedelta(days=30))
    page = client_of(small_hall, "manager").get("/small/ratings/").content.decode()
    places = [page.index(f'href="{each.pk}/"') for each in (late, new, answered)]
    assert places == sorted(places)
