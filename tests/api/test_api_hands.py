"""A machine in a manager's role has the manager's hands and the fallback's policy, told and taken back."""

from __future__ import annotations

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.round import alarms
from hallqueue.models import Hall
from hallqueue.web.acts import acts_of
from tests.hall import SmallHall
from tests.machine import Machine
from tests.routing.test_advice import tide as tide


def test_a_machine_borrows_moves_tells_and_takes_it_back(small_hall: SmallHall) -> None:
    machine = Machine(small_hall)
    waiting = [machine.post("/tickets", {"service": "id-card"})["ticket"] for _ in range(2)]
    lent = machine.post("/windows/3/borrow", {"service": "id-card", "reason": "排长队", "minutes": 30})
    (row,) = machine.get("/borrowings")
    assert (row["window"], row["name"], row["reason"]) == (3, "居民身份证换领", "排长队")
    assert len(machine.get("/windows/3/line")) == 2
    assert machine.post(f"/borrowings/{lent['borrowing']}/end")["window"] == 3

    moved = machine.post("/tickets/move", {"tickets": waiting, "reason": "停电", "to_window": 2})
    assert moved == {"count": 2, "labels": ["A001", "A002"]}
    assert machine.get("/windows/1/line") == []
    act = machine.get()["seq"]
    assert machine.post(f"/acts/{act}/undo") == {"act": act, "left": []}
    assert len(machine.get("/windows/1/line")) == 2
    assert machine.post(f"/acts/{act}/undo", status=409)["code"] == "act_undone"

    assert machine.post("/messages", {"text": "请看大厅"})["windows"] == [1, 2, 3, 9]
    assert machine.get("/messages")[0]["by"] == "manager"
    line = machine.post("/notices", {"zh": "三楼停电", "minutes": 30, "places": ["board", "board"]})
    assert [(each["zh"], each["places"]) for each in machine.get("/notices")] == [("三楼停电", ["board"])]
    machine.post(f"/notices/{line['notice']}/end")
    assert machine.get("/notices") == []
    assert {act["by"] for act in acts_of(Hall.objects.get(), "zh")} == {"manager"}

    for window in (1, 2, 3, 9):
        machine.post(f"/windows/{window}/close")
    assert [each["label"] for each in machine.get("/stranded")] == ["A001", "A002"]
    alarms.look_round(small_hall.hall.pk, THE_HALL, new_key())
    stranded = next(each for each in machine.get("/alarms") if each["kind"] == "stranded")
    machine.post(f"/alarms/{stranded['alarm']}/acknowledge")
    seen = [each["seen_by"] for each in machine.get("/alarms") if each["kind"] == "stranded"]
    assert seen == ["manager"]


def test_a_machine_decides_what_falls_back(small_hall: SmallHall) -> None:
    machine = Machine(small_hall)
    policy = machine.get("/fallback")
    assert (policy["wait_minutes"], policy["transfers"], policy["duties"]) == (0, 3, [])
    wanted = policy | {
        "wait_minutes": 45,
        "unknown_series": "A",
        "duties": [{"window": 9, "department": "税务局"}],
    }
    assert machine.post("/fallback", wanted) == wanted == machine.get("/fallback")
    head = machine.get()["seq"]
    for wrong, status, code in (
        ({"wait_minutes": 2}, 400, "bad_input"),
        ({"transfers": 1}, 400, "bad_input"),
        ({"unknown_series": "Z"}, 404, "unknown_series"),
        ({"duties": [{"window": 1, "department": "税务局"}]}, 409, "not_a_fallback"),
    ):
        assert machine.post("/fallback", wanted | wrong, status)["code"] == code
    assert machine.get()["seq"] == head


def test_a_machine_takes_and_dismisses_advice(tide: SmallHall) -> None:
    machine = Machine(tide)
    (row,) = machine.get("/advice")
    assert (row["verb"], row["window"], row["minutes"]) == ("open", 2, 48)
    assert machine.post(f"/advice/{row['advice']}/take")["window"] == 2
    assert machine.post(f"/advice/{row['advice']}/dismiss", status=409)["code"] == "advice_over"
    (other,) = machine.get("/advice")
    machine.post(f"/advice/{other['advice']}/dismiss")
    assert machine.get("/advice") == []
