"""What a window says about tickets: each verb, what it refuses, and the step it takes back."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from hallqueue.actions.command import new_key
from hallqueue.actions.line import calling
from hallqueue.errors import Refused
from hallqueue.models import Call, Event, Ticket
from tests.hall import ROOMS, SmallHall

CONTROL = "去\x00复\x07印\u202e件\n"


def refusal(small: SmallHall, verb: str, window: int = 1, **details: Any) -> Refused:
    """The refusal that a verb meets; nothing at all may have been logged."""
    before = small.fresh().seq
    with pytest.raises(Refused) as caught:
        small.say(verb, window, **details)
    assert small.fresh().seq == before
    return caught.value


def called(small: SmallHall, service: str = "id-card", window: int = 1) -> Ticket:
    """A ticket just called to a window."""
    small.issue(service)
    return small.ticket(small.call_next(window))


def set_aside(small: SmallHall, verb: str) -> None:
    """Park with a reason, or no-show."""
    details: dict[str, Any] = {"reason": "去复印"} if verb == "park" else {}
    small.say(verb, **details)


def events_of(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("seq").values_list("kind", flat=True))


# --- next ---


def test_next_takes_the_first_of_the_line(small_hall: SmallHall) -> None:
    first, second = small_hall.issue(), small_hall.issue()
    assert small_hall.call_next(1)["label"] == first["label"]
    assert small_hall.call_next(2)["label"] == second["label"]


def test_next_takes_who_has_priority_first(small_hall: SmallHall) -> None:
    small_hall.issue()
    old = small_hall.issue(priority="elderly")
    assert small_hall.call_next(1)["label"] == old["label"]


def test_next_with_nobody_waiting_is_refused_with_a_sentence(small_hall: SmallHall) -> None:
    small_hall.issue("housing")
    assert refusal(small_hall, "call_next").code == "nobody_waiting"


def test_next_while_somebody_is_at_the_window_is_refused(small_hall: SmallHall) -> None:
    held = called(small_hall)
    small_hall.issue()
    refused = refusal(small_hall, "call_next")
    assert (refused.code, refused.params["label"]) == ("window_has_ticket", held.label)


@pytest.mark.parametrize("verb", ["pause", "close"])
def test_next_at_a_window_that_is_not_open_is_refused(small_hall: SmallHall, verb: str) -> None:
    small_hall.issue()
    details: dict[str, Any] = {"reason": "开会"} if verb == "pause" else {}
    small_hall.say(verb, 1, **details)
    assert refusal(small_hall, "call_next").code == "window_not_open"


def test_the_same_press_sent_twice_calls_one_person(small_hall: SmallHall) -> None:
    small_hall.issue()
    small_hall.issue()
    assert small_hall.call_next(1, key="one-press-sent-twice") == small_hall.call_next(
        1, key="one-press-sent-twice"
    )
    assert Call.objects.count() == 1


@pytest.mark.slow
def test_windows_pressing_next_at_once_get_each_ticket_once(committed_hall: SmallHall) -> None:
    """Regression 1, in one process."""
    made = [committed_hall.issue()["label"] for _ in range(10)]
    got: list[str] = []
    start = Barrier(2)

    def press(window: int) -> None:
        start.wait()
        for _ in range(5):
            got.append(committed_hall.call_next(window)["label"])
            committed_hall.say("start", window)
            committed_hall.say("finish", window)
        connection.close()

    presses = [Thread(target=press, args=(window,)) for window in (1, 2)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert sorted(got) == sorted(made)


# --- recall, start, finish, no-show ---


def test_a_recall_is_counted_and_leaves_an_event(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    assert small_hall.say("recall")["said"] == 2
    assert small_hall.say("recall")["said"] == 3
    told = Event.objects.filter(ticket=ticket, kind="ticket.recalled").order_by("seq")
    assert [each.data["said"] for each in told] == [2, 3]


def test_start_and_finish_end_the_call(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("start")
    assert small_hall.say("finish")["state"] == "done"
    call = Call.objects.get(ticket=ticket)
    assert (call.outcome, call.ended_at is not None, call.started_at is not None) == ("done", True, True)


def test_finish_before_start_is_refused(small_hall: SmallHall) -> None:
    called(small_hall)
    refused = refusal(small_hall, "finish")
    assert (refused.code, refused.params["state"]) == ("wrong_state", "called")


@pytest.mark.parametrize("results", [["dance"], ["done", "done"], ["sent_on"]])
def test_a_result_that_fits_no_matter_ends_nothing(small_hall: SmallHall, results: list[str]) -> None:
    ticket = called(small_hall)
    small_hall.say("start")
    assert refusal(small_hall, "finish", results=results).code == "bad_input"
    ticket.refresh_from_db()
    assert ticket.state == "serving"


def test_a_ticket_being_served_is_not_recalled_nor_missed(small_hall: SmallHall) -> None:
    called(small_hall)
    small_hall.say("start")
    assert refusal(small_hall, "recall").code == "wrong_state"
    assert refusal(small_hall, "no_show").code == "wrong_state"
    assert refusal(small_hall, "start").code == "wrong_state"


@pytest.mark.parametrize("verb", ["recall", "start", "finish", "no_show"])
def test_a_verb_without_a_ticket_is_refused(small_hall: SmallHall, verb: str) -> None:
    assert refusal(small_hall, verb).code == "no_ticket_here"


def test_a_finished_ticket_leaves_the_window_free(small_hall: SmallHall) -> None:
    called(small_hall)
    small_hall.say("start")
    small_hall.say("finish")
    small_hall.issue()
    assert small_hall.call_next()["state"] == "called"


# --- a window not yours ---


VERBS: list[tuple[str, dict[str, Any]]] = [
    ("call_next", {}),
    ("recall", {}),
    ("start", {}),
    ("finish", {}),
    ("no_show", {}),
    ("park", {"reason": "x"}),
    ("transfer", {"reason": "x", "fallback": True}),
    ("undo", {"ticket": 1}),
    ("pick", {"ticket": 1, "reason": "x"}),
    ("open_window", {}),
    ("pause", {"reason": "x"}),
    ("close", {}),
    ("leave", {}),
]


@pytest.mark.parametrize(("verb", "details"), VERBS)
def test_a_clerk_acts_only_at_the_own_window(
    small_hall: SmallHall, verb: str, details: dict[str, Any]
) -> None:
    room = next(room for room in ROOMS if hasattr(room, verb))
    with pytest.raises(Refused) as caught:
        getattr(room, verb)(small_hall.hall.pk, small_hall.actor("clerk2"), new_key(), window=1, **details)
    assert (caught.value.code, caught.value.status) == ("not_your_window", 403)


def test_a_manager_acts_at_any_window(small_hall: SmallHall) -> None:
    small_hall.issue()
    answer = calling.call_next(small_hall.hall.pk, small_hall.actor("manager"), new_key(), window=1)
    assert answer["state"] == "called"


def test_an_unknown_window_is_refused(small_hall: SmallHall) -> None:
    with pytest.raises(Refused) as caught:
        calling.call_next(small_hall.hall.pk, small_hall.actor("manager"), new_key(), window=77)
    assert (caught.value.code, caught.value.status) == ("unknown_window", 404)


def test_an_auditor_who_sits_nowhere_changes_nothing(small_hall: SmallHall) -> None:
    with pytest.raises(Refused):
        calling.call_next(small_hall.hall.pk, small_hall.actor("auditor"), new_key(), window=1)


# --- park, and what was set aside ---


def test_a_parked_ticket_keeps_its_reason(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("park", reason="去复印")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.reason, ticket.window_id) == ("parked", "去复印", None)


@pytest.mark.parametrize("reason", ["", "   ", "\n\t", "\x00\x01"])
def test_parking_without_a_reason_is_refused(small_hall: SmallHall, reason: str) -> None:
    called(small_hall)
    assert refusal(small_hall, "park", reason=reason).code == "reason_required"


@pytest.mark.parametrize(
    ("verb", "details"), [("park", {}), ("transfer", {"service": "invoice"}), ("pause", {})]
)
def test_a_reason_of_ten_thousand_characters_is_refused(
    small_hall: SmallHall, verb: str, details: dict[str, Any]
) -> None:
    called(small_hall)
    assert refusal(small_hall, verb, reason="长" * 10_000, **details).code == "text_too_long"


def test_control_characters_do_not_reach_the_database(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("park", reason=CONTROL)
    ticket.refresh_from_db()
    assert ticket.reason == "去复印件"


def test_markup_and_the_joining_signs_of_mongolian_are_kept_as_the_text_they_are(
    small_hall: SmallHall,
) -> None:
    ticket, typed = called(small_hall), "<script>alert(1)</script> ᠮᠣᠩᠭᠤᠯ\u202fᠤᠨ ᠪᠠᠢᠨ\u180eᠠ"
    small_hall.say("park", reason=typed)
    ticket.refresh_from_db()
    assert ticket.reason == typed


@pytest.mark.parametrize("verb", ["park", "no_show"])
def test_what_was_set_aside_is_never_taken_by_next(small_hall: SmallHall, verb: str) -> None:
    """Regression 12."""
    called(small_hall)
    set_aside(small_hall, verb)
    assert refusal(small_hall, "call_next").code == "nobody_waiting"
    behind = small_hall.issue()
    assert small_hall.call_next()["label"] == behind["label"]


# --- pick ---


@pytest.mark.parametrize("verb", ["park", "no_show"])
def test_what_was_set_aside_is_picked_with_a_reason(small_hall: SmallHall, verb: str) -> None:
    ticket = called(small_hall)
    set_aside(small_hall, verb)
    assert refusal(small_hall, "pick", ticket=ticket.pk, reason=" ").code == "reason_required"
    assert small_hall.say("pick", ticket=ticket.pk, reason="本人返回")["state"] == "called"
    told = Event.objects.filter(ticket=ticket, kind="ticket.called").latest("seq")
    assert told.data["reason"] == "本人返回"


def test_one_out_of_turn_is_picked_from_the_own_line(small_hall: SmallHall) -> None:
    small_hall.issue()
    second = small_hall.issue()
    assert small_hall.say("pick", ticket=second["ticket"], reason="特殊困难")["label"] == second["label"]


def test_nobody_picks_from_the_line_of_another_window(small_hall: SmallHall) -> None:
    other = small_hall.issue("housing")
    assert refusal(small_hall, "pick", ticket=other["ticket"], reason="帮忙").code == "not_in_your_line"


def test_nobody_picks_what_another_window_parked_of_a_service_not_theirs(small_hall: SmallHall) -> None:
    ticket = called(small_hall, "housing", 3)
    small_hall.say("park", 3, reason="去复印")
    assert refusal(small_hall, "pick", ticket=ticket.pk, reason="帮忙").code == "not_in_your_line"


def test_a_window_of_the_same_service_picks_what_another_parked(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("park", 1, reason="去复印")
    assert small_hall.say("pick", 2, ticket=ticket.pk, reason="本人返回")["window"] == 2


def test_a_window_picks_what_it_parked_itself_even_if_it_was_only_sent_there(small_hall: SmallHall) -> None:
    ticket = called(small_hall, "housing", 3)
    small_hall.say("transfer", 3, reason="帮忙", to_window=1)
    assert small_hall.call_next(1)["label"] == ticket.label
    small_hall.say("park", 1, reason="去复印")
    assert small_hall.say("pick", 1, ticket=ticket.pk, reason="本人返回")["label"] == ticket.label


def test_a_ticket_already_called_elsewhere_is_not_picked(small_hall: SmallHall) -> None:
    ticket = called(small_hall, window=2)
    refused = refusal(small_hall, "pick", ticket=ticket.pk, reason="抢")
    assert refused.code in ("wrong_state", "not_in_your_line")


@pytest.mark.parametrize("ticket", [0, -1, 10**9, 2**61])
def test_an_unknown_ticket_is_not_picked(small_hall: SmallHall, ticket: int) -> None:
    assert refusal(small_hall, "pick", ticket=ticket, reason="x").code == "unknown_ticket"


def test_a_finished_ticket_is_not_picked(small_hall: SmallHall) -> None:
    ticket = called(small_hall)
    small_hall.say("start")
    small_hall.say("finish")
    assert refusal(small_hall, "pick", ticket=ticket.pk, reason="x").code == "wrong_state"
