"""The engine's first sentences: one answer per key, a gapless log, numbers that never repeat."""

from typing import Any

import pytest

from hallqueue.errors import Refused
from hallqueue.models import Event
from tests.hall import SmallHall


def test_same_key_gets_the_same_ticket(small_hall: SmallHall) -> None:
    first = small_hall.issue(key="a-double-tap")
    assert small_hall.issue(key="a-double-tap") == first
    assert small_hall.hall.tickets.count() == 1


def test_key_reused_for_something_else_is_refused(small_hall: SmallHall) -> None:
    small_hall.issue(key="one-key-only")
    with pytest.raises(Refused, match="key_reused"):
        small_hall.issue("invoice", key="one-key-only")
    assert small_hall.hall.tickets.count() == 1


def test_log_is_gapless_and_the_hall_knows_its_head(small_hall: SmallHall) -> None:
    for _ in range(3):
        small_hall.issue()
    small_hall.call_next(1)
    seqs = list(Event.objects.filter(hall=small_hall.hall).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    assert small_hall.fresh().seq == seqs[-1]


def test_refusal_is_the_same_answer_again(small_hall: SmallHall) -> None:
    for _ in range(2):
        with pytest.raises(Refused, match="nobody_waiting"):
            small_hall.call_next(1, key="nobody-was-there")
    small_hall.issue()
    with pytest.raises(Refused, match="nobody_waiting"):
        small_hall.call_next(1, key="nobody-was-there")
    assert small_hall.call_next(1)["label"] == "A001"


def test_service_code_with_a_nul_is_unknown_and_breaks_nothing(small_hall: SmallHall) -> None:
    with pytest.raises(Refused, match="unknown_service"):
        small_hall.issue("no-\x00such")


@pytest.mark.parametrize("wish", [{"people": 0}, {"people": 100}, {"priority": "vip"}, {"language": "fr"}])
def test_a_wish_that_there_is_not_gives_no_number(small_hall: SmallHall, wish: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bad_input"):
        small_hall.issue(**wish)
    assert small_hall.issue(people=99, priority="military", language="mn")["label"] == "A001"
