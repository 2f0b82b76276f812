"""The set-up pages: an administrator changes the own hall, each change is in the log, and no counter is set back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

import hallqueue
from hallqueue.models import (
    ApiClient,
    ConcernRules,
    Department,
    Event,
    Facility,
    Hall,
    Item,
    RatingRules,
    Role,
    User,
)
from hallqueue.texts import text
from tests.hall import SmallHall, make_small_hall


@pytest.fixture
def administrator(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["administrator"])
    return client


def test_a_changed_hall_keeps_its_log(administrator: Client, small_hall: SmallHall) -> None:
    small_hall.issue()
    before = small_hall.fresh()
    page = f"/admin/hallqueue/hall/{before.pk}/change/"
    fields = administrator.get(page).context["adminform"].form.initial
    answer = administrator.post(
        page, {**{k: v for k, v in fields.items() if v is not None}, "cutoff_hour": 4}
    )
    assert answer.status_code == 302, answer.content.decode()
    after = small_hall.fresh()
    assert (after.cutoff_hour, after.epoch) == (4, before.epoch)
    assert after.seq == after.setup_seq == before.seq + 1
    assert Event.objects.get(seq=after.seq).data["what"] == "hall changed"


def test_a_form_that_is_sent_twice_is_kept_and_noted_once(small_hall: SmallHall) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(small_hall.people["administrator"])

    def form(page: str) -> dict[str, str]:
        shown = browser.get(page)
        fields = shown.context["adminform"].form.initial
        kept = {name: str(value) for name, value in fields.items() if value not in (None, False)}
        return kept | {"csrfmiddlewaretoken": str(shown.context["csrf_token"])}

    add, water = "/admin/hallqueue/facility/add/", {"code": "water", "name": "饮水机", "place": "西门"}
    fields = form(add) | water | {"order": "1", "is_active": "on"}
    assert browser.post(add, fields).status_code == 302
    assert "已经提交过" in browser.post(add, fields, follow=True).content.decode()
    made = Facility.objects.get(code="water")
    page = f"/admin/hallqueue/facility/{made.pk}/change/"
    fields = form(page) | {"place": "东门"}
    for _ in range(2):
        assert browser.post(page, fields).status_code == 302
    told = [event.data["what"] for event in Event.objects.filter(kind="setup.changed").order_by("seq")]
    assert told[-2:] == ["facility added", "facility changed"]
    other = browser.post(add, form(add) | water | {"order": "1"}, follow=True).content.decode()
    assert "大厅已经有同样编码或名称的一项" in other


def test_a_new_person_belongs_to_the_administrators_hall(
    administrator: Client, small_hall: SmallHall
) -> None:
    person = {"username": "new-clerk", "name": "新人", "role": "clerk"}
    passwords = {"password1": "a long word 2026", "password2": "a long word 2026"}
    answer = administrator.post("/admin/hallqueue/user/add/", {**person, **passwords, "hall": "999"})
    assert answer.status_code == 302, answer.content.decode()
    found = User.objects.get(username="new-clerk")
    assert (found.hall, found.is_superuser) == (small_hall.hall, False)
    assert found.check_password("a long word 2026")
    assert Event.objects.filter(kind="person.changed").exists()


def test_a_password_that_is_given_twice_by_one_form_is_given_once(
    administrator: Client, small_hall: SmallHall
) -> None:
    page = f"/admin/hallqueue/user/{small_hall.people['clerk1'].pk}/password/"
    token = str(administrator.get(page).context["csrf_token"])
    fields = {"password1": "a long word 2026", "password2": "a long word 2026", "usable_password": "true"}

    def give() -> tuple[bool, str, int]:
        said = administrator.post(page, fields | {"csrfmiddlewaretoken": token}, follow=True).content.decode()
        person = User.objects.get(username="small-clerk1")
        assert person.check_password("a long word 2026")
        told = Event.objects.filter(kind="person.changed").count()
        return "已经提交过" in said, person.password + person.password_before, told

    first, second = give(), give()
    assert (first[0], second[0]) == (False, True)
    assert first[1:] == second[1:], "the hash, the one before and the log stay as the first made them"
    token = str(administrator.get(page).context["csrf_token"])
    assert give()[1] != first[1], "the same word on a new form is another act"


def test_an_administrator_sees_nothing_of_another_hall(administrator: Client) -> None:
    other = make_small_hall((), slug="other")
    Department.objects.filter(hall=other.hall).update(name="别处的部门")
    lent = Item.objects.create(hall=other.hall, code="wheelchair", name="别处的轮椅", total=1)
    for page in ("item/", "concernduty/add/", "user/", "hall/"):
        shown = administrator.get(f"/admin/hallqueue/{page}").content.decode()
        assert "别处的" not in shown, page
        assert "other-clerk1" not in shown, page
    assert administrator.get(f"/admin/hallqueue/item/{lent.pk}/change/").status_code == 302


def test_nothing_is_deleted(administrator: Client, small_hall: SmallHall) -> None:
    lent = Item.objects.create(hall=small_hall.hall, code="wheelchair", name="轮椅", total=1)
    page = f"/admin/hallqueue/item/{lent.pk}/delete/"
    assert administrator.post(page, {"post": "yes"}).status_code == 403


def test_people_and_machines_are_added_from_the_command_line(
    small_hall: SmallHall, capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    call_command("add_user", "night", "--role", "manager", "--hall", "small")
    password = capsys.readouterr().out.strip().rpartition(" ")[2]
    assert client.login(username="night", password=password)
    call_command("api_client", "add", "--hall", "small", "--name", "短信平台", "--role", "desk")
    token = capsys.readouterr().out.strip()
    assert token not in str(ApiClient.objects.values())
    assert client.get("/api/v1/halls/small", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    with pytest.raises(CommandError, match="There is already"):
        call_command("add_user", "night", "--role", "clerk", "--hall", "small")


def test_whoever_createsuperuser_makes_finds_the_way_to_the_first_hall(client: Client, db: None) -> None:
    call_command("createsuperuser", "--noinput", username="op", email="")
    client.force_login(User.objects.get(username="op"))
    shown = client.get("/").content.decode()
    assert 'href="/admin/hallqueue/hall/add/"' in shown
    fields = {"slug": "first", "name": "第一个大厅", "time_zone": "Asia/Shanghai", "cutoff_hour": 3}
    assert client.post("/admin/hallqueue/hall/add/", fields).status_code == 302
    shown = client.get("/").content.decode()
    assert "第一个大厅" in shown
    assert "hall/add" not in shown


@pytest.mark.parametrize(
    ("field", "value"), [("slug", "admin"), ("slug", "t"), ("slug", "static"), ("time_zone", "Mars/Base")]
)
def test_a_hall_gets_no_address_of_the_program_and_no_zone_that_is_none(
    client: Client, small_hall: SmallHall, field: str, value: str
) -> None:
    client.force_login(User.objects.create(username="op", role="administrator"))
    fields = {"slug": "second", "name": "二", "time_zone": "Asia/Shanghai", "cutoff_hour": 3, field: value}
    answer = client.post("/admin/hallqueue/hall/add/", fields)
    assert field in answer.context["adminform"].form.errors
    assert not Hall.objects.filter(name="二").exists()


@pytest.mark.parametrize(("role", "made"), [("clerk", False), ("manager", False), ("administrator", True)])
def test_nobody_but_an_administrator_belongs_to_all_halls_by_naming_none(
    client: Client, small_hall: SmallHall, role: str, made: bool
) -> None:
    client.force_login(User.objects.create(username="op", role="administrator"))
    passwords = {"password1": "a long word 2026", "password2": "a long word 2026", "usable_password": "true"}
    fields = {"username": "new", "name": "新人", "role": role, "hall": "", **passwords}
    client.post("/admin/hallqueue/user/add/", fields)
    assert User.objects.filter(username="new").exists() == made
    client.post("/admin/hallqueue/user/add/", fields | {"username": "own", "hall": small_hall.hall.pk})
    assert User.objects.get(username="own").hall == small_hall.hall


TABLES = ("hall", "item", "facility", "user", "concerngrade", "concerncause", "concernduty")
LABEL = re.compile(r"<(label|legend|h1|h2|th(?= scope=.col))\b[^>]*>(.*?)</\1>", re.DOTALL)


def labels_of(page: str) -> set[str]:
    """What the labels and heads of a page say, those that say anything."""
    found = {re.sub(r"<[^>]+>|\s+", " ", words).strip() for _, words in LABEL.findall(page)}
    return {each for each in found if re.search("[A-Za-z]", each)}


def test_every_label_of_the_set_up_pages_is_chinese(small_hall: SmallHall) -> None:
    User.objects.create_superuser("whole", password="a long word 2026")
    ConcernRules.objects.create(hall=small_hall.hall)
    RatingRules.objects.create(hall=small_hall.hall)
    client = Client()
    client.force_login(User.objects.get(username="whole"))
    addresses = [f"{table}/{page}" for table in TABLES for page in ("", "add/")]
    addresses += [f"hall/{small_hall.hall.pk}/change/", "concernrules/", "concernrules/add/", "ratingrules/"]
    addresses = [f"hallqueue/{each}" for each in addresses] + ["printers/printer/", "printers/printer/add/"]
    for address in ["", *addresses]:
        answer = client.get(f"/admin/{address}")
        assert answer.status_code == 200, address
        told = labels_of(answer.content.decode())
        assert [each for each in told if not re.search("[\u4e00-\u9fff]", each)] == [], address


def test_the_set_up_pages_are_called_as_the_way_to_them_is(administrator: Client) -> None:
    assert f"<h1>{text('door.place.admin')}</h1>" in administrator.get("/admin/").content.decode()


def test_a_role_is_called_the_same_on_every_page() -> None:
    for role in Role:
        assert text(f"words.role.{role}") == role.label


def test_what_django_s_chinese_lacks_is_said_as_its_file_says() -> None:
    folder = Path(hallqueue.__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES"
    written = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / "django.po").read_text(), re.MULTILINE)
    assert written
    with translation.override("zh-hans"):
        assert [(words, translation.gettext(words)) for words, _ in written] == written


def test_the_admin_wears_the_house_s_colours(administrator: Client) -> None:
    page = administrator.get("/admin/hallqueue/user/").content.decode()
    sheets = re.findall(r'<link rel="stylesheet" href="[^"]*?/(\w+)(?:\.\w+)?\.css">', page)
    assert sheets.index("dark_mode") < sheets.index("tokens") < sheets.index("admin")
