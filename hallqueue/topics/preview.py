"""Who would be called next under another policy: a scope's present line, as one window taking all would call it."""

from itertools import islice
from typing import Any

from hallqueue.order import HALL, RATIO, Rules, Standing, aged, in_order
from hallqueue.topics.reading import Reading

Row = dict[str, Any]


def next_under(reading: Reading, scope: int, rules: Rules, most: int = 10) -> list[Row]:
    """The next calls of a scope under `rules`: [{label, klass, code, number, of}], at the hall's last event."""
    rows = {
        row["id"]: row for row in reading.waiting if reading.catalogue.scope_of(row["service_id"]) == scope
    }
    people = (_standing(reading, row, rules) for row in rows.values())
    past = reading.past_turns if rules.kind == RATIO else {}
    told = in_order(people, {HALL: rules}, {HALL: past.get(scope, [])})
    return [
        {
            "label": rows[each.who.ticket]["label"],
            "klass": each.who.klass,
            "code": each.why.code,
            "number": each.why.number,
            "of": each.why.of,
        }
        for each in islice(told, most)
    ]


def _standing(reading: Reading, row: Row, rules: Rules) -> Standing:
    """Somebody with what waiting would give under these rules, and what it gave already: nobody is ever set back."""
    since = row["waiting_at"] or row["issued_at"]
    minutes = max(0.0, (reading.hall.moved_at - since).total_seconds() / 60)
    given = row["precedence"]
    reached = aged(rules, row["klass"], given, minutes)
    return Standing(reached[0] if reached else given, row["position"], row["id"], klass=row["klass"])
