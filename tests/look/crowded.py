"""A hall with too much of everything: the demo hall's own rows again and again, with the longest names there are."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone

from displays.models import Board, Card, CardHealth, Playlist, PlaylistEntry
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup
from hallqueue.actions.house.catalogue import import_plan, plan_import
from hallqueue.actions.line import tickets
from hallqueue.models import (
    Appointment,
    CalendarDay,
    Concern,
    ConcernCause,
    Department,
    Device,
    Finding,
    Hall,
    Hours,
    Journey,
    JourneyPart,
    KeptReport,
    Notice,
    Project,
    ProjectStep,
    ProjectTeam,
    Rating,
    RatingCase,
    Refusal,
    Role,
    Service,
    SlotPattern,
    Ticket,
    User,
    Walkthrough,
    Window,
    WindowService,
)
from printers.models import Printer
from tests.bench.audit import write
from tests.look.words import DEPARTMENT, LINK, PERSON, WINDOW, WORDS
from tests.window_hall import signed_in

CATALOGUE = Path(__file__).parents[1] / "data" / "guangan-service-items-2025.csv.gz"
Change = Callable[[int, Any], Any]


class Much(NamedTuple):
    """How many there are of each; `few` of what a hall has fewer of: devices, journeys, hours, boards, causes."""

    cases: int
    windows: int
    staff: int
    cards: int
    few: int
    lines: int


WHOLE = Much(cases=300, windows=150, staff=200, cards=150, few=40, lines=10_000)


def crowd(slug: str = "wuhai", part: int = 1) -> None:
    """Fill a demo hall: 1,135 real services, 300 of each case, 150 windows, 200 people, 150 cards, 10,000 lines; of
    all but the services one in `part`."""
    much = Much(*(count // part for count in WHOLE))
    with transaction.atomic():
        hall = Hall.objects.get(slug=slug)
        longest = _catalogue(hall)
        _house(hall, longest, much)
        _people_and_times(hall, longest, much)
        _tickets(hall, longest, much)
        _cases(hall, longest, much)
        _projects(hall, much)
        _glass(hall, much)
        write(Hall.objects.get(pk=hall.pk), much.lines)


def lay_empty(slug: str, like: str = "wuhai") -> None:
    """A hall in which nothing has been set up yet but one person of each role."""
    hall = setup.make_hall(slug, "空大厅")
    people = {user.role: user for user in User.objects.filter(hall__slug=like)}
    names = {"username": lambda _, row: f"{slug}-{row.role}"}
    again(User, list(people.values()), len(people), hall=hall, **names)


def sessions(slug: str) -> dict[str, str]:
    """The session of one person of each role who has signed in, by role."""
    people = {user.role: user for user in User.objects.filter(hall__slug=slug, is_active=True)}
    return {str(role): signed_in(user) for role, user in people.items()}


def again(model: type[models.Model], rows: Sequence[Any], count: int, **changes: Change | Any) -> list[Any]:
    """`count` more rows like these; a change is a value, or what makes it of a row's number and the row."""
    made = []
    for number in range(count):
        row = copy(rows[number % len(rows)])
        row.pk, row._state.adding = None, True
        for name, value in changes.items():
            setattr(row, name, value(number, row) if callable(value) else value)
        made.append(row)
    return list(model._default_manager.bulk_create(made))


def _catalogue(hall: Hall) -> Service:
    """The real catalogue; returns the service with the longest name."""
    plan = plan_import(hall, gzip.decompress(CATALOGUE.read_bytes()), "A")
    import_plan(hall, THE_HALL, new_key(), plan)
    longest = max(Service.objects.filter(hall=hall), key=lambda each: len(each.name))
    Department.objects.filter(pk=longest.department_id).update(name=DEPARTMENT)
    return longest


def _house(hall: Hall, longest: Service, much: Much) -> None:
    """Windows that all take the longest, journeys that lead to it, devices and printers."""
    windows = list(Window.objects.filter(hall=hall, is_fallback=False, number__gt=1))
    named = {"number": lambda n, _: 51 + n, "zone": lambda n, _: f"{'ABCDEFGH'[n % 8]}区"}
    more = again(
        Window, windows, much.windows, name=WINDOW, hours_id=None, state="open", pause_reason="", **named
    )
    takes = [WindowService(hall=hall, window=each, service=longest) for each in (*windows, *more)]
    WindowService.objects.bulk_create(takes, ignore_conflicts=True)
    named = {"code": lambda n, _: f"crowd{n}", "order": lambda n, _: 50 + n}
    journeys = again(Journey, list(Journey.objects.filter(hall=hall)), much.few, name=WINDOW, **named)
    JourneyPart.objects.bulk_create(
        JourneyPart(hall=hall, journey=each, stage=1, service=longest) for each in journeys
    )
    device = Device(hall=hall, kind="kiosk", name="一号机", approved_by="demo")
    named = {"name": lambda n, _: f"{WINDOW}{n}", "token_hash": lambda n, _: f"crowd{n}"}
    again(Device, [device], much.few, **named)
    printer = Printer(hall=hall, address="192.168.100.200:9100")
    again(Printer, [printer], much.few, name=lambda n, _: f"{WINDOW}{n}")


def _people_and_times(hall: Hall, longest: Service, much: Much) -> None:
    clerks = list(User.objects.filter(hall=hall, role=Role.CLERK))
    named = {"username": lambda n, _: f"crowd{n:03d}", "name": lambda n, _: PERSON if n % 3 else f"张{n}"}
    again(User, clerks, much.staff, is_party_member=True, **named)
    hours = list(Hours.objects.filter(hall=hall))
    again(Hours, hours, much.few, is_default=False, name=lambda n, _: f"周六延时服务与午间不断档服务时间{n}")
    today = hall.business_date(timezone.now())
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(hall=hall, date=today + timedelta(n), is_working=n % 2 == 0, name="春节调休补班")
            for n in range(much.cases)
        ],
        ignore_conflicts=True,
    )
    booked = list(Appointment.objects.filter(hall=hall, ticket=None))
    again(
        Appointment,
        booked,
        much.cases,
        code=lambda n, _: f"C{n:07d}",
        name=PERSON,
        state="booked",
        ended_at=None,
    )
    again(SlotPattern, list(SlotPattern.objects.filter(hall=hall)), much.few, service=longest)


def _tickets(hall: Hall, longest: Service, much: Much) -> None:
    """People who wait for the longest name, and windows that refused it."""
    for _ in range(much.cases):
        tickets.issue(hall.pk, THE_HALL, new_key(), service=longest.code)
    held = Ticket.objects.filter(hall=hall, service=longest).latest("id")
    window, now = Window.objects.filter(hall=hall, name=WINDOW)[0], timezone.now()
    refused = Refusal(
        hall=hall, business_date=held.business_date, ticket=held, service=longest, window=window, at=now
    )
    again(Refusal, [refused], much.cases, kind="materials", words=WORDS)


def _cases(hall: Hall, longest: Service, much: Much) -> None:
    """Concerns, walkthroughs, findings, ratings and their cases, of every state the demo hall has."""
    window, cause = Window.objects.filter(hall=hall, name=WINDOW)[0], WORDS[:60]
    named: dict[str, Any] = {"number": lambda n, _: 1000 + n}
    again(
        ConcernCause, list(ConcernCause.objects.filter(hall=hall)), much.few, name=lambda n, _: f"{cause}{n}"
    )
    about = {"service": longest, "department": longest.department}
    said = {"failed": WORDS * 3 + LINK, "wish": WORDS, "step": WORDS, "window": window}
    said |= {"label": lambda n, row: f"{row.year}-{1000 + n}"}
    again(Concern, list(Concern.objects.filter(hall=hall)), much.cases, **named, **about, **said)
    walks = list(Walkthrough.objects.filter(hall=hall, ticket=None))
    said = {"matter": longest.name, "place_note": WINDOW, "situation": WORDS, "suggestion": WORDS + LINK}
    said |= {"label": lambda n, row: f"{row.year}-{1000 + n}", "again_of": None}
    again(Walkthrough, walks, much.cases, service=longest, **named, **said)
    said = {"note": WORDS + LINK, "measure": WORDS, "ref": lambda n, _: f"crowd{n}"}
    said |= {"label": lambda n, row: f"{row.year}-{1000 + n}"}
    again(Finding, list(Finding.objects.filter(hall=hall)), much.cases, **named, **said)
    bad = list(Rating.objects.filter(hall=hall, case__isnull=False))
    said = {"position": lambda n, _: 10 + n, "comment": WORDS + LINK, "service": longest, "window": window}
    ratings = again(Rating, bad, much.cases, **said)
    said = {"rating": lambda n, _: ratings[n], "label": lambda n, row: f"{row.year}-{1000 + n}"}
    held = [each.case for each in bad]
    again(RatingCase, held, much.cases, department=longest.department, **named, **said)


def _projects(hall: Hall, much: Much) -> None:
    """Projects with their steps and teams, and kept reports."""
    held = list(Project.objects.filter(hall=hall))
    said = {"title": WORDS, "problem": WORDS + LINK, "number": lambda n, _: 1000 + n}
    said |= {"label": lambda n, row: f"{row.year}-{1000 + n}", "team": None}
    for number, project in enumerate(again(Project, held, much.cases, **said)):
        like = held[number % len(held)]
        steps, teams = list(like.steps.all()), list(like.teams.all())
        again(ProjectStep, steps, len(steps), project=project)
        again(ProjectTeam, teams, len(teams), project=project, name=WINDOW)
    day = hall.business_date(timezone.now())
    told = list(KeptReport.objects.filter(hall=hall))
    if told:
        at = {name: (lambda n, _: day - timedelta(2 + n)) for name in ("first_day", "last_day")}
        again(KeptReport, told[:1], much.cases, kind="day", **at)


def _glass(hall: Hall, much: Much) -> None:
    """Notices in every state, playlists, boards and cards."""
    now = timezone.now()
    notice = Notice(hall=hall, form="text", body_zh=WORDS * 4, by="user:1", approved_by="user:2", put_at=now)
    states = ("draft", "approved", "shown", "ended")
    ends = {
        "state": lambda n, _: states[n % 4],
        "ended_at": lambda n, row: now if row.state == "ended" else None,
    }
    notices = again(Notice, [notice], much.cases, zh=lambda n, _: f"{n} {WORDS}", **ends)
    playlists = again(Playlist, [Playlist(hall=hall)], much.few, name=lambda n, _: f"{WINDOW}{n}")
    entries = [
        PlaylistEntry(playlist=each, notice=notice, order=order)
        for each in playlists
        for order, notice in enumerate(notices[: much.few], 1)
    ]
    PlaylistEntry.objects.bulk_create(entries)
    again(Board, [Board(hall=hall)], much.few, name=lambda n, _: f"{WINDOW}{n}")
    card = Card(
        hall=hall, address="192.168.100.200:5005", window=Window.objects.filter(hall=hall, name=WINDOW)[0]
    )
    cards = again(Card, [card], much.cards, name=lambda n, _: f"{WINDOW}{n}", is_active=False)
    CardHealth.objects.bulk_create(CardHealth(hall=hall, card=each) for each in cards)
