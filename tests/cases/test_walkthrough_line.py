"""A walkthrough with a citizen's number: the queue fills its line of time, figures end with it, secrets stay out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hallqueue.actions.command import new_key
from hallqueue.actions.line import desk
from hallqueue.models import Event, Walkthrough
from hallqueue.reporting.walkthroughs.comparing import compared
from hallqueue.reporting.walkthroughs.ordinary import ordinary_of
from hallqueue.reporting.walkthroughs.timeline import figures_of, timeline_of
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from tests.cases.test_findings import client_of
from tests.cases.test_walkthroughs import begun, say
from tests.hall import SmallHall, midday

pytestmark = pytest.mark.both_databases


def test_the_queue_fills_steps_and_times_by_itself(small_hall: SmallHall) -> None:
    with midday(small_hall) as clock:
        ticket = small_hall.issue()
        clock.shift(timedelta(minutes=5))
        walk = begun(small_hall, ticket="a001", consent=True, service="")
        say(small_hall, "take_step", walkthrough=walk, kind="form")
        clock.shift(timedelta(minutes=7))
        small_hall.call_next()
        small_hall.say("start")
        clock.shift(timedelta(minutes=9))
        small_hall.say("finish")
        say(small_hall, "finish_walkthrough", walkthrough=walk)
        row = Walkthrough.objects.get()
        lines = timeline_of(row, "zh")
        figures = figures_of(row, timezone.now())
    assert [(line.words, line.lasted) for line in lines] == [
        ("取号", timedelta(minutes=12)),
        ("填表", timedelta(minutes=7)),
        ("叫号", timedelta()),
        ("开始办理", timedelta(minutes=9)),
        ("办结", timedelta()),
    ]
    assert (figures.waited, figures.served) == (timedelta(minutes=12), timedelta(minutes=9))
    assert (figures.steps, figures.windows, figures.whole) == (3, 1, timedelta(minutes=21))
    assert (row.ticket_id, row.matter, row.consent) == (ticket["ticket"], "居民身份证换领", True)
    assert not Event.objects.filter(kind__startswith="walkthrough.", ticket__isnull=False).exists()


def test_a_slip_printed_meanwhile_divides_no_wait_and_who_is_served_has_ended_the_step_before(
    small_hall: SmallHall,
) -> None:
    with midday(small_hall) as clock:
        ticket = small_hall.issue()["ticket"]
        walk = begun(small_hall, ticket="a001", consent=True, service="")
        clock.shift(timedelta(minutes=3))
        desk.ask_slip(small_hall.hall.pk, small_hall.actor("desk"), new_key(), ticket=ticket, why="lost")
        clock.shift(timedelta(minutes=4))
        small_hall.call_next()
        say(small_hall, "take_step", walkthrough=walk, kind="copy")
        clock.shift(timedelta(minutes=2))
        small_hall.say("no_show")
        clock.shift(timedelta(minutes=5))
        small_hall.say("requeue_here", ticket=ticket)
        small_hall.call_next()
        clock.shift(timedelta(minutes=1))
        small_hall.say("start")
        say(small_hall, "take_step", walkthrough=walk, kind="form")
        clock.shift(timedelta(minutes=6))
        small_hall.say("transfer", reason="那里办", to_window=2)
        clock.shift(timedelta(minutes=8))
        lines = timeline_of(Walkthrough.objects.get(), "zh")
        figures = figures_of(Walkthrough.objects.get(), timezone.now())
    told = [(line.words, int(line.lasted.total_seconds() / 60)) for line in lines if line.lasted]
    assert told == [
        ("取号", 7),
        ("叫号", 2),
        ("复印", 7),
        ("过号", 5),
        ("叫号", 1),
        ("开始办理", 6),
        ("填表", 6),
    ]
    assert (figures.waited, figures.served) == (timedelta(minutes=15), timedelta(minutes=6))


def test_who_is_sent_on_is_told_with_where_to(small_hall: SmallHall) -> None:
    small_hall.issue()
    begun(small_hall, ticket="a001", consent=True, service="")
    small_hall.call_next()
    small_hall.say("transfer", reason="那里办", to_window=2)
    small_hall.call_next(2)
    small_hall.say("transfer", 2, reason="那里办", service="invoice")
    small_hall.say("undo", 2, ticket=Walkthrough.objects.get().ticket_id)
    small_hall.say("transfer", 2, reason="办不了", fallback=True)
    lines = [line.detail for line in timeline_of(Walkthrough.objects.get(), "zh") if line.words == "转窗"]
    assert lines == ["1 号窗口 → 2 号窗口", "2 号窗口 → 发票申领", "2 号窗口 → 兜底窗口"]


def test_whoever_walks_learns_neither_the_ticket_s_own_address_nor_its_rating(small_hall: SmallHall) -> None:
    """A clerk who knew it could rate for the citizen, and see whether somebody did."""
    ticket = small_hall.issue()
    walk = begun(small_hall, by="clerk1", ticket="a001", consent=True, service="")
    client = client_of(small_hall, "clerk1")
    address = f"/small/walkthroughs/{walk}/"
    page = client.get(address).content.decode()
    assert f"walk:small:{ticket['ticket']}" in page
    small_hall.call_next()
    small_hall.say("start")
    small_hall.say("finish")
    say(small_hall, "finish_walkthrough", by="clerk1", walkthrough=walk)
    told = page + client.get(address).content.decode() + client.get(address + "?part=line").content.decode()
    assert ticket["token"] not in told
    hall = small_hall.fresh()
    frames = [frame_of(Reading(hall), Topic("walk", "small", name)) for name in (str(ticket["ticket"]), "99")]
    last = Event.objects.filter(ticket=ticket["ticket"]).latest("seq").seq
    assert [frame and frame["data"] for frame in frames] == [{"moved": last}, {"moved": 0}]
    assert [frame_of(Reading(hall), Topic("walk", "small", name)) for name in ("x", "9" * 30)] == [None, None]


def test_what_becomes_of_the_ticket_after_the_end_changes_no_figure(small_hall: SmallHall) -> None:
    with midday(small_hall) as clock:
        small_hall.issue()
        walk = begun(small_hall, ticket="a001", consent=True, service="")
        clock.shift(timedelta(minutes=7))
        assert figures_of(Walkthrough.objects.get(), timezone.now()).waited == timedelta(minutes=7), "so far"
        say(small_hall, "finish_walkthrough", walkthrough=walk)
        row = Walkthrough.objects.get()
        before = figures_of(row, timezone.now()), timeline_of(row, "zh")
        clock.shift(timedelta(minutes=8))
        small_hall.call_next()
        small_hall.say("start")
        clock.shift(timedelta(minutes=9))
        small_hall.say("finish")
        assert (figures_of(row, timezone.now()), timeline_of(row, "zh")) == before
    assert (before[0].waited, before[0].served, before[0].steps) == (timedelta(minutes=7), timedelta(), 1)


def test_how_long_a_walk_took_that_nobody_ended_is_not_known(small_hall: SmallHall) -> None:
    """One that was forgotten would take longer every minute, and the next one would always be the better."""
    with midday(small_hall) as clock:
        left = begun(small_hall)
        clock.shift(timedelta(minutes=20))
        row = Walkthrough.objects.get()
        assert figures_of(row, timezone.now()).whole == timedelta(minutes=20), "so far, on the day itself"
        clock.shift(timedelta(days=3))
        again = begun(small_hall, again_of=left, service="")
        clock.shift(timedelta(minutes=30))
        assert figures_of(row, timezone.now()).whole is None
        walks = {walk.pk: walk for walk in Walkthrough.objects.all()}
        whole = {pair.name: pair for pair in compared(walks[left], walks[again], timezone.now())}["whole"]
        assert (whole.before, whole.after) == (None, None)
        say(small_hall, "finish_walkthrough", walkthrough=again)
        ended = Walkthrough.objects.get(pk=again)
        whole = {pair.name: pair for pair in compared(walks[left], ended, timezone.now())}["whole"]
        assert (whole.before, whole.after, whole.better) == (None, 30, None)
    page = (
        client_of(small_hall, "manager").get(f"/small/walkthroughs/{left}/beside/{again}/").content.decode()
    )
    assert page.count("没有测到") == 3, "how long the first took, and how long either waited"


def test_ordinary_citizens_are_told_as_a_walk_is_by_all_they_waited_and_were_served(
    small_hall: SmallHall,
) -> None:
    """Who was sent on to another window did not wait while being served, nor was served by the last one alone."""
    with midday(small_hall) as clock:
        small_hall.issue()
        clock.shift(timedelta(minutes=5))
        small_hall.call_next()
        small_hall.say("start")
        clock.shift(timedelta(minutes=20))
        small_hall.say("transfer", to_window=2, reason="请核对")
        clock.shift(timedelta(minutes=3))
        small_hall.call_next(2)
        small_hall.say("start", 2)
        clock.shift(timedelta(minutes=4))
        small_hall.say("finish", 2)
        small_hall.issue()
        begun(small_hall, ticket="a002", consent=True, service="")
        others = ordinary_of(Walkthrough.objects.get())
    assert others is not None
    assert (others.count, others.waited, others.served) == (1, timedelta(minutes=8), timedelta(minutes=24))


def test_the_files_of_all_findings_are_asked_for_at_once(
    small_hall: SmallHall, django_assert_num_queries: Any
) -> None:
    walk = begun(small_hall)
    for n in range(4):
        say(small_hall, "note_finding", walkthrough=walk, ref=f"phone-{n:04d}", kind="time", severity=2)
    row = Walkthrough.objects.get()
    with django_assert_num_queries(3):  # steps, findings, files
        found = [line.finding for line in timeline_of(row, "zh") if line.finding]
        assert [list(each.files.all()) for each in found] == [[]] * 4
