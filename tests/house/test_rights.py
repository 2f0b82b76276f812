"""Every address, topic and operation × everybody who may come; a new one fails here until its row is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from hallqueue.actions import people
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.environment import BadEnvironment, read_environment
from hallqueue.live.rights import may_look, viewer_of_cookies
from hallqueue.models import Device, Ticket
from hallqueue.topics import KINDS, Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.web.access import Viewer
from tests.hall import SmallHall, make_small_hall
from tests.machine import Machine
from tests.rights import ELSEWHERE, OPERATIONS, PAGES, PARTS, SENSE, STAFF, TOPICS, VIEWERS

pytestmark = pytest.mark.slow

Come = Callable[[str], Client]


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern.callback


def all_pages() -> list[str]:
    return [route for route, _ in routes(get_resolver().url_patterns) if not route.startswith(ELSEWHERE)]


def address(route: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: PARTS[part.group(1)], route)


@pytest.fixture
def come(small_hall: SmallHall) -> Come:
    """`come("kiosk")` is a browser as that viewer has it."""
    other = make_small_hall((), slug="other")

    def as_viewer(name: str) -> Client:
        client = Client()
        if name in STAFF:
            client.force_login(small_hall.people["clerk1" if name == "clerk" else name])
        elif name == "manager elsewhere":
            client.force_login(other.people["manager"])
        elif name != "anonymous":
            _pair(client, other if name == "kiosk elsewhere" else small_hall, name)
        return client

    return as_viewer


def _pair(client: Client, small: SmallHall, name: str) -> None:
    kind = "kiosk" if "kiosk" in name else name
    secret, key = people.new_secret(), new_key()
    window = 1 if kind in ("screen", "pad") else None
    enrolled = people.enrol(
        small.hall.pk, THE_HALL, key, kind=kind, name=name, token_hash=people.hashed(secret), window=window
    )
    client.cookies[f"hq_{kind}"] = secret
    if name == "revoked kiosk":
        people.revoke_device(small.hall.pk, small.actor("manager"), new_key(), device=enrolled["device"])


def is_let_in(client: Client, route: str) -> bool:
    """Whether the door opened: what the view then says of an empty request is its own matter."""
    said = {"Accept": "application/json"}
    answer = client.get(address(route), headers=said)
    if answer.status_code == 405:
        answer = client.post(address(route), b"{}", content_type="application/json", headers=said)
    assert answer.status_code != 405, route
    turned_away = answer.status_code in (401, 403) and answer.json()["code"] in (
        "not_allowed",
        "sign_in_needed",
    )
    return not turned_away


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    assert sorted(all_pages()) == sorted(PAGES)


def test_every_page_names_its_audience() -> None:
    silent = [
        route
        for route, view in routes(get_resolver().url_patterns)
        if not route.startswith(ELSEWHERE) and not hasattr(view, "allowed")
    ]
    assert silent == []


@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_page_opens_to_its_audience_alone(come: Come, viewer: str) -> None:
    client = come(viewer)
    cookies = client.cookies.output()
    opened = set()
    for route in PAGES:
        client.cookies.load(cookies)
        opened |= {route} if route == "sign-out/" or is_let_in(client, route) else set()
    assert opened == {route for route, audience in PAGES.items() if audience & {"anyone", VIEWERS[viewer]}}


@pytest.mark.parametrize("viewer", sorted(STAFF))
def test_nobody_of_staff_is_told_a_ticket_s_own_address(
    come: Come, small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch, viewer: str
) -> None:
    """Who knew it could rate for the citizen, and see whether somebody did: it is on the slip and on the own glass."""
    taken = small_hall.issue()
    for verb in ("call_next", "start", "finish"):
        small_hall.say(verb)
    waiting = small_hall.issue()
    client, said = come(viewer), {"Accept": "application/json"}
    cookies, told = client.cookies.output(), ""
    for ticket in (taken, waiting):
        monkeypatch.setitem(PARTS, "ticket", str(ticket["ticket"]))
        for route in PAGES:
            client.cookies.load(cookies)
            answer = client.get(address(route), headers=said)
            told += b"".join(answer).decode(errors="replace") if answer.status_code == 200 else ""
    hall, names = small_hall.fresh(), ("main", "1", str(taken["ticket"]), str(waiting["ticket"]))
    seen = [
        Topic(kind, "small", name)
        for kind, audience in TOPICS.items()
        if viewer in audience
        for name in names
    ]
    told += json.dumps([frame_of(Reading(hall), topic) for topic in seen])
    assert waiting["label"] in told or viewer == "clerk"
    assert taken["token"] not in told
    assert waiting["token"] not in told


@pytest.mark.parametrize("page", ["desk/issue", "kiosk/take"])
def test_the_desk_gives_a_number_and_is_not_told_its_address(
    come: Come, small_hall: SmallHall, page: str
) -> None:
    body = {"key": new_key(), "service": "id-card"}
    answer = come("desk").post(f"/small/{page}/", body, content_type="application/json")
    ticket, told = Ticket.objects.get(), answer.content.decode()
    assert ticket.label in told
    assert ticket.token not in told
    assert "ratings" not in answer.json()["frame"]


def test_a_view_that_names_nobody_is_closed_to_everybody(come: Come, monkeypatch: pytest.MonkeyPatch) -> None:
    view = get_resolver().resolve("/small/manager/").func
    monkeypatch.delattr(view, "allowed")
    for viewer in VIEWERS:
        assert not is_let_in(come(viewer), "<slug:hall>/manager/")


def test_every_kind_of_topic_has_a_row_and_every_row_a_kind() -> None:
    assert sorted(KINDS) == sorted(TOPICS)


def looks_at_a_socket(client: Client) -> Viewer:
    """The viewer a socket would know by this browser's cookies."""
    with pytest.MonkeyPatch.context() as patch:
        # The sockets' own threads give stale connections back; here it would end the test's transaction.
        patch.setattr("hallqueue.live.rights.close_old_connections", lambda: None)
        return viewer_of_cookies({name: morsel.value for name, morsel in client.cookies.items()})[0]


@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_topic_shows_itself_to_its_audience_alone(
    come: Come, small_hall: SmallHall, viewer: str
) -> None:
    who = looks_at_a_socket(come(viewer))
    device = Device.objects.filter(hall=small_hall.hall).first()
    names = {"paper": str(device.pk) if device else "shared"}  # a kiosk sees its own paper alone
    seen = {
        kind for kind in TOPICS if may_look(who, Topic(kind, "small", names.get(kind, "1")), small_hall.hall)
    }
    assert seen == {kind for kind, audience in TOPICS.items() if audience & {"anyone", VIEWERS[viewer]}}


def test_a_window_screen_sees_its_own_window_alone(come: Come, small_hall: SmallHall) -> None:
    who = looks_at_a_socket(come("screen"))
    assert may_look(who, Topic("screen", "small", "1"), small_hall.hall)
    assert not may_look(who, Topic("screen", "small", "2"), small_hall.hall)


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    return found


@cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """operationId → method, path and the smallest body its schema takes, all from the OpenAPI document."""
    described = document()
    return {
        each["operationId"]: (method, path, _smallest_body(described, each))
        for path, ways in described["paths"].items()
        for method, each in ways.items()
    }


def _smallest_body(described: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for choice in (schema, *schema.get("anyOf", ())):
        name = choice.get("$ref", "").rpartition("/")[2]
        if name:
            shape = described["components"]["schemas"][name]
            return {field: _sensible(shape["properties"][field]) for field in shape.get("required", ())}
    return {}


def _sensible(field: dict[str, Any]) -> Any:
    """A value of the field's kind: the first of those that are named, if any are."""
    if "examples" in field:
        return field["examples"][0]
    if "anyOf" in field:
        return _sensible(field["anyOf"][0])
    if field.get("type") == "array":
        return [_sensible(field["items"])] if field.get("minItems") else []
    if field.get("format") == "date":
        return "2026-03-02"
    return field["enum"][0] if "enum" in field else field.get("minimum", SENSE[field["type"]])


def test_every_operation_has_a_row_and_every_row_an_operation(db: None) -> None:
    assert sorted(operations()) == sorted(OPERATIONS)


@pytest.mark.parametrize("role", sorted(STAFF))
def test_every_operation_is_open_to_its_roles_alone(small_hall: SmallHall, role: str) -> None:
    machine = Machine(small_hall, role)
    token = {"Authorization": f"Bearer {machine.token}"}
    allowed = {name for name, way in operations().items() if _operation(way, token) != "not_allowed"}
    assert allowed == {name for name, roles in OPERATIONS.items() if role in roles}


def test_no_operation_is_open_without_a_token_or_with_a_revoked_one(small_hall: SmallHall) -> None:
    machine = Machine(small_hall, "administrator")
    people.revoke_client(small_hall.hall.pk, THE_HALL, new_key(), client=machine.pk)
    for headers in ({}, {"Authorization": f"Bearer {machine.token}"}, {"Authorization": "Bearer x"}):
        assert {_operation(way, headers) for way in operations().values()} == {"token_needed"}


def test_a_machine_finds_no_other_hall(small_hall: SmallHall) -> None:
    make_small_hall((), slug="other")
    machine = Machine(small_hall, "administrator")
    token = {"Authorization": f"Bearer {machine.token}"}
    assert {_operation(way, token, hall="other") for way in operations().values()} == {"hall_unknown"}


def _operation(way: tuple[str, str, dict[str, Any]], headers: dict[str, str], hall: str = "small") -> Any:
    """What an operation says to a request that is well formed."""
    method, path, body = way
    url = re.sub(r"{(\w+)}", lambda part: PARTS[part.group(1)], path.replace("{hall}", hall))
    sent = {"data": body, "content_type": "application/json"} if method == "post" else {}
    answer = getattr(Client(), method)(url, headers={**headers, "Idempotency-Key": new_key()}, **sent)
    return answer.json()["code"] if answer.status_code >= 400 else "done"


@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_set_up_pages_open_to_administrators_alone(come: Come, viewer: str) -> None:
    answers = {
        come(viewer).get(f"/admin/{page}").status_code
        for page in ("", "hallqueue/item/", "hallqueue/user/add/")
    }
    assert answers == ({200} if viewer == "administrator" else {302})


def test_every_write_needs_a_csrf_token(small_hall: SmallHall) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(small_hall.people["administrator"])
    for route in [*all_pages(), "admin/", "admin/hallqueue/item/add/"]:
        answer = client.post(
            address(route), b"{}", content_type="application/json", headers={"Accept": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), route


@pytest.mark.parametrize(
    "path", ["/", "/sign-in/", "/small/manager/", "/small/pair/", "/admin/", "/nowhere/"]
)
def test_the_security_policy_is_strict_everywhere(come: Come, path: str) -> None:
    answer = come("administrator").get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"unsafe-|\*|https?:", policy)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_star_stands_for_a_host(client: Client) -> None:
    assert "*" not in "".join(settings.ALLOWED_HOSTS)
    with pytest.raises(BadEnvironment, match="HALLQUEUE_HOSTS"):
        read_environment({"HALLQUEUE_HOSTS": "*", "HALLQUEUE_SECRET": "x"})
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
