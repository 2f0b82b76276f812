"""The printers page: who may see and do what, the demo's twin, and the page in a real browser."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.errors import Refused
from hallqueue.models import Device, User
from hallqueue.texts import text
from printers import setting_up
from printers.addresses import EXAMPLES
from printers.models import Printer, PrintJob
from printers.twins import twin_at
from printers.worker import Feeder
from tests.conftest import HallStarter
from tests.ground.browser import Pages
from tests.hall import SmallHall
from tests.printers.desk import Desk


@pytest.fixture
def desk(small_hall: SmallHall, settings: Any) -> Iterator[Desk]:
    """A demo hall whose printer is the twin of this process."""
    settings.DEMO = True
    address = f"twin://{new_key()}"
    setting_up.add_printer(small_hall.hall.pk, THE_HALL, new_key(), name="模拟", address=address)
    printer = Printer.objects.get()
    with twin_at(address) as twin:
        yield Desk(small_hall, twin, printer, Feeder(printer.pk))


def _signed_in(desk: Desk, name: str) -> Client:
    client = Client(headers={"accept": "application/json"})
    client.force_login(desk.small.people[name])
    return client


def _post(client: Client, url: str, **fields: object) -> HttpResponse:
    body = json.dumps({"key": new_key()} | fields)
    return client.post(f"/small/printers/{url}", body, content_type="application/json")  # type: ignore[return-value]


@pytest.mark.parametrize("who", ["manager", "desk", "administrator", "auditor"])
def test_page_shows_the_last_papers(desk: Desk, who: str) -> None:
    ticket = desk.issue()
    desk.work()
    client = Client()
    client.force_login(desk.small.people[who])
    answer = client.get("/small/printers/")
    data = json.loads(
        answer.content.decode().split('<script id="page-data" type="application/json">')[1].split("<")[0]
    )
    (job,) = data["frame"]["data"]["jobs"]
    assert (job["label"], job["state"]) == (ticket.label, "confirmed")
    assert data["frame"]["data"]["today"]["printed"] == 1
    assert data["may_reprint"] is (who != "auditor")


@pytest.mark.parametrize(
    ("who", "status"), [("desk", 200), ("manager", 200), ("auditor", 403), ("clerk1", 403)]
)
def test_reprint_from_the_page_needs_the_right(desk: Desk, who: str, status: int) -> None:
    ticket = desk.issue()
    desk.work()
    answer = _post(_signed_in(desk, who), "reprint/", ticket=ticket.pk, why="lost")
    assert answer.status_code == status
    assert PrintJob.objects.filter(copy=2).count() == (status == 200)


def test_reprint_pressed_twice_with_one_key_is_one_paper(desk: Desk) -> None:
    ticket = desk.issue()
    desk.work()
    client = _signed_in(desk, "desk")
    answers = [_post(client, "reprint/", ticket=ticket.pk, why="lost", key="pressed-twice") for _ in range(2)]
    assert json.loads(answers[0].content) == json.loads(answers[1].content)
    assert PrintJob.objects.count() == 2


@pytest.mark.parametrize(
    "fields", [{}, {"ticket": 1}, {"ticket": "x", "why": "lost"}, {"ticket": 10**9, "why": "lost"}]
)
def test_reprint_of_nonsense_is_a_clear_sentence(desk: Desk, fields: dict[str, object]) -> None:
    answer = _post(_signed_in(desk, "desk"), "reprint/", **fields)
    assert answer.status_code in (400, 404)
    assert json.loads(answer.content)["title"]


def test_twin_shows_its_paper_and_takes_faults_in_the_demo(desk: Desk) -> None:
    client, base = _signed_in(desk, "manager"), f"/small/printers/{desk.printer.pk}"
    desk.issue()
    desk.work()
    assert client.get(f"{base}/slips/").json() == {"mode": "ok", "slips": [1]}
    picture = Image.open(io.BytesIO(client.get(f"{base}/slips/1.png").content))
    assert picture.width == 576 + 48
    assert client.get(f"{base}/slips/2.png").status_code == 404
    assert _post(client, f"{desk.printer.pk}/mode/", mode="paper_out").status_code == 200
    desk.issue()
    desk.look_again()
    assert Printer.objects.get().condition == "paper_out"
    for mode, state in (("ok", "confirmed"), ("reset", "unknown")):
        assert _post(client, f"{desk.printer.pk}/mode/", mode=mode).status_code == 200
        ticket = desk.issue()
        desk.follow()
        desk.look_again()
        assert desk.job(ticket).state == state  # it breaks off in the middle: nobody knows
    assert _post(client, f"{desk.printer.pk}/mode/", mode="on fire").status_code == 400
    assert _post(_signed_in(desk, "auditor"), f"{desk.printer.pk}/mode/", mode="ok").status_code == 403


def test_twin_is_not_to_be_reached_outside_the_demo(desk: Desk, settings: Any) -> None:
    settings.DEMO = False
    client = _signed_in(desk, "manager")
    assert client.get(f"/small/printers/{desk.printer.pk}/slips/").status_code == 404
    assert client.get(f"/small/printers/{desk.printer.pk}/slips/1.png").status_code == 404
    assert _post(client, f"{desk.printer.pk}/mode/", mode="ok").status_code == 404


def test_administrator_adds_and_changes_a_printer_in_the_set_up_pages(small_hall: SmallHall) -> None:
    admin = small_hall.people["administrator"]
    admin.is_staff = admin.is_superuser = True
    admin.save()
    client = Client()
    client.force_login(admin)
    form = {
        "hall": small_hall.hall.pk,
        "name": "东门",
        "address": "tcp://10.0.0.9:9100",
        "width": 80,
        "is_active": "on",
    }
    form |= {"text": "gb18030", "rom": "gbk", "cutter": "on", "kiosk": ""}
    assert client.post("/admin/printers/printer/add/", form).status_code == 302
    printer = Printer.objects.get()
    assert (
        client.post(f"/admin/printers/printer/{printer.pk}/change/", form | {"width": 58}).status_code == 302
    )
    assert Printer.objects.get().paper.dots == 384
    assert client.post("/admin/printers/printer/add/", form).status_code == 409
    kinds = list(small_hall.hall.events.filter(kind__startswith="printer.").values_list("kind", flat=True))
    assert kinds == ["printer.added", "printer.changed"]


def test_a_printer_is_offered_kiosks_in_use_its_own_and_other_printers_alone(
    desk: Desk, small_hall: SmallHall
) -> None:
    """Its own kiosk may be revoked: another choice would be made for whoever only looks."""
    by = {"hall_id": small_hall.hall.pk, "approved_by": "x", "approved_at": small_hall.fresh().moved_at}
    made = [("kiosk", "东门"), ("kiosk", "旧的"), ("kiosk", "丢的"), ("board", "大屏"), ("pad", "评价器")]
    devices = {
        name: Device.objects.create(kind=kind, name=name, token_hash=name, **by) for kind, name in made
    }
    Device.objects.filter(name__in=("旧的", "丢的")).update(revoked_at=by["approved_at"])
    Printer.objects.update(kiosk=devices["旧的"])
    client = Client()
    User.objects.filter(pk=small_hall.people["administrator"].pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=small_hall.people["administrator"].pk))
    form = client.get(f"/admin/printers/printer/{desk.printer.pk}/change/").context["adminform"].form
    assert {each.name for each in form.fields["kiosk"].queryset} == {"东门", "旧的"}
    assert not form.fields["stand_in"].queryset.exists()


def test_only_an_administrator_is_led_to_where_printers_are_set_up(desk: Desk) -> None:
    way = "/admin/printers/printer/add/"
    assert way in _signed_in(desk, "administrator").get("/small/printers/").content.decode()
    assert way not in _signed_in(desk, "manager").get("/small/printers/").content.decode()


def test_a_twin_is_no_printer_of_a_real_hall(small_hall: SmallHall) -> None:
    admin = small_hall.people["administrator"]
    admin.is_staff = admin.is_superuser = True
    admin.save()
    client = Client()
    client.force_login(admin)
    form = {"name": "东门", "width": 80, "text": "gb18030", "rom": "gbk", "is_active": "on"}
    for address, sentence in (
        ("twin://", "printer_twin"),
        ("twin://second?width=58", "printer_twin"),
        ("Twin://", "printer_address"),
        ("tcp://[", "printer_address"),
    ):
        said = client.post("/admin/printers/printer/add/", form | {"address": address})
        assert text(f"errors.{sentence}", examples=EXAMPLES) in html.unescape(said.content.decode())
        with pytest.raises(Refused, match=sentence):
            setting_up.add_printer(small_hall.hall.pk, THE_HALL, new_key(), name="东门", address=address)
    assert not Printer.objects.exists()


def test_a_twin_that_was_left_over_from_the_demo_says_of_nothing_that_it_is_printed(
    desk: Desk, settings: Any
) -> None:
    settings.DEMO = False
    ticket = desk.issue()
    desk.work()
    assert desk.job(ticket).state == "queued"
    assert Printer.objects.get().condition == "bad_address"
    assert not desk.twin.slips
    hall = desk.small.hall.pk
    with pytest.raises(Refused, match="printer_twin"):
        setting_up.change_printer(hall, THE_HALL, new_key(), printer=desk.printer.pk, name="还在用")
    setting_up.change_printer(hall, THE_HALL, new_key(), printer=desk.printer.pk, is_active=False)


@pytest.mark.browser
@pytest.mark.slow
def test_slip_falls_fault_shows_and_reprint_prints(
    start_hall: HallStarter, pages: Pages, picture: Callable[[Page, str], None]
) -> None:
    hall = start_hall({"HALLQUEUE_DEMO": "1"})
    page = pages.open(f"{hall.url}/sign-in/?next=/wuhai/printers/")
    page.locator("[name=username]").fill("manager")
    page.locator("[name=password]").fill("hall-demo-2026")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_text("正常").first).to_be_visible()
    _say(page, "/wuhai/window/1/open/")
    services = page.evaluate("fetch('/wuhai/kiosk/catalogue.json').then((r) => r.json())")["services"]
    for service in services[:1]:
        _say(page, "/wuhai/kiosk/take/", service=service["code"])
    expect(page.locator(".papers img")).to_have_count(1)
    expect(page.get_by_text("已打印", exact=True)).to_be_visible()
    page.get_by_role("button", name="补打").click()
    page.get_by_role("button", name="群众遗失").click()
    expect(page.locator(".papers img")).to_have_count(2)
    expect(page.get_by_text("补打 第2份")).to_be_visible()
    page.get_by_role("button", name="开盖").click()
    expect(page.get_by_text("机盖打开").first).to_be_visible(timeout=8000)
    picture(page, "printers")


def _say(page: Page, url: str, **fields: object) -> None:
    """Post as the page's own script would."""
    told = page.evaluate(
        """async ([url, fields]) => {
            const path = [...document.scripts].find((each) => each.src.includes("printers.js")).src;
            const { post } = await import(new URL("../hallqueue/page.js", path));
            return post(url, fields);
        }""",
        [url, fields],
    )
    assert told
