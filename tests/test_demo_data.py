"""The demo hall is a whole hall, and its reader notices when it is not."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hallqueue.demo.hall_data import HallData, contradictions_of, demo_hall


def test_the_demo_hall_is_as_large_as_promised() -> None:
    hall = demo_hall()
    assert hall.slug == "wuhai"
    assert len(hall.departments) >= 12
    assert len(hall.services) >= 80
    assert [window.number for window in hall.windows] == list(range(1, 25))
    assert [series.letter for series in hall.series] == ["A", "B", "C", "D", "F"]


def test_every_role_has_its_staff() -> None:
    roles = Counter(person.role for person in demo_hall().staff)
    assert roles == {"administrator": 1, "manager": 2, "desk": 2, "clerk": 22, "auditor": 1}


def test_window_24_is_the_fallback_window() -> None:
    fallbacks = [window for window in demo_hall().windows if window.is_fallback]
    assert [(window.number, window.name) for window in fallbacks] == [(24, "“办不成事”反映窗口")]


def test_every_service_can_be_had_where_clerks_usually_sit() -> None:
    hall = demo_hall()
    seats = {person.window for person in hall.staff}
    taken = {code for window in hall.windows if window.number in seats for code in window.takes}
    without_21_and_23 = {service.code for service in hall.services} - taken
    assert without_21_and_23 == set()


def test_every_service_but_the_concern_is_taken_by_an_ordinary_window() -> None:
    hall = demo_hall()
    ordinary = {code for window in hall.windows if not window.is_fallback for code in window.takes}
    assert {service.code for service in hall.services} - ordinary == {"service-01"}


def test_a_rank_given_to_a_service_goes_before_that_of_its_department() -> None:
    passports = next(window for window in demo_hall().windows if window.number == 3)
    assert passports.takes["police-07"] == 0
    assert passports.takes["police-01"] == 1


def test_names_are_given_and_none_is_said_to_be_reviewed() -> None:
    hall = demo_hall()
    assert all(service.name and service.name_en for service in hall.services)
    assert all(department.name_en and department.name_mn for department in hall.departments)
    assert all(window.name and window.name_en for window in hall.windows)
    assert all(
        "en" in hall.words[f"zone:{w.zone}"] and "en" in hall.words[f"direction:{w.direction}"]
        for w in hall.windows
    )
    assert len({service.name for service in hall.services}) == len(hall.services)
    assert not hall.mn_reviewed


def test_every_facility_says_where_it_stands() -> None:
    facilities = demo_hall().facilities
    assert {f.code for f in facilities} == {
        "wheelchair",
        "nursing_room",
        "copying",
        "first_aid",
        "self_service",
    }
    assert all(f.place and f.place_en and f.name_mn for f in facilities)


def broken_halls() -> Iterator[tuple[str, HallData]]:
    hall = demo_hall()
    service, window, clerk = hall.services[0], hall.windows[0], hall.staff[-1]
    yield "service police-01 stands twice", replace(hall, services=(*hall.services, service))
    yield "unknown series Z", replace(hall, services=(replace(service, series="Z"), *hall.services[1:]))
    yield "tag cheap", replace(hall, services=(replace(service, tags=("cheap",)), *hall.services[1:]))
    yield "at least one minute", replace(hall, services=(replace(service, minutes=0), *hall.services[1:]))
    yield "by no ordinary window", replace(hall, windows=(hall.windows[-1],))
    yield "exactly one fallback", replace(hall, windows=hall.windows[:-1])
    yield "takes the unknown", replace(hall, windows=(replace(window, takes={"no": 0}), *hall.windows[1:]))
    yield "takes nothing", replace(hall, windows=(replace(window, takes={}), *hall.windows[1:]))
    yield "uses I or O", replace(hall, series=(*hall.series, replace(hall.series[0], letter="O")))
    yield "unknown role", replace(hall, staff=(*hall.staff, replace(hall.staff[0], role="king")))
    yield "two clerks", replace(hall, staff=(*hall.staff, replace(clerk, username="other")))
    yield "does not exist", replace(hall, staff=(replace(clerk, window=99), *hall.staff[:-1]))
    yield "usual window", replace(hall, staff=(replace(clerk, window=None), *hall.staff[:-1]))


@pytest.mark.parametrize(("sentence", "hall"), list(broken_halls()), ids=lambda value: str(value)[:24])
def test_a_contradiction_is_noticed(sentence: str, hall: HallData) -> None:
    assert any(sentence in contradiction for contradiction in contradictions_of(hall))


def test_every_icon_of_the_demo_hall_is_in_the_sprite() -> None:
    sprite = (Path(__file__).parent.parent / "hallqueue/static/hallqueue/icons/sprite.svg").read_text("utf-8")
    hall = demo_hall()
    icons = {department.icon for department in hall.departments} | {f.icon for f in hall.facilities}
    assert {icon for icon in icons if f'id="{icon}"' not in sprite} == set()
