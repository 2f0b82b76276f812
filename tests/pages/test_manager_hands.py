"""The manager's pages with hands: what is posted, what the frames then show, what was done today, a ticket's story."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hallqueue.actions import messages, windows
from hallqueue.actions.command import new_key
from hallqueue.models import Event, Message, Ticket, Window
from tests.hall import SmallHall
from tests.pages.test_manager import frame, labels, manager, post


def hands(small: SmallHall, verb: str, name: str = "manager", **fields: Any) -> Any:
    return post(manager(small, name), f"hands/{verb}/", **fields)


def ids(*names: str) -> list[int]:
    return [Ticket.objects.get(label=name).pk for name in names]


def test_every_hand_is_one_post_away_and_shown_in_the_frame(small_hall: SmallHall) -> None:
    small_hall.issue()
    lent = hands(small_hall, "borrow", window=3, service="invoice", minutes=30, reason="忙")
    assert frame(small_hall)["windows"][2]["borrowed"][0]["name"] == "发票申领"
    assert hands(small_hall, "move", tickets=ids("A001"), to_window=3, reason="减负")["count"] == 1
    assert labels(small_hall, "window-3") == ["A001"]
    sent = hands(small_hall, "message", text="十点开会", window=2)
    assert frame(small_hall)["messages"][0]["unseen"] == [2]
    put = hands(small_hall, "notice", zh="下午停电", minutes=30, places=["board", "kiosk", "ticket"])
    assert frame(small_hall)["notices"][0]["zh"] == "下午停电"
    assert frame(small_hall, "kiosk:small:main")["notices"] == [{"zh": "下午停电", "mn": "", "en": ""}]
    assert frame(small_hall, "board:small:main")["notices"][0]["zh"] == "下午停电"
    token = Ticket.objects.get().token
    assert frame(small_hall, f"ticket:small:{token}")["notices"][0]["zh"] == "下午停电"
    hands(small_hall, "emergency", zh="请有序离开")
    everywhere = ("hall:small:live", "screen:small:1", "kiosk:small:main", f"ticket:small:{token}")
    shown = [frame(small_hall, topic)["emergency"]["zh"] for topic in everywhere]
    assert shown == ["请有序离开"] * 4
    hands(small_hall, "emergency-over")
    assert frame(small_hall)["emergency"] is None
    hands(small_hall, "take-down", notice=put["notice"])
    hands(small_hall, "take-back", borrowing=lent["borrowing"])
    hands(small_hall, "undo", act=sent["sent"])
    after = frame(small_hall)
    assert (after["notices"], after["messages"], after["windows"][2]["borrowed"]) == ([], [], [])


@pytest.mark.parametrize(
    ("verb", "fields", "code"),
    [
        ("fly", {}, "page_unknown"),
        ("move", {"tickets": [1]}, "reason_required"),
        ("move", {"reason": "x"}, "bad_input"),
        ("move", {"tickets": [{}], "reason": "x", "to_window": 1}, "bad_input"),
        ("move", {"tickets": "1", "reason": "x"}, "bad_input"),
        ("notice", {"zh": "x", "minutes": 5, "places": [{}]}, "bad_input"),
        ("notice", {"zh": "x", "minutes": "5", "places": ["board"]}, "bad_input"),
        ("message", {}, "bad_input"),
        ("borrow", {"window": 3}, "reason_required"),
        ("undo", {"act": 2**40}, "unknown_act"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(
    small_hall: SmallHall, verb: str, fields: dict[str, Any], code: str
) -> None:
    answer = hands(small_hall, verb, **fields)
    assert answer["code"] == code
    assert answer["title"]


def test_a_message_stands_at_the_console_until_it_is_signed(small_hall: SmallHall) -> None:
    messages.send(small_hall.hall.pk, small_hall.actor("manager"), new_key(), text="<i>开会</i>", window=1)
    shown = frame(small_hall, "window:small:1")["messages"]
    assert [(each["text"], each["by"]) for each in shown] == [("<i>开会</i>", "manager")]
    assert frame(small_hall, "window:small:2")["messages"] == []
    client = manager(small_hall, "clerk1")
    body = json.dumps({"key": new_key(), "message": shown[0]["id"]})
    answer = client.post("/small/window/1/seen/", body, content_type="application/json").json()
    assert answer["frame"]["data"]["messages"] == []
    row = frame(small_hall)["messages"][0]
    assert (row["seen"], row["unseen"]) == ([1], [])
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        small_hall.issue()
        assert frame(small_hall)["messages"] == []


def test_who_saw_an_alarm_and_when_is_shown(small_hall: SmallHall) -> None:
    from hallqueue.actions.command import THE_HALL
    from hallqueue.actions.round import alarms

    small_hall.issue("housing")
    small_hall.say("leave", 3)
    small_hall.say("leave", 9)
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    standing = frame(small_hall)["alarms"][0]
    post(manager(small_hall), "acknowledge/", alarm=standing["id"])
    seen = frame(small_hall)["alarms"][0]
    assert (seen["seen_by"], bool(seen["seen_at"])) == ("manager", True)


def acts_page(small: SmallHall, name: str = "manager", **fields: str) -> Any:
    client = manager(small, name)
    if fields:
        return client.post("/small/manager/acts/", {"key": new_key(), **fields}, follow=True)
    return client.get("/small/manager/acts/")


def test_what_was_done_today_is_listed_with_reasons_and_undone_from_there(small_hall: SmallHall) -> None:
    assert "今天还没有操作" in acts_page(small_hall).content.decode()
    for _ in range(2):
        small_hall.issue()
    hands(small_hall, "move", tickets=ids("A001", "A002"), to_window=3, reason="减负")
    windows.close(small_hall.hall.pk, small_hall.actor("manager"), new_key(), window=2, reason="停电")
    hands(small_hall, "message", text="十点开会", window=2)
    small_hall.call_next(3)
    page = acts_page(small_hall).content.decode()
    assert "把 2 个号转到 3 号窗口：A001、A002" in page
    assert "停电" in page
    assert "发消息给 2 号窗口：十点开会" in page
    act = Event.objects.get(kind="tickets.redirected").seq
    after = acts_page(small_hall, act=str(act))
    assert "没有移回：A001" in after.content.decode()
    assert "已撤销" in after.content.decode()
    again = acts_page(small_hall, act=str(act))
    assert (again.status_code, "已经撤销过了" in again.content.decode()) == (409, True)
    assert acts_page(small_hall, act="nonsense").status_code == 404
    close = Event.objects.get(kind="window.closed").seq
    assert acts_page(small_hall, "auditor", act=str(close)).status_code == 403
    assert Window.objects.get(number=2).state == "closed"
    assert 'name="act"' not in acts_page(small_hall, "auditor").content.decode()


def test_a_borrowing_that_is_over_has_no_undo(small_hall: SmallHall) -> None:
    lent = hands(small_hall, "borrow", window=3, service="invoice", minutes=30, reason="忙")
    begun = f'name="act" value="{Event.objects.get(kind="window.borrowed").seq}"'
    assert begun in acts_page(small_hall).content.decode()
    hands(small_hall, "take-back", borrowing=lent["borrowing"])
    page = acts_page(small_hall).content.decode()
    assert begun not in page
    assert f'name="act" value="{Event.objects.get(kind="borrowing.ended").seq}"' in page


def test_every_act_has_its_sentence_in_both_languages() -> None:
    from hallqueue.actions.undoing import REVERSES
    from hallqueue.texts import has_text
    from hallqueue.web.acts import TOLD

    assert [kind for kind in (*REVERSES, *TOLD) if not has_text(f"acts.{kind}")] == []


def test_everything_that_happens_to_a_ticket_has_its_sentence() -> None:
    from hallqueue.lifecycle import MOVES
    from hallqueue.texts import has_text

    sources = "".join(
        file.read_text() for room in ("hallqueue", "printers") for file in Path(room).rglob("*.py")
    )
    said = set(re.findall(r'record\(\s*"((?:ticket|slip|help|item|step)\.[a-z_]+)"', sources))
    kinds = {each.event for each in MOVES.values()} | said - {
        "slip.queued",
        "slip.dropped",
        "slip.tested",
    }  # of many tickets or none
    assert sorted(kind for kind in kinds if not has_text(f"story.{kind}")) == []


def test_a_ticket_is_found_by_its_number_and_tells_its_whole_story(small_hall: SmallHall) -> None:
    begin = timezone.now()
    with time_machine.travel(begin, tick=False) as clock:
        small_hall.issue()
        small_hall.issue()
        clock.shift(timedelta(minutes=12, seconds=5))
        small_hall.call_next(1)
        clock.shift(timedelta(seconds=30))
        small_hall.say("start", 1)
        clock.shift(timedelta(minutes=4))
        small_hall.say("transfer", 1, service="invoice", reason="<b>要开发票</b>")
    client = manager(small_hall, "desk")
    page = client.get("/small/tickets/?q=a001", follow=True).content.decode()
    for words in (
        "取号",
        "叫号",
        "开始办理",
        "转窗",
        "发票申领",
        "&lt;b&gt;要开发票&lt;/b&gt;",
        "12 分 5 秒",
        "4 分 0 秒",
        "clerk1",
    ):
        assert words in page, words
    found = client.get("/small/tickets/?q=00").content.decode()
    assert "没有找到" in found
    assert client.get("/small/tickets/?q=001", follow=True).redirect_chain
    assert "A002" in client.get("/small/tickets/", {"q": "2"}, follow=True).content.decode()
    assert client.get("/small/tickets/999999/").status_code == 404


def test_the_times_of_a_story_add_up(small_hall: SmallHall) -> None:
    from hallqueue.stories import story_of

    with time_machine.travel(timezone.now(), tick=False) as clock:
        small_hall.issue()
        for verb, minutes in (("call_next", 9), ("start", 1), ("finish", 7)):
            clock.shift(timedelta(minutes=minutes))
            ticket = Ticket.objects.select_related("hall").get()
            running = story_of(ticket, timezone.now())
            small_hall.say(verb, 1)
        assert (running.waited, running.served) == (timedelta(minutes=9), timedelta(minutes=7)), (
            "what lasts is told so far"
        )
    ticket.refresh_from_db()
    story = story_of(ticket, timezone.now() + timedelta(hours=1))
    assert (story.waited, story.served) == (timedelta(minutes=9), timedelta(minutes=7))
    assert ticket.ended_at is not None
    assert sum(story.spent.values(), timedelta()) == ticket.ended_at - ticket.issued_at


def test_a_message_to_one_window_is_no_message_to_another(small_hall: SmallHall) -> None:
    hands(small_hall, "message", text="请到前台", window=3)
    assert list(Message.objects.values_list("window__number", flat=True)) == [3]
