"""One number, one job, one paper: what stands on it, whose printer it is, and what a reprint says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

from hallqueue.actions.command import THE_HALL, Actor, new_key
from hallqueue.actions.house.wordings import word
from hallqueue.actions.line import desk as desk_verbs
from hallqueue.actions.line import tickets
from hallqueue.actions.people import enrol
from hallqueue.errors import Refused
from hallqueue.models import Department, Event, Hall, Rules, Service, Ticket
from hallqueue.texts import text
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.rules import rule_sentences
from printers import asking, jobs, setting_up
from printers.content import slip_of
from printers.models import PrintCursor, Printer, PrintJob
from printers.parts import PAPER_80, Line
from printers.planning import DEMO_EVERY
from printers.slip import slip_parts
from printers.twin import Mode
from tests.hall import SmallHall
from tests.printers.desk import Desk, desk_of

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(small_hall: SmallHall) -> Iterator[Desk]:
    with desk_of(small_hall) as made:
        yield made


def _url(ticket: Ticket) -> str:
    return f"{settings.ENVIRONMENT.url}/t/{ticket.token}/"


def test_one_number_at_the_kiosk_is_one_job_and_one_paper(desk: Desk) -> None:
    ticket = desk.issue()
    desk.work()
    assert desk.job(ticket).state == "confirmed"
    assert desk.kinds() == ["printer.added", "slip.queued", "printer.changed", "slip.printed"]
    text = desk.paper().text
    for part in (ticket.label, "小镇政务大厅", "居民身份证换领", _url(ticket), "前面没有人等候"):
        assert part in text
    assert desk.paper().errors == ()


def test_qr_on_the_paper_leads_to_the_tickets_own_page(desk: Desk) -> None:
    ticket = desk.issue()
    desk.work()
    picture = Image.open(io.BytesIO(desk.paper().png())).convert("L")
    assert [found.data.decode() for found in decode(picture, [ZBarSymbol.QRCODE])] == [_url(ticket)]


def test_kiosk_request_sent_twice_gives_one_paper(desk: Desk) -> None:
    """Regression 3: double tap, retry, reload."""
    for _ in range(2):
        desk.small.issue(key="tapped-twice")
        desk.work()
    assert PrintJob.objects.count() == 1
    assert desk.paper().errors == ()


def test_slip_counts_the_people_who_were_before_this_one_at_the_issue(desk: Desk) -> None:
    tickets = [desk.issue() for _ in range(3)]
    desk.follow()
    desk.small.call_next(1)
    desk.turns(5)
    assert "前面还有 2 人" in desk.twin.slips[-1].text
    assert [desk.job(ticket).ahead for ticket in tickets] == [0, 1, 2]


def test_slip_speaks_the_citizens_language_and_names_the_class(desk: Desk) -> None:
    desk.issue(language="en", priority="elderly")
    desk.work()
    for part in ("Identity card", "居民身份证换领", "Nobody before you", "Priority"):
        assert part in desk.paper().text


def test_rules_of_the_hall_stand_at_the_foot(desk: Desk) -> None:
    Hall.objects.update(slip_rules="过号请到导办台。\n\n本号当日有效。")
    desk.issue()
    desk.work()
    lines = desk.paper().text.splitlines()
    assert "1. 过号请到导办台。" in lines
    assert "2. 本号当日有效。" in lines


def test_slip_of_a_mongolian_reader_says_wait_place_papers_and_rules_in_columns_as_far_as_worded(
    desk: Desk,
) -> None:
    """Eight rules of the hall and what it does with passed numbers: none of them is left out."""
    hall = desk.small.hall
    own = ["带好证件。", *(f"规定{number}。" for number in range(2, 9))]
    Hall.objects.filter(pk=hall.pk).update(slip_rules="\n".join(own))
    Department.objects.filter(services__code="id-card").update(zone="A区")
    Service.objects.filter(code="id-card").update(documents="身份证\n户口簿")
    worded = {
        "document:身份证": ("ᠦᠨᠡᠮᠯᠡᠯ", "Identity card"),
        "zone:A区": ("ᠬᠡᠰᠡᠭ", "Area A"),
        "rule:带好证件。": ("ᠪᠢᠴᠢᠭ ᠢᠶᠡᠨ ᠠᠪ", "Bring papers."),
    }
    for subject, (mn, en) in worded.items():
        word(hall.pk, THE_HALL, new_key(), subject=subject, words={"mn": [mn, ""], "en": [en, ""]})
    slips = {}
    for language in ("mn", "en"):
        ticket = desk.issue(language=language)
        slips[language] = slip_of(PrintJob(hall=desk.small.fresh(), ticket=ticket, ahead=2, copy=1), ticket)
    assert slips["mn"].told_mn.endswith(text("slip.place", "mn", zone="ᠬᠡᠰᠡᠭ"))
    assert slips["mn"].rules_mn[0] == "1. ᠪᠢᠴᠢᠭ ᠢᠶᠡᠨ ᠠᠪ"
    assert slips["mn"].rules_mn[1].startswith("9. ")
    assert slips["mn"].documents_mn == (text("slip.documents", "mn"), "ᠦᠨᠡᠮᠯᠡᠯ")
    assert slips["en"].documents[1:] == ("□ Identity card", "□ 户口簿")
    assert "Area A" in slips["en"].place
    assert slips["en"].rules[0] == "1. Bring papers."
    assert (slips["en"].told_mn, slips["en"].rules_mn) == ("", ())
    lines = [part.text for part in slip_parts(slips["mn"], PAPER_80) if isinstance(part, Line)]
    assert [line for line in lines if line[:2] in ("1.", "8.", "9.")] == [
        "1. 带好证件。",
        "8. 规定8。",
        f"9. {rule_sentences(Rules.of(hall))[0]}",
    ]


def test_simulated_numbers_come_out_of_a_twin_and_never_of_a_real_printer(desk: Desk) -> None:
    """Some of them, that is; not even where the real one stands in for the twin."""
    for _ in range(DEMO_EVERY):
        desk.issue(source="demo")
    assert desk.follow() == 0
    fields = {"name": "孪生", "address": "twin://", "condition": "paper_out", "stand_in": desk.printer}
    twin = Printer.objects.create(hall=desk.small.hall, **fields)
    assert desk.follow() == 1
    assert PrintJob.objects.get().printer == twin
    moved = jobs.hand_over(desk.small.hall.pk, jobs.THE_PRINTERS, new_key(), printer=twin.pk)
    assert moved == {"moved": 0}


def test_number_taken_on_a_phone_asks_for_no_paper(desk: Desk) -> None:
    desk.issue(source="phone")
    desk.work()
    assert not PrintJob.objects.exists()


def test_paper_comes_out_of_the_printer_of_the_kiosk(desk: Desk) -> None:
    hall = desk.small.hall
    kiosk = enrol(hall.pk, THE_HALL, new_key(), kind="kiosk", name="东门", token_hash="x" * 64)["device"]
    own = {"name": "东门", "address": "tcp://127.0.0.1:1", "kiosk_id": kiosk}
    east = setting_up.add_printer(hall.pk, THE_HALL, new_key(), **own)["printer"]
    at_east, elsewhere = (
        desk.small.ticket(tickets.issue(hall.pk, Actor(name, "kiosk"), new_key(), service="id-card"))
        for name in (f"device:{kiosk}", "device:99999")
    )
    desk.follow()
    assert desk.job(at_east).printer_id == east
    assert desk.job(elsewhere).printer == desk.printer


def test_numbers_before_the_first_printer_are_not_printed_afterwards(small_hall: SmallHall) -> None:
    small_hall.issue()
    with desk_of(small_hall) as desk:
        desk.work()
        assert not PrintJob.objects.exists()


def test_restored_backup_prints_nothing_a_second_time(desk: Desk) -> None:
    desk.issue()
    Hall.objects.update(epoch="another")
    desk.work()
    assert not desk.twin.slips
    ticket = desk.issue()
    desk.work()
    assert desk.job(ticket).state == "confirmed"


def test_database_itself_refuses_a_second_first_copy(desk: Desk) -> None:
    ticket = desk.issue()
    desk.follow()
    PrintCursor.objects.update(seq=0)
    with pytest.raises(Exception, match=r"(?i)unique|one_job_per_copy"):
        desk.follow()
    assert desk.job(ticket).copy == 1


def test_reprint_is_marked_counted_and_audited(desk: Desk) -> None:
    ticket = desk.issue()
    desk.work()
    answer = asking.reprint(
        desk.small.hall.pk, desk.small.actor("desk"), new_key(), ticket=ticket.pk, why="lost"
    )
    assert answer["copy"] == 2
    desk.turns()
    assert desk.job(ticket, copy=2).state == "confirmed"
    assert "补打 第2份" in desk.twin.slips[-1].text
    assert "补打" not in desk.twin.slips[0].text
    event = Event.objects.get(kind="slip.reprinted")
    assert (event.by, event.ticket, event.data["why"]) == (desk.small.actor("desk").name, ticket, "lost")
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("who", ["clerk1", "auditor"])
def test_reprint_needs_the_right(desk: Desk, who: str) -> None:
    ticket = desk.issue()
    desk.work()
    with pytest.raises(Refused, match="not_allowed"):
        asking.reprint(desk.small.hall.pk, desk.small.actor(who), new_key(), ticket=ticket.pk, why="lost")


def test_reprint_waits_for_the_paper_that_is_on_its_way_and_ends_with_the_ticket(desk: Desk) -> None:
    ticket = desk.issue()
    desk.follow()
    by = desk.small.actor("desk")
    with pytest.raises(Refused, match="reprint_on_the_way"):
        asking.reprint(desk.small.hall.pk, by, new_key(), ticket=ticket.pk, why="lost")
    desk.turns()
    for verb in ("start", "finish"):
        if verb == "start":
            desk.small.call_next(1)
        desk.small.say(verb, 1)
    with pytest.raises(Refused, match="reprint_over"):
        asking.reprint(desk.small.hall.pk, by, new_key(), ticket=ticket.pk, why="lost")
    with pytest.raises(Refused, match="bad_input"):
        asking.reprint(desk.small.hall.pk, by, new_key(), ticket=ticket.pk, why="because")


def test_frame_of_the_printers_moves_only_with_the_log(desk: Desk) -> None:
    """Two frames of one seq are equal: what a feeder does between two events is not to be seen."""

    def frame() -> tuple[int, object]:
        hall = desk.small.fresh()
        found = frame_of(Reading(hall), Topic("printer", hall.slug, "all"))
        assert found is not None
        return hall.seq, found["data"]

    seen: dict[int, object] = {}
    desk.twin.mode = Mode.PAPER_OUT
    desk.issue()
    for step in (desk.follow, desk.feeder.turn, desk.feeder.turn, desk.look_again, desk.feeder.turn):
        step()
        seq, data = frame()
        assert seen.setdefault(seq, data) == data
    desk.twin.mode = Mode.OK
    printer = Printer.objects.get()
    claimed = [desk.look_again, lambda: jobs.claim(printer, desk.feeder.owner), desk.feeder.turn]
    for other in claimed:
        other()
        seq, data = frame()
        assert seen.setdefault(seq, data) == data


def test_paper_older_than_ten_minutes_is_given_up_and_said_so(desk: Desk) -> None:
    ticket = desk.issue()
    desk.follow()
    PrintJob.objects.update(made_at=timezone.now() - timedelta(minutes=11))
    desk.turns()
    assert (desk.job(ticket).state, desk.job(ticket).reason) == ("failed", "too_old")
    assert not desk.twin.slips
    assert desk.kinds()[-2:] == ["slip.failed", "printer.changed"]


def ask_slip(desk: Desk, ticket: Ticket, **more: Any) -> Any:
    """The desk presses reprint."""
    by = desk.small.actor("desk")
    return desk_verbs.ask_slip(
        desk.small.hall.pk, by, new_key(), ticket=ticket.pk, **({"why": "lost"} | more)
    )


def test_4_a_slip_asked_for_at_the_desk_is_marked_and_counted(desk: Desk) -> None:
    """Regression 4: a reprint is marked 补打 and counted."""
    ticket = desk.issue()
    desk.work()
    for _ in range(2):
        ask_slip(desk, ticket)
        desk.work()
    assert ["补打" in slip.text for slip in desk.twin.slips] == [False, True, True]
    assert "补打 第3份" in desk.twin.slips[-1].text
    last = desk.job(ticket, copy=3)
    assert (last.state, last.asked_by, last.asked_why) == ("confirmed", desk.small.actor("desk").name, "lost")
    assert [event.data["copy"] for event in Event.objects.filter(kind="slip.reprinted").order_by("seq")] == [
        2,
        3,
    ]


def test_number_issued_without_paper_is_printed_when_asked_for_and_is_no_reprint(desk: Desk) -> None:
    quiet, phone = desk.issue(source="desk", slip=False), desk.issue(source="phone")
    desk.work()
    assert not PrintJob.objects.exists()
    for ticket in (quiet, phone):
        ask_slip(desk, ticket, why="asked")
    desk.work()
    assert [slip.text.count("补打") for slip in desk.twin.slips] == [0, 0]
    assert desk.job(quiet).copy == desk.job(phone).copy == 1


def test_slip_comes_out_of_the_printer_that_was_chosen(desk: Desk) -> None:
    own = {"name": "导办台", "address": "tcp://127.0.0.1:1"}
    other = setting_up.add_printer(desk.small.hall.pk, THE_HALL, new_key(), **own)["printer"]
    ticket = desk.issue()
    desk.follow()
    assert desk.job(ticket).printer == desk.printer
    ask_slip(desk, ticket, printer=other)
    desk.follow()
    assert PrintJob.objects.count() == 1  # the first paper was not out yet: it goes to the other printer
    assert desk.job(ticket).printer_id == other
    ask_slip(desk, ticket)
    desk.follow()
    assert PrintJob.objects.count() == 1  # still on its way: not a second one


@pytest.mark.parametrize(
    ("who", "why", "code"), [("clerk1", "lost", "not_allowed"), ("desk", "because", "bad_input")]
)
def test_slip_is_asked_for_by_the_desk_with_a_known_reason(
    small_hall: SmallHall, who: str, why: str, code: str
) -> None:
    ticket, by = small_hall.issue()["ticket"], small_hall.actor(who)
    with pytest.raises(Refused, match=code):
        desk_verbs.ask_slip(small_hall.hall.pk, by, new_key(), ticket=ticket, why=why)
