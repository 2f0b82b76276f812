"""The console's frame: the same line as routing's, the verbs that make sense, and cheap for a whole hall."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallqueue.actions import windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.claims import may_take
from hallqueue.models import Event, Hall, Series, Service, Ticket, User, Window, WindowService
from hallqueue.models.windows import listed
from hallqueue.routing import PRECEDENCE, line
from hallqueue.topics import Topic, frame_of, parse
from hallqueue.topics.reading import Reading
from hallqueue.topics.window import LONGEST_LINE, line_of, rule_of
from tests.hall import SmallHall

pytestmark = pytest.mark.slow

NUMBERS = (1, 2, 3, 9)
STATES = ("open", "paused", "closed")


def reading_of(small: SmallHall) -> Reading:
    return Reading(small.fresh())


def frame(small: SmallHall, window: int = 1) -> dict[str, Any]:
    """The data of a window's frame as it stands."""
    found = frame_of(reading_of(small), Topic("window", small.hall.slug, str(window)))
    assert found is not None
    json.dumps(found)
    return dict(found["data"])


def labels(rows: list[dict[str, Any]]) -> list[str]:
    return [row["label"] for row in rows]


# --- the line: always what routing says ---

tickets = st.lists(
    st.tuples(
        st.integers(0, 2),  # service
        st.sampled_from([None, None, None, *NUMBERS]),  # sent to a window
        st.sampled_from(["", "", "", "asked", "sent"]),
        st.sampled_from(sorted(PRECEDENCE)),
        st.sampled_from(["waiting", "waiting", "waiting", "parked", "missed"]),
    ),
    max_size=12,
)
halls = st.tuples(
    st.tuples(*[st.sampled_from(STATES)] * 4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), unique=True, max_size=8),
    tickets,
)


def arrange(small: SmallHall, plan: tuple[Any, Any, Any]) -> None:
    """Put the hall into any arrangement that its rows allow."""
    states, takes, made = plan
    seats = [Window.objects.get(hall=small.hall, number=number) for number in NUMBERS]
    services = list(Service.objects.filter(hall=small.hall))
    for seat, state in zip(seats, states, strict=True):
        Window.objects.filter(pk=seat.pk).update(state=state)
    WindowService.objects.filter(hall=small.hall).delete()
    for seat_index, service_index in takes:
        WindowService.objects.create(
            hall=small.hall, window=seats[seat_index], service=services[service_index]
        )
    by_number = {seat.number: seat for seat in seats}
    for order, (service, sent, reason, klass, state) in enumerate(made):
        make_ticket(small.hall, services[service], order, by_number.get(sent), reason, klass, state)
    Reading._catalogues.clear()


def make_ticket(
    hall: Hall, service: Service, order: int, sent: Window | None, reason: str, klass: str, state: str
) -> None:
    Ticket.objects.create(
        hall=hall,
        business_date=hall.business_date(hall.moved_at),
        series=service.series,
        number=order + 1,
        label=f"X{order}",
        service=service,
        klass=klass,
        precedence=PRECEDENCE[klass],
        position=1000 - order % 5,
        for_window=sent,
        fallback_reason=reason,
        state=state,
        issued_at=hall.moved_at,
    )


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=halls)
def test_the_frame_and_the_router_always_name_the_same_line(small_hall: SmallHall, plan: Any) -> None:
    with transaction.atomic():
        arrange(small_hall, plan)
        reading = reading_of(small_hall)
        for window in reading.windows:
            seen = [row["id"] for row in line_of(reading, window)]
            assert seen == [ticket.pk for ticket in line(window)]
            rule = rule_of(reading, window)
            names = (
                "id",
                "service_id",
                "klass",
                "language",
                "precedence",
                "for_window_id",
                "fallback_reason",
            )
            aside = [row for row in Ticket.objects.values(*names) if rule.admits(row)]
            assert {row["id"] for row in aside} == set(
                Ticket.objects.filter(may_take(window).q).values_list("pk", flat=True)
            )
        transaction.set_rollback(True)


def test_next_calls_the_first_of_the_frame(small_hall: SmallHall) -> None:
    small_hall.issue("invoice")
    small_hall.issue("id-card", priority="disabled")
    shown = frame(small_hall, 2)
    assert shown["line"]["first"][0]["label"] == shown["next"]["label"] == "B001"
    assert small_hall.call_next(2)["label"] == "B001"


# --- what a clerk sees ---


def test_who_comes_next_is_shown_before_calling(small_hall: SmallHall) -> None:
    small_hall.issue(priority="elderly", language="mn", note="需要轮椅")
    row = frame(small_hall)["line"]["first"][0]
    shown = {name: row[name] for name in ("label", "service", "klass", "priority", "language", "note")}
    assert shown == {
        "label": "A001",
        "service": "居民身份证换领",
        "klass": "priority",
        "priority": "elderly",
        "language": "mn",
        "note": "需要轮椅",
    }
    assert row["since"].endswith("+00:00")


def test_a_token_never_reaches_the_console(small_hall: SmallHall) -> None:
    token = small_hall.issue()["token"]
    assert token not in json.dumps(frame(small_hall))


def test_the_verbs_offered_follow_the_day(small_hall: SmallHall) -> None:
    small_hall.issue()
    assert set(frame(small_hall)["may"]) == {"next", "pick", "pause", "close", "leave"}
    ticket = small_hall.ticket(small_hall.call_next())
    always = {"park", "transfer", "refuse", "correct", "join", "note", "pause", "undo"}
    assert set(frame(small_hall)["may"]) == {"recall", "start", "no_show", *always}
    small_hall.say("start")
    assert set(frame(small_hall)["may"]) == {"finish", *always}
    small_hall.say("park", reason="去复印")
    aside = {"pick", "transfer", "requeue"}
    assert set(frame(small_hall)["may"]) == {"pause", "close", "leave", "undo", *aside}
    assert frame(small_hall)["undo"] == {
        "ticket": ticket.pk,
        "label": "A001",
        "state": "parked",
        "verb": "park",
    }


def test_a_verb_offered_is_a_verb_allowed(small_hall: SmallHall) -> None:
    small_hall.issue()
    assert "next" in frame(small_hall)["may"]
    small_hall.call_next()
    for verb in ("start", "finish"):
        assert verb in frame(small_hall)["may"]
        small_hall.say(verb)
    assert "next" not in frame(small_hall)["may"]


def test_the_current_ticket_says_how_often_it_was_called(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next()
    small_hall.say("recall")
    current = frame(small_hall)["current"]
    assert (current["said"], current["state"], current["started_at"]) == (2, "called", None)


def test_the_fallback_window_shows_why_each_came(small_hall: SmallHall) -> None:
    small_hall.issue("id-card", to_fallback=True)
    small_hall.issue("housing")
    small_hall.say("close", 3)
    small_hall.issue("invoice")
    small_hall.call_next(2)
    small_hall.say("transfer", 2, reason="多次来访仍未办成", fallback=True)
    why = {row["label"]: row["why"] for row in frame(small_hall, 9)["line"]["first"]}
    assert why == {
        "A001": {"code": "asked", "text": ""},
        "C001": {"code": "no_window", "text": ""},
        "B001": {"code": "sent", "text": "多次来访仍未办成"},
    }


def test_set_aside_shows_the_window_its_own_and_its_services(small_hall: SmallHall) -> None:
    small_hall.issue("housing")
    small_hall.call_next(3)
    small_hall.say("no_show", 3)
    small_hall.issue()
    small_hall.call_next(1)
    small_hall.say("park", 1, reason="去复印")
    assert labels(frame(small_hall, 1)["aside"]["first"]) == ["A001"]
    assert labels(frame(small_hall, 2)["aside"]["first"]) == ["A001"]
    assert labels(frame(small_hall, 3)["aside"]["first"]) == ["C001"]


def test_what_another_window_set_aside_is_not_offered_for_undo(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next(1)
    small_hall.say("no_show", 1)
    assert frame(small_hall, 2)["undo"] is None


def test_who_sits_there_is_shown_and_who_took_over(small_hall: SmallHall) -> None:
    assert frame(small_hall)["shift"]["name"] == "clerk1"
    taker = small_hall.actor("manager")
    windows.sit(small_hall.hall.pk, taker, new_key(), window=1, take_over=True)
    assert frame(small_hall)["shift"]["user"] == small_hall.people["manager"].pk


def test_whom_alone_it_takes_and_what_it_speaks_is_shown(small_hall: SmallHall) -> None:
    shown = frame(small_hall)["window"]
    assert (shown["classes"], shown["languages"]) == ([], [])
    Window.objects.filter(number=1).update(classes=listed(["priority"]), languages=listed(["mn", "en"]))
    shown = frame(small_hall)["window"]
    assert (shown["classes"], shown["languages"]) == (["priority"], ["en", "mn"])


def test_a_long_line_is_cut_and_counted(small_hall: SmallHall) -> None:
    crowd(small_hall.hall, "id-card", 60)
    shown = frame(small_hall)["line"]
    assert (shown["count"], len(shown["first"])) == (60, LONGEST_LINE)


@pytest.mark.parametrize("name", ["77", "", "1 ", "x", "01", "1:2"])
def test_there_is_no_frame_of_a_window_that_is_not_there(small_hall: SmallHall, name: str) -> None:
    topic = parse(f"window:{small_hall.hall.slug}:{name}")
    assert topic is not None
    assert frame_of(reading_of(small_hall), topic) is None


def test_two_frames_of_one_seq_are_equal(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.call_next()
    assert frame(small_hall) == frame(small_hall)


def test_the_list_of_windows_says_who_sits_and_who_waits(small_hall: SmallHall) -> None:
    small_hall.issue()
    found = frame_of(reading_of(small_hall), Topic("windows", small_hall.hall.slug, ""))
    assert found is not None
    rows = {row["number"]: row for row in found["data"]["windows"]}
    assert (rows[1]["shift"]["name"], rows[1]["waiting"], rows[3]["waiting"]) == ("clerk1", 1, 0)
    assert frame_of(reading_of(small_hall), Topic("windows", small_hall.hall.slug, "x")) is None


# --- cheap for a whole hall ---


def crowd(hall: Hall, code: str, count: int) -> None:
    """Many waiting people, made in one stroke."""
    service = Service.objects.get(hall=hall, code=code)
    Ticket.objects.bulk_create(
        Ticket(
            hall=hall,
            business_date=hall.business_date(hall.moved_at),
            series=service.series,
            number=5000 + each,
            label=service.series.label(5000 + each),
            service=service,
            position=each,
            issued_at=hall.moved_at,
        )
        for each in range(count)
    )


def big_hall(small: SmallHall) -> None:
    """24 windows, 48 services, 300 people."""
    rows = [
        {"code": f"s{each}", "department": "公安局", "series": "A", "name": f"事项{each}"}
        for each in range(48)
    ]
    setup.load_services(small.hall.pk, THE_HALL, new_key(), rows=rows)
    for number in range(21, 45):
        takes = [[f"s{(number * 7 + each) % 48}", 0] for each in range(12)]
        setup.load_windows(small.hall.pk, THE_HALL, new_key(), rows=[{"number": number, "takes": takes}])
    Window.objects.filter(hall=small.hall).update(state="open")
    for each in range(0, 48, 4):
        code = f"s{each}"
        Series.objects.get_or_create(hall=small.hall, letter=f"Z{chr(65 + each // 4).replace('I', 'X')}")
        Service.objects.filter(hall=small.hall, code=code).update(
            series=Series.objects.get(hall=small.hall, letter=f"Z{chr(65 + each // 4).replace('I', 'X')}")
        )
        crowd(small.hall, code, 25)


def all_frames(small: SmallHall) -> int:
    reading = reading_of(small)
    seats = list(Window.objects.filter(hall=small.hall, number__gte=21))
    found = [frame_of(reading, Topic("window", small.hall.slug, str(seat.number))) for seat in seats]
    return len([each for each in found if each])


def test_a_hall_of_consoles_costs_no_more_queries_than_one(small_hall: SmallHall) -> None:
    big_hall(small_hall)
    all_frames(small_hall)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert all_frames(small_hall) == 24
    assert len(asked) <= 10, [query["sql"][:90] for query in asked]


def test_every_state_shown_has_its_event(small_hall: SmallHall) -> None:
    """The frame's head is the log's: nothing is shown that was not logged."""
    small_hall.issue()
    small_hall.call_next()
    found = frame_of(reading_of(small_hall), Topic("window", small_hall.hall.slug, "1"))
    assert found is not None
    assert found["seq"] == Event.objects.filter(hall=small_hall.hall).latest("seq").seq
    assert User.objects.filter(pk=found["data"]["shift"]["user"]).exists()
