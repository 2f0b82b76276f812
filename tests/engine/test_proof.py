"""The chain of the log: every way of tampering is found, at the line where it happened; a restored backup is told."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from hallqueue.actions import day
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.chain import anchoring
from hallqueue.chain.anchors import BadAnchors, append, last, read
from hallqueue.chain.links import CHAINED, content_of, link_of, settled
from hallqueue.chain.proof import verify
from hallqueue.events import Log
from hallqueue.models import Event, Hall, Ticket
from tests.hall import SmallHall, make_small_hall

pytestmark = pytest.mark.both_databases

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def told(small_hall: SmallHall, settings: Any, tmp_path: Path) -> SmallHall:
    """A hall with a short day behind it, anchored in the middle and at its head, with a few lines more."""
    settings.ANCHORS = tmp_path / "anchors" / "hall.txt"
    for _ in range(3):
        small_hall.issue()
    anchoring.anchor(small_hall.fresh())
    small_hall.call_next()
    small_hall.say("start")
    small_hall.say("finish")
    anchoring.anchor(small_hall.fresh())
    small_hall.issue("housing")
    return small_hall


def found(small: SmallHall, settings: Any) -> list[str]:
    """What is wrong, by code and line."""
    verdict = verify(small.hall, read(settings.ANCHORS, small.hall.slug))
    return [
        f"{flaw.code} {flaw.params.get('seq', flaw.params.get('last', ''))}".strip() for flaw in verdict.flaws
    ]


def recompute(hall: Hall, since: int) -> None:
    """What somebody does who knows how the chain is made: every link from a line on, and the head."""
    link = Event.objects.get(hall=hall, seq=since - 1).link
    for event in Event.objects.filter(hall=hall, seq__gte=since).order_by("seq"):
        line = [getattr(event, name) for name in CHAINED]
        link = link_of(link, content_of(line, settled(json.dumps(event.data))), "sha256")
        Event.objects.filter(pk=event.pk).update(link=link)
    Hall.objects.filter(pk=hall.pk).update(link=link)


def change(small: SmallHall) -> list[str]:
    seq = Event.objects.get(kind="ticket.called").seq
    Event.objects.filter(seq=seq).update(by="user:999")
    return [f"changed {seq}"]


def remove(small: SmallHall) -> list[str]:
    seq = Event.objects.get(kind="ticket.called").seq
    Event.objects.filter(seq=seq).delete()
    return [f"missing {seq}"]


def cut_tail(small: SmallHall) -> list[str]:
    head = small.fresh().seq
    Event.objects.filter(seq=head).delete()
    return [f"cut {head - 1}"]


def cut_tail_and_head(small: SmallHall) -> list[str]:
    called = Event.objects.get(kind="ticket.called")
    before = Event.objects.get(seq=called.seq - 1)
    anchored = Event.objects.get(kind="ticket.finished").seq
    Event.objects.filter(seq__gte=called.seq).delete()
    Hall.objects.filter(pk=small.hall.pk).update(seq=before.seq, link=before.link)
    return [f"cut_anchored {anchored}"]


def insert(small: SmallHall) -> list[str]:
    called = Event.objects.get(kind="ticket.called")
    for event in Event.objects.filter(seq__gte=called.seq).order_by("-seq"):
        Event.objects.filter(pk=event.pk).update(seq=F("seq") + 1)
    Hall.objects.filter(pk=small.hall.pk).update(seq=F("seq") + 1)
    called.pk, called.kind = None, "ticket.recalled"
    called.save(force_insert=True)
    return [f"changed {called.seq}"]


def add_behind(small: SmallHall) -> list[str]:
    last = Event.objects.order_by("seq").last()
    assert last is not None
    last.pk, last.seq = None, last.seq + 1
    last.save(force_insert=True)
    return ["beyond"]


def swap(small: SmallHall) -> list[str]:
    one, two = Event.objects.filter(kind="ticket.issued").order_by("seq")[:2]
    Event.objects.filter(pk=one.pk).update(seq=10**6)
    Event.objects.filter(pk=two.pk).update(seq=one.seq)
    Event.objects.filter(pk=one.pk).update(seq=two.seq)
    return [f"changed {one.seq}"]


def change_and_recompute(small: SmallHall) -> list[str]:
    called = Event.objects.get(kind="ticket.called")
    anchored = Event.objects.get(kind="ticket.finished").seq
    change(small)
    recompute(small.hall, called.seq)
    return [f"rewritten {anchored}"]


def change_the_row(small: SmallHall) -> list[str]:
    Ticket.objects.filter(state="done").update(state="waiting", ended_at=None)
    return ["strayed"]


def add_a_row(small: SmallHall) -> list[str]:
    ticket = Ticket.objects.filter(state="waiting").first()
    assert ticket is not None
    ticket.pk, ticket.number, ticket.token = None, 99, "t" * 22
    ticket.save(force_insert=True)
    return ["strayed"]


TAMPERINGS = (
    change,
    remove,
    cut_tail,
    cut_tail_and_head,
    insert,
    add_behind,
    swap,
    change_and_recompute,
    change_the_row,
    add_a_row,
)


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_tampering_is_found_at_its_line(
    told: SmallHall, settings: Any, tamper: Callable[[SmallHall], list[str]]
) -> None:
    assert found(told, settings) == []
    expected = tamper(told)
    assert found(told, settings) == expected
    with pytest.raises(CommandError, match="not well: small"):
        call_command("verify_audit", stdout=io.StringIO())


def test_verify_audit_says_in_words_what_is_and_what_is_not(told: SmallHall, settings: Any) -> None:
    out = io.StringIO()
    call_command("verify_audit", "--lang", "en", "--anchor", str(settings.ANCHORS), stdout=out)
    head = told.fresh()
    assert f"{head.seq} lines, in keeping with 2 anchors" in out.getvalue()
    assert head.link in out.getvalue()
    change_and_recompute(told)
    with pytest.raises(CommandError):
        call_command("verify_audit", "--hall", "small", stdout=out)
    good = read(settings.ANCHORS, "small")[0].seq
    assert f"第 {good + 1} 至 {good + 3} 条之间有改动" in out.getvalue()
    for bad in ("/nowhere/at/all", Path(__file__)):
        with pytest.raises(CommandError, match=str(bad)):
            call_command("verify_audit", "--anchor", str(bad))
    with pytest.raises(CommandError, match="no such hall"):
        call_command("verify_audit", "--hall", "atlantis")


def test_a_changed_line_is_told_with_its_moment_as_the_auditors_page_says_it(told: SmallHall) -> None:
    change(told)
    called = Event.objects.get(kind="ticket.called")
    (flaw,) = verify(told.hall).flaws
    assert f"{called.at.astimezone(told.hall.local_zone):%Y-%m-%d %H:%M:%S}" in flaw.sentence("zh")
    called.delete()
    (flaw,) = verify(told.hall).flaws
    assert flaw.sentence("zh") == f"第 {called.seq} 条缺失。"


def test_restored_backup_is_told_with_what_it_lost_and_only_if_the_anchors_know(
    told: SmallHall, settings: Any
) -> None:
    with transaction.atomic():  # what will be lost: written, anchored, and gone with the disk
        told.issue()
        told.issue()
        anchoring.anchor(told.fresh())
        transaction.set_rollback(True)
    known = read(settings.ANCHORS, "small")
    assert found(told, settings) == [f"cut_anchored {known[2].seq}"]
    call_command("renew_epoch", "--hall", "small", "--reason", "磁盘损坏，恢复昨夜备份", stdout=io.StringIO())
    told.issue()
    verdict = verify(told.hall, read(settings.ANCHORS, "small"))
    assert verdict.is_well
    assert [note.code for note in verdict.notes] == ["restored_lost"]
    assert verdict.notes[0].params["lost"] == known[2].seq
    assert "磁盘损坏" in verdict.notes[0].sentence("zh")
    verdict = verify(told.hall, known)  # a log that says so by itself is not believed
    assert [flaw.code for flaw in verdict.flaws] == ["renewal_unanchored"]
    with pytest.raises(CommandError, match="reason_required"):
        call_command("renew_epoch", "--hall", "small", "--reason", " ")


def test_head_is_anchored_when_time_is_up_when_a_day_closes_and_not_twice(
    told: SmallHall, settings: Any
) -> None:
    say = told.hall.pk, THE_HALL
    anchoring._last.clear()
    settings.ANCHOR_MINUTES = 9999
    anchoring.look()
    assert len(read(settings.ANCHORS, "small")) == 2, "the minutes are not over"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        day.close_days(*say, new_key())
        anchoring.look()
        assert [each.seq for each in read(settings.ANCHORS, "small")][2:] == [told.fresh().seq]
        day.close_hall(*say, new_key())
        anchoring.look()
        assert len(read(settings.ANCHORS, "small")) == 3, "a hall that closes is no day"
        settings.ANCHOR_MINUTES = 0
        anchoring.look()
        anchoring.look()
    assert [each.seq for each in read(settings.ANCHORS, "small")][3:] == [told.fresh().seq]
    settings.ANCHORS.write_text("what is this\n")
    with pytest.raises(BadAnchors, match=":1:"):
        read(settings.ANCHORS, "small")


def test_halls_share_a_file_of_anchors_and_one_that_is_behind_its_own_is_told(
    told: SmallHall, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_small_hall((), slug="other").fresh()
    anchoring.anchor(other)
    own = read(settings.ANCHORS, "small")
    assert [each.hall for each in own] == ["small", "small"]
    assert [str(last(settings.ANCHORS, hall.slug)) for hall in (told.hall, other)] == [
        str(own[-1]),
        str(read(settings.ANCHORS, "other")[0]),
    ]
    assert last(settings.ANCHORS, "nowhere") is None
    anchoring._last.clear()
    settings.ANCHOR_MINUTES = 9999
    anchoring.look()
    assert "renew_epoch" not in caplog.text
    append(settings.ANCHORS, replace(own[-1], seq=told.fresh().seq + 1))
    anchoring._last.clear()
    anchoring.look()
    assert "small ends at line" in caplog.text


def test_algorithm_may_change_while_the_log_goes_on(told: SmallHall, settings: Any) -> None:
    settings.DIGEST = "sm3"
    told.issue()
    assert told.fresh().link.startswith("sm3:")
    settings.DIGEST = "sha256"
    told.issue()
    assert found(told, settings) == []
    by_openssl = (
        "f4051d239b766c4111e92979aa31af0b35def053646e347bc41e8b73cfd080bc"  # echo | openssl dgst -sm3
    )
    assert link_of("", "", "sm3") == f"sm3:{by_openssl}"


@given(JSON)
def test_data_reads_the_same_before_and_behind_the_database(data: Any) -> None:
    """What `jsonb` makes of a document (keys sorted, numbers written out) is settled to the same content."""
    line = [1, 2, datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", "a.b", "hall", "", None, None]
    again = json.dumps(json.loads(json.dumps(data), parse_float=_as_jsonb), sort_keys=True)
    assert content_of(line, settled(json.dumps(data))) == content_of(line, settled(again))


def _as_jsonb(written: str) -> int | float:
    value = float(written)
    return int(value) if value.is_integer() and "e" in written else value


def test_links_hold_for_whatever_the_database_gives_back(small_hall: SmallHall) -> None:
    hall = small_hall.fresh()
    log = Log(hall, "hall", hall.moved_at, "program")
    data: Any = {
        "ä": [1.0, 1e16, -0.0, 0.1, 1e-7, {"10": 1, "9": 2}],
        "n": None,
        "引": '"\\',
        "tuple": (1, 2),
    }
    log.record("test.told", **data, of={9: 1, 10: 2})
    log.write()
    assert verify(hall).is_well
