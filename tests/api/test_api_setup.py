"""Machines read and change the set-up: what windows take, the catalogue, house rules, limits, policies."""

from __future__ import annotations

import pytest

from tests.hall import SmallHall
from tests.machine import Machine


@pytest.fixture
def machine(small_hall: SmallHall) -> Machine:
    return Machine(small_hall, "manager")


def test_what_a_window_takes_is_read_changed_and_written_back(machine: Machine) -> None:
    stands = machine.get("/windows/1/rules")
    assert stands["services"] == [{"code": "id-card", "rank": 0}]
    more = [*stands["services"], {"code": "housing", "rank": 2}]
    answer = machine.post("/windows/1/rules", {**stands, "services": more, "languages": ["mn"]})
    assert answer == {"window": 1, "takes": 2, "unserved": 0}
    changed = machine.get("/windows/1/rules")
    assert (changed["services"], changed["languages"], changed["zone"]) == (more, ["mn"], stands["zone"])
    names = {"name": "综合", "name_en": "General", "name_mn": "ᠶᠡᠷᠦᠩᠬᠡᠢ"}
    for said in (names, {"direction": "左侧"}):
        machine.post("/windows/1/rules", {**changed, "names": said})
    (window,) = [row for row in machine.get("/windows") if row["number"] == 1]
    assert {**names, "direction": "左侧"}.items() <= window.items(), "a name that is left out stays"
    waiting = machine.post("/tickets", {"service": "invoice"})
    nothing_left = {"services": [{"code": "id-card"}]}
    assert machine.post("/windows/2/rules", nothing_left, 409)["code"] == "service_has_people"
    assert machine.post("/windows/1/rules", {}, 409)["code"] == "window_takes_nothing"
    assert machine.get(f"/tickets/{waiting['ticket']}")["state"] == "waiting"


def test_the_catalogue_is_read_changed_and_written_back(machine: Machine) -> None:
    stands = machine.get("/services/housing")
    assert (stands["department"], stands["series"], stands["is_active"]) == ("住建局", "C", True)
    waiting = machine.post("/tickets", {"service": "housing"})
    assert machine.post("/services/housing", {**stands, "is_active": False}, 409)["code"] == "service_awaited"
    changed = {**stands, "name": "公租房", "minutes": 25, "documents": "户口簿\n收入证明"}
    assert machine.post("/services/housing", changed) == {"service": "housing", "served": True}
    assert machine.get("/services/housing") == changed
    assert machine.get(f"/tickets/{waiting['ticket']}")["state"] == "waiting"
    fresh = {"code": "civil", "name": "民政局", "name_en": "Civil Affairs"}
    assert machine.post("/departments", {**fresh, "is_new": True}) == {"department": "civil"}
    assert machine.post("/departments", {**fresh, "is_new": True}, 409)["code"] == "department_exists"
    assert "civil" in [row["code"] for row in machine.get("/departments")]
    assert machine.post("/series", {"letter": "D", "last": 50, "is_new": True}) == {"series": "D"}
    made = {"letter": "D", "name": "", "first": 1, "last": 50, "is_active": True}
    assert machine.get("/series")[-1] == made
    assert machine.post("/series", {"letter": "D", "first": 9, "last": 5}, 409)["code"] == "series_reversed"
    new = {**changed, "name": "高龄津贴", "department": "civil", "series": "D"}
    assert machine.post("/services/elderly", {**new, "is_new": True}) == {
        "service": "elderly",
        "served": False,
    }
    names = {"name": "民政窗口", "direction": "进门右转"}
    rules = {"services": [{"code": "elderly"}], "names": names, "is_new": True}
    assert machine.post("/windows/12/rules", rules)["takes"] == 1
    assert machine.post("/windows/12/rules", rules, 409)["code"] == "window_exists"
    machine.post("/windows/12/open")
    assert machine.post("/tickets", {"service": "elderly"})["label"] == "D001"
    assert machine.post("/windows/12/retire", status=409)["code"] == "window_manned"
    machine.post("/windows/12/close")
    assert machine.post("/windows/12/retire", status=409)["code"] == "service_has_people"
    assert machine.post("/windows/12/retire", {"anyway": True}) == {"window": 12, "unserved": 1}
    assert 12 not in [row["number"] for row in machine.get("/windows")]
    assert machine.get("/windows/12/rules", 404)["code"] == "unknown_window"


def test_house_rules_and_alarm_limits_are_read_and_changed_in_part(machine: Machine) -> None:
    stands = machine.get("/house-rules")
    changed = machine.post("/house-rules", {"requeue_place": "end", "calls_before_no_show": 2})
    assert changed == {**stands, "requeue_place": "end", "calls_before_no_show": 2}
    limits = machine.get("/alarm-limits")
    assert machine.post("/alarm-limits", {"wait_alarm_minutes": 12}) == {**limits, "wait_alarm_minutes": 12}
    head = machine.get()["seq"]
    for path, wrong in (
        ("/house-rules", {"requeue_after": 0}),
        ("/house-rules", {"requeue_late": "never"}),
        ("/alarm-limits", {"tidal_people": 0}),
        ("/alarm-limits", {"noise": 1}),
        ("/series", {"letter": "D", "last": 10000}),
        ("/services/housing", {"name": "x"}),
    ):
        assert machine.post(path, wrong, 400)["code"] == "bad_input", path
    assert machine.get("/services/none", 404)["code"] == "unknown_service"
    assert machine.get()["seq"] == head


def test_what_is_left_out_and_stays_has_no_default_in_the_document(machine: Machine) -> None:
    document = machine.http.get("/api/v1/openapi.json").json()
    for name in ("HouseRules", "AlarmLimits", "WindowNames"):
        shape = document["components"]["schemas"][name]
        assert shape["properties"]
        assert "required" not in shape
        assert not [each for each in shape["properties"].values() if "default" in each], name


def test_policies_are_listed_set_and_dropped(machine: Machine) -> None:
    assert [row["kind"] for row in machine.get("/policies")] == ["strict"]
    assert machine.post("/policies", {"series": "A", "kind": "ratio", "ordinary": 3})["ordinary"] == 3
    assert [(row["series"], row["kind"]) for row in machine.get("/policies")] == [
        ("", "strict"),
        ("A", "ratio"),
    ]
    assert (
        machine.post("/policies", {"kind": "ratio", "preferred": 0, "ordinary": 0}, 400)["code"]
        == "bad_input"
    )
    assert machine.post("/policies", {"guard_minutes": 2}, 400)["params"] == {"detail": "guard_minutes"}
    assert machine.post("/policies", {"series": "Z"}, 404)["code"] == "unknown_series"
    assert machine.post("/policies/drop", {"series": "A"}) == {"series": "A", "dropped": True}
    assert machine.post("/policies/drop", {"series": "A"})["dropped"] is False
