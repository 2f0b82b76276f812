"""The demo hall's data files as typed values, checked: what `manage.py` puts into an empty database."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hallqueue.texts import has_text

FOLDER = Path(__file__).parent
ROLES = {"administrator", "manager", "desk", "clerk", "auditor"}
FORBIDDEN_LETTERS = set("IO")


class BadHallDataError(Exception):
    """The data files contradict themselves; the message lists every contradiction."""


@dataclass(frozen=True)
class Department:
    """A department; `icon` names a drawing of the sprite."""

    code: str
    name: str
    name_en: str
    name_mn: str
    zone: str
    icon: str


@dataclass(frozen=True)
class Service:
    """A service; `department` and `series` are codes, `weight` is its share of all visits."""

    code: str
    department: str
    series: str
    name: str
    name_en: str
    name_mn: str
    also_called: str
    tags: tuple[str, ...]
    minutes: int
    weight: int
    fallback_only: bool


@dataclass(frozen=True)
class Window:
    """A window; `takes` gives each service code its rank, 0 its own work; `languages` beside the common one."""

    number: int
    name: str
    name_en: str
    name_mn: str
    zone: str
    direction: str
    is_fallback: bool
    takes: dict[str, int]
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """A member of staff; `window` is where a clerk usually sits, `member` whether of the party."""

    username: str
    name: str
    role: str
    window: int | None
    member: bool


@dataclass(frozen=True)
class Facility:
    """Something that stands in the hall for everybody: wheelchairs, a nursing room."""

    code: str
    icon: str
    name: str
    name_en: str
    name_mn: str
    place: str
    place_en: str


@dataclass(frozen=True)
class Item:
    """A thing the desk lends, and how many there are."""

    code: str
    icon: str
    name: str
    name_en: str
    total: int


@dataclass(frozen=True)
class Series:
    """A series: its letter and what its numbers are for."""

    letter: str
    name: str


@dataclass(frozen=True)
class HallData:
    """A whole hall; `words` are those of zones, ways and rules by subject and language.

    `mn_reviewed` says whether somebody who reads Mongolian has checked its Mongolian.
    """

    slug: str
    name: str
    name_en: str
    name_mn: str
    time_zone: str
    mn_reviewed: bool
    slip_rules: tuple[str, ...]
    words: dict[str, dict[str, str]]
    facilities: tuple[Facility, ...]
    items: tuple[Item, ...]
    series: tuple[Series, ...]
    departments: tuple[Department, ...]
    services: tuple[Service, ...]
    windows: tuple[Window, ...]
    staff: tuple[Person, ...]


@cache
def demo_hall() -> HallData:
    """The demo hall, read once and checked; BadHallDataError if the files contradict themselves."""
    hall = read_hall(FOLDER)
    if contradictions := list(contradictions_of(hall)):
        raise BadHallDataError("\n".join(contradictions))
    return hall


def read_hall(folder: Path) -> HallData:
    """The hall of `hall.toml`, `services.toml` and `staff.toml` in `folder`, unchecked."""
    house, offered, people = (_table(folder / f"{name}.toml") for name in ("hall", "services", "staff"))
    services = tuple(_services(house["departments"], offered))
    return HallData(
        mn_reviewed=house["mn_reviewed"],
        slip_rules=tuple(house["hall"].pop("slip_rules")),
        words=house["words"],
        items=tuple(Item(**entry) for entry in house["items"]),
        facilities=tuple(Facility(**entry) for entry in house["facilities"]),
        series=tuple(Series(**entry) for entry in house["series"]),
        departments=tuple(_department(code, entry) for code, entry in house["departments"].items()),
        services=services,
        windows=tuple(_window(entry, services) for entry in house["windows"]),
        staff=tuple(Person(**({"window": None, "member": False} | entry)) for entry in people["staff"]),
        **house["hall"],
    )


def contradictions_of(hall: HallData) -> Iterator[str]:
    """Every way in which the hall contradicts itself, as a sentence each."""
    yield from _doubled(hall)
    yield from _wrong_services(hall)
    yield from _wrong_windows(hall)
    yield from _wrong_staff(hall)


def _table(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _department(code: str, entry: dict[str, str]) -> Department:
    return Department(code=code, **{name: value for name, value in entry.items() if name != "series"})


def _services(departments: dict[str, Any], offered: dict[str, Any]) -> Iterator[Service]:
    for department, entries in offered.items():
        for entry in entries:
            yield Service(
                code=entry["code"],
                department=department,
                series=departments[department]["series"],
                name=entry["name"],
                name_en=entry["en"],
                name_mn=entry.get("mn", ""),
                also_called=entry.get("also", ""),
                tags=tuple(entry.get("tags", ())),
                minutes=entry["minutes"],
                weight=entry["weight"],
                fallback_only=entry.get("fallback_only", False),
            )


def _window(entry: dict[str, Any], services: tuple[Service, ...]) -> Window:
    return Window(
        number=entry["number"],
        name=entry["name"],
        name_en=entry.get("name_en", ""),
        name_mn=entry.get("name_mn", ""),
        zone=entry["zone"],
        direction=entry["direction"],
        is_fallback=entry.get("is_fallback", False),
        takes=_ranks(entry["takes"], services),
        languages=tuple(entry.get("languages", ())),
    )


def _ranks(takes: dict[str, int], services: tuple[Service, ...]) -> dict[str, int]:
    """Ranks by service code; a department stands for all its services that ordinary windows take."""
    of_departments = {
        service.code: takes[service.department]
        for service in services
        if service.department in takes and not service.fallback_only
    }
    departments = {service.department for service in services}
    return of_departments | {code: rank for code, rank in takes.items() if code not in departments}


def _doubled(hall: HallData) -> Iterator[str]:
    keys: dict[str, list[str] | list[int]] = {
        "series": [series.letter for series in hall.series],
        "department": [department.code for department in hall.departments],
        "service": [service.code for service in hall.services],
        "window": [window.number for window in hall.windows],
        "user": [person.username for person in hall.staff],
    }
    for kind, found in keys.items():
        yield from (
            f"{kind} {key} stands twice" for key, count in Counter(map(str, found)).items() if count > 1
        )


def _wrong_services(hall: HallData) -> Iterator[str]:
    letters = {series.letter for series in hall.series}
    yield from (f"series {letter} uses I or O" for letter in letters if FORBIDDEN_LETTERS & set(letter))
    ordinary = {code for window in hall.windows if not window.is_fallback for code in window.takes}
    for service in hall.services:
        if service.series not in letters:
            yield f"service {service.code} names the unknown series {service.series}"
        if service.fallback_only == (service.code in ordinary):
            yield f"service {service.code} is served by no ordinary window, or by one against its word"
        if service.minutes < 1 or service.weight < 1:
            yield f"service {service.code} needs at least one minute and a weight of one"
        yield from (
            f"service {service.code}: tag {tag}" for tag in service.tags if not has_text(f"words.tag.{tag}")
        )


def _wrong_windows(hall: HallData) -> Iterator[str]:
    codes = {service.code for service in hall.services}
    if sum(window.is_fallback for window in hall.windows) != 1:
        yield "there must be exactly one fallback window"
    for window in hall.windows:
        yield from (
            f"window {window.number} takes the unknown {code}" for code in window.takes if code not in codes
        )
        if not window.takes:
            yield f"window {window.number} takes nothing"


def _wrong_staff(hall: HallData) -> Iterator[str]:
    numbers = {window.number for window in hall.windows}
    seats: Counter[int] = Counter(person.window for person in hall.staff if person.window is not None)
    yield from (f"two clerks usually sit at window {number}" for number, count in seats.items() if count > 1)
    yield from (f"window {number} of a clerk does not exist" for number in seats if number not in numbers)
    for person in hall.staff:
        if person.role not in ROLES:
            yield f"{person.username} has the unknown role {person.role}"
        if (person.role == "clerk") != (person.window is not None):
            yield f"{person.username}: clerks have a usual window, others have none"
