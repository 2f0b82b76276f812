"""The door: signing in and out, the lock, where it leads, and that the demo's shortcuts exist in the demo alone."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from hallqueue.actions.entering import TRIES
from hallqueue.models import Call, Device, Event, Hall, Presence, Ticket, User, Window
from tests.hall import SmallHall

pytestmark = pytest.mark.slow

PASSWORD = "right horse 2026"
DEMO_POSTS = {
    "/demo/sign-in/": {"username": "small-clerk1"},
    "/demo/device/": {"kind": "kiosk"},
    "/demo/ticket/": {},
    "/demo/day/": {"speed": "10"},
}


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    cache.clear()


@pytest.fixture
def manager(small_hall: SmallHall) -> User:
    user = small_hall.people["manager"]
    user.set_password(PASSWORD)
    user.password_given = False  # chosen by themselves: test_password
    user.save()
    return user


@pytest.fixture
def demo(small_hall: SmallHall, settings: Settings) -> SmallHall:
    settings.DEMO = True
    Hall.objects.filter(pk=small_hall.hall.pk).update(is_demo=True)
    return small_hall


def sign_in(client: Client, name: str, password: str = PASSWORD, to: str = "") -> tuple[int, str]:
    answer = client.post("/sign-in/", {"username": name, "password": password, "next": to})
    return answer.status_code, answer.headers.get("Location", "") or answer.content.decode()


def test_signing_in_leads_to_the_page_of_ones_work(client: Client, manager: User) -> None:
    assert sign_in(client, manager.username) == (302, "/small/manager/")
    assert client.get("/small/manager/").status_code == 200


def test_a_turned_away_person_comes_back_to_the_page_asked_for(client: Client, manager: User) -> None:
    turned_away = client.get("/small/devices/")
    assert turned_away.headers["Location"] == "/sign-in/?next=/small/devices/"
    assert sign_in(client, manager.username, to="/small/devices/") == (302, "/small/devices/")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_never_leads_outside(client: Client, manager: User, elsewhere: str) -> None:
    assert sign_in(client, manager.username, to=elsewhere) == (302, "/small/manager/")


def test_the_session_is_a_new_one_after_signing_in(client: Client, manager: User) -> None:
    session = client.session
    session["from"] = "before"
    session.save()
    before = session.session_key
    sign_in(client, manager.username)
    assert client.session.session_key != before


def test_a_wrong_password_and_an_unknown_name_sound_the_same(client: Client, manager: User) -> None:
    known = sign_in(client, manager.username, "wrong")
    unknown = sign_in(client, "nobody-here", "wrong")
    assert known[0] == unknown[0] == 401
    assert said(known[1]) == said(unknown[1]) == "用户名或密码不正确。"


def said(page: str) -> str:
    found = re.search(r'role="alert">.*?<p>(.*?)</p>', page, re.DOTALL)
    return found.group(1) if found else ""


@pytest.mark.parametrize("name", ["small-manager", "nobody-here"])
def test_five_wrong_tries_lock_any_name_even_for_the_right_password(
    client: Client, manager: User, name: str
) -> None:
    tries = [sign_in(client, name, "wrong")[0] for _ in range(TRIES)]
    assert tries == [401] * TRIES
    status, page = sign_in(client, name)
    assert (status, said(page)) == (429, "登录失败次数太多，请 15 分钟后再试。")
    assert client.get("/small/manager/").status_code == 302


def test_a_right_password_ends_the_count(client: Client, manager: User) -> None:
    for _ in range(TRIES - 1):
        sign_in(client, manager.username, "wrong")
    assert sign_in(client, manager.username)[0] == 302
    assert sign_in(client, manager.username, "wrong")[0] == 401


def test_someone_who_left_cannot_sign_in(client: Client, manager: User) -> None:
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert sign_in(client, manager.username)[0] == 401


@pytest.mark.parametrize("name", ["\0", "x" * 10_000, "<script>alert(1)</script>", "王建军'; --"])
def test_strange_names_are_simply_wrong(client: Client, manager: User, name: str) -> None:
    status, page = sign_in(client, name, "x" * 10_000)
    assert status == 401
    assert "<script>alert" not in page


def test_signing_out_is_a_post_and_is_noted(client: Client, manager: User) -> None:
    sign_in(client, manager.username)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/small/manager/").status_code == 302
    assert Event.objects.get(kind="person.changed").data["what"] == "signed out"


def test_passwords_are_kept_by_argon2_alone(manager: User) -> None:
    assert manager.password.startswith("argon2$")
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_language_theme_and_size_are_kept_by_the_browser(client: Client, db: None) -> None:
    client.post("/dress/", {"lang": "en", "next": "/"})
    client.post("/dress/", {"theme": "dark", "next": "//evil.example"})
    page = client.get("/").content.decode()
    assert 'lang="en"' in page
    assert 'data-theme="dark"' in page
    assert "Take a number, get it done" in page
    for wish, kept in (("elder", "elder"), ("huge", "elder"), ("normal", "normal")):
        client.post("/dress/", {"view": wish})
        page = client.get("/sign-in/").content.decode()
        assert f'data-view="{kept}"' in page
        assert f'value="{"normal" if kept == "elder" else "elder"}" aria-pressed' in page


def test_the_start_page_lists_ones_own_hall_and_pages(client: Client, manager: User) -> None:
    sign_in(client, manager.username)
    page = client.get("/").content.decode()
    assert "小镇政务大厅" in page
    assert "/small/manager/" in page
    assert "/small/setup/" in page
    assert 'href="/admin/"' not in page


def test_outside_the_demo_the_start_page_names_no_hall_and_no_account(
    client: Client, small_hall: SmallHall
) -> None:
    page = client.get("/").content.decode()
    assert "/small/" not in page
    assert "小镇" not in page
    assert "/demo/" not in page


@pytest.mark.parametrize("path", DEMO_POSTS)
@pytest.mark.parametrize(("demo_mode", "demo_hall"), [(False, False), (False, True), (True, False)])
def test_outside_the_demo_no_shortcut_exists(
    client: Client,
    small_hall: SmallHall,
    settings: Settings,
    path: str,
    demo_mode: bool,
    demo_hall: bool,
) -> None:
    settings.DEMO = demo_mode
    Hall.objects.filter(pk=small_hall.hall.pk).update(is_demo=demo_hall)
    assert client.post(path, DEMO_POSTS[path]).status_code == 404
    assert not client.cookies.keys() & {"sessionid", "hq_kiosk"}
    assert not Device.objects.exists()
    assert not Ticket.objects.exists()


def test_in_the_demo_one_click_signs_in_as_any_role(client: Client, demo: SmallHall) -> None:
    for name, home in [
        ("clerk1", "/small/window/"),
        ("manager", "/small/manager/"),
        ("desk", "/small/desk/"),
        ("auditor", "/small/manager/"),
    ]:
        answer = client.post("/demo/sign-in/", {"username": f"small-{name}"})
        assert answer.headers["Location"] == home
        assert client.session["_auth_user_id"] == str(demo.people[name].pk)


def test_the_demo_signs_in_nobody_of_a_real_hall(client: Client, demo: SmallHall) -> None:
    real = Hall.objects.create(slug="real", name="Real")
    User.objects.create(username="real-manager", role="manager", hall=real)
    User.objects.create(username="everywhere", role="administrator")
    for name in ("real-manager", "everywhere", ""):
        assert client.post("/demo/sign-in/", {"username": name}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "page"),
    [
        ({"kind": "kiosk"}, "/small/kiosk/"),
        ({"kind": "board"}, "/small/board/"),
        ({"kind": "screen", "window": "3"}, "/small/screen/3/"),
    ],
)
def test_in_the_demo_one_click_pairs_this_browser(
    client: Client, demo: SmallHall, fields: dict[str, str], page: str
) -> None:
    answer = client.post("/demo/device/", fields)
    cookie = answer.cookies[f"hq_{fields['kind']}"]
    assert answer.headers["Location"] == page
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    client.post("/demo/device/", fields)
    assert Device.objects.count() == 1, "a second click makes no second device"


def test_a_device_made_by_one_click_goes_when_the_next_is_made_and_nobody_looks_at_it(
    demo: SmallHall,
) -> None:
    for _ in range(3):
        Client().post("/demo/device/", {"kind": "board"})
    left, looked_at, _ = Device.objects.order_by("pk")
    now = timezone.now()
    for device, gone in ((left, now), (looked_at, None)):
        Presence.objects.create(hall=demo.hall, subject=f"device:{device.pk}", seen_at=now, gone_at=gone)
    Client().post("/demo/device/", {"kind": "kiosk"})
    assert Device.objects.filter(revoked_at=None).count() == 4
    Client().post("/demo/device/", {"kind": "board"})
    assert set(Device.objects.exclude(revoked_at=None)) == {left}


def test_a_device_cookie_is_secure_where_the_hall_is(
    client: Client, demo: SmallHall, settings: Settings
) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert client.post("/demo/device/", {"kind": "board"}).cookies["hq_board"]["secure"]


@pytest.mark.parametrize("window", ["77", "", "x", "9" * 30])
def test_a_screen_needs_a_window_that_exists(client: Client, demo: SmallHall, window: str) -> None:
    assert client.post("/demo/device/", {"kind": "screen", "window": window}).status_code == 404


def test_in_the_demo_a_kiosk_finds_the_windows_open(client: Client, demo: SmallHall) -> None:
    demo.say("leave", 2)
    client.post("/demo/device/", {"kind": "board"})
    assert Window.objects.get(hall=demo.hall, number=2).state == "closed"
    client.post("/demo/device/", {"kind": "kiosk"})
    assert not Window.objects.filter(hall=demo.hall).exclude(state="open").exists()


def test_in_the_demo_a_number_can_be_taken_even_in_an_empty_hall(client: Client, demo: SmallHall) -> None:
    for number in (1, 2, 3, 9):
        demo.say("leave", number)
    answer = client.post("/demo/ticket/")
    assert answer.headers["Location"] == f"/t/{Ticket.objects.get().token}/"
    assert not Call.objects.exists()


def test_in_the_demo_the_start_page_shows_a_door_to_every_screen(client: Client, demo: SmallHall) -> None:
    page = client.get("/").content.decode()
    for door in (
        'value="kiosk"',
        'value="board"',
        'value="screen"',
        'value="small-clerk1"',
        'value="small-manager"',
        "/demo/ticket/",
    ):
        assert door in page
    assert page.count("csrfmiddlewaretoken") == page.count('method="post"')


def change(client: Client, old: str, new: str, again: str | None = None) -> tuple[int, str]:
    answer = client.post("/password/", {"old": old, "new": new, "again": new if again is None else again})
    return answer.status_code, answer.content.decode()


def test_whoever_was_given_a_password_changes_it_and_is_signed_out_elsewhere(
    client: Client, manager: User
) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser, manager.username)
    assert "/password/" in client.get("/").content.decode()
    assert change(client, PASSWORD, "left horse 2027")[0] == 200
    assert client.get("/small/manager/").status_code == 200
    assert elsewhere.get("/small/manager/").status_code == 302
    assert sign_in(Client(), manager.username)[0] == 401
    assert sign_in(Client(), manager.username, "left horse 2027")[0] == 302
    told = Event.objects.filter(kind="person.changed").latest("seq")
    assert (told.by, told.data["fields"]) == (f"user:{manager.pk}", ["password"])


@pytest.mark.parametrize(
    ("old", "new", "again", "status", "said"),
    [
        ("wrong", "left horse 2027", "left horse 2027", 403, "现在的密码不正确"),
        (PASSWORD, "left horse 2027", "left horse 2028", 400, "不一样"),
        (PASSWORD, "12345678", "12345678", 400, "常见"),
        (PASSWORD, "lefthorse2027", "lefthorse2027", 400, "要有三种"),
        (PASSWORD, "LEFT-HORSES", "LEFT-HORSES", 400, "要有三种"),
        (PASSWORD, "x" * 1001, "x" * 1001, 400, "1000"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_a_sentence(
    client: Client, manager: User, old: str, new: str, again: str, status: int, said: str
) -> None:
    sign_in(client, manager.username)
    answer = change(client, old, new, again)
    assert answer[0] == status
    assert said in answer[1]
    assert sign_in(Client(), manager.username)[0] == 302


def test_wrong_present_passwords_lock_like_wrong_ones_at_the_door(client: Client, manager: User) -> None:
    sign_in(client, manager.username)
    for _ in range(TRIES):
        assert change(client, "wrong", "left horse 2027")[0] == 403
    assert change(client, PASSWORD, "left horse 2027")[0] == 429


def test_the_password_that_a_demo_shares_stays(client: Client, manager: User, demo: SmallHall) -> None:
    sign_in(client, manager.username)
    assert change(client, PASSWORD, "left horse 2027")[0] == 409
