"""Puts the demo hall into the database, through the same actions a real hall is set up with."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from hallqueue.actions import lending
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup, wordings
from hallqueue.demo.concerns import load_concerns
from hallqueue.demo.hall_data import HallData, demo_hall
from hallqueue.demo.hours import keep_slots, load_appointments, load_hours
from hallqueue.demo.journeys import load_fallback, load_journeys
from hallqueue.demo.past import load_past
from hallqueue.demo.projects import load_projects
from hallqueue.demo.ratings import load_ratings
from hallqueue.demo.walkthroughs import load_walkthroughs
from hallqueue.models import Hall, Role, User
from hallqueue.models.windows import listed

UNKNOWN_SERIES = "F"
"""The letter of the fallback window's own matter: who does not know what to ask for gets one of its numbers."""

PASSWORD = "hall-demo-2026"
"""Of every demo account. It opens nothing but simulated data; real halls have no default password."""


def load() -> Hall:
    """The demo hall, made on the first call; later calls only keep its slots for the coming week."""
    data = demo_hall()
    found = Hall.objects.filter(slug=data.slug).first()
    if found is not None:
        keep_slots(found)
        return found
    hall = setup.make_hall(
        data.slug,
        data.name,
        name_mn=data.name_mn,
        name_en=data.name_en,
        time_zone=data.time_zone,
        slip_rules="\n".join(data.slip_rules),
        is_demo=settings.DEMO,
    )
    _load_setup(hall, data)
    lending.load_items(hall.pk, THE_HALL, new_key(), rows=[asdict(each) for each in data.items])
    lending.load_facilities(hall.pk, THE_HALL, new_key(), rows=[asdict(each) for each in data.facilities])
    _load_words(hall, data)
    _load_staff(hall, data)
    load_journeys(hall)
    load_fallback(hall, UNKNOWN_SERIES)
    load_concerns(hall)
    load_walkthroughs(hall)
    load_ratings(hall)
    load_projects(hall)
    load_hours(hall)
    load_appointments(hall)
    keep_slots(hall)
    if hall.is_demo:
        load_past(hall)
    return hall


def _load_setup(hall: Hall, data: HallData) -> None:
    departments = [
        {
            "code": d.code,
            "name": d.name,
            "name_en": d.name_en,
            "name_mn": d.name_mn,
            "zone": d.zone,
            "icon": d.icon,
        }
        for d in data.departments
    ]
    series = [{"letter": each.letter, "name": each.name} for each in data.series]
    setup.load_departments(
        hall.pk, THE_HALL, new_key(), rows=[row | {"order": order} for order, row in enumerate(departments)]
    )
    setup.load_series(hall.pk, THE_HALL, new_key(), rows=series)
    setup.load_services(hall.pk, THE_HALL, new_key(), rows=[_service(each) for each in data.services])
    setup.load_windows(hall.pk, THE_HALL, new_key(), rows=[_window(each) for each in data.windows])


def _service(service: Any) -> dict[str, Any]:
    names = ("code", "department", "series", "name", "name_en", "name_mn", "also_called", "minutes", "weight")
    return {name: getattr(service, name) for name in names} | {"tags": list(service.tags)}


def _window(window: Any) -> dict[str, Any]:
    names = ("number", "name", "name_en", "name_mn", "zone", "direction", "is_fallback")
    return {name: getattr(window, name) for name in names} | {
        "takes": [list(pair) for pair in window.takes.items()],
        "languages": listed(window.languages),
    }


def _load_words(hall: Hall, data: HallData) -> None:
    rows = [
        {"subject": subject, "lang": lang, "text": words, "was": "", "reviewed": data.mn_reviewed}
        for subject, said in data.words.items()
        for lang, words in said.items()
    ]
    wordings.take_file(hall.pk, THE_HALL, new_key(), rows=rows)


def _load_staff(hall: Hall, data: HallData) -> None:
    """All accounts share one demo password, hashed once: hashing is slow on purpose."""
    password = make_password(PASSWORD)
    for person in data.staff:
        User.objects.create(
            username=person.username,
            name=person.name,
            role=person.role,
            hall=hall,
            password=password,
            is_party_member=person.member,
            is_staff=person.role == Role.ADMINISTRATOR,
            is_superuser=person.role == Role.ADMINISTRATOR,
        )
