"""What is compared between the hall and the paper: rows, answers and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection

from hallqueue.errors import Refused
from tests.model.plain import No, Paper

Outcome = tuple[str, Any]

# Plain SQL: asked after every step, the ORM would spend more time on wording than on asking.
TICKETS = """SELECT t.id, t.label, CAST(t.business_date AS TEXT), s.code, t.state, t.klass, t.precedence, t.call_count,
    w.number, f.number, b.number, j.label, t.requeue_count, t.people, t.matters
    FROM hallqueue_ticket t JOIN hallqueue_service s ON s.id = t.service_id
    LEFT JOIN hallqueue_window w ON w.id = t.window_id LEFT JOIN hallqueue_window f ON f.id = t.for_window_id
    LEFT JOIN hallqueue_window b ON b.id = t.return_to_id LEFT JOIN hallqueue_ticket j ON j.id = t.joined_to_id
    WHERE t.hall_id = %s ORDER BY t.id"""
WINDOWS = """SELECT w.number, w.state, w.pause_reason, COALESCE(u.name, '') FROM hallqueue_window w
    LEFT JOIN hallqueue_shift s ON s.window_id = w.id AND s.ended_at IS NULL
    LEFT JOIN hallqueue_user u ON u.id = s.user_id WHERE w.hall_id = %s ORDER BY w.number"""


def chosen(tickets: list[Any], name: str, value: Any) -> Any:
    """A detail with tickets named by their order as the hall, or the paper, knows them."""
    if name == "tickets":
        return [tickets[each] for each in value]
    return tickets[value] if name in ("ticket", "token") and value is not None else value


def on_paper(ticket: Paper) -> tuple[Any, ...]:
    return (
        ticket.label,
        str(ticket.day),
        ticket.service,
        ticket.state,
        ticket.klass,
        ticket.rank,
        ticket.calls,
        ticket.at,
        ticket.sent_to,
        ticket.lent_by,
        ticket.joined_to.label if ticket.joined_to else None,
        ticket.requeued,
        ticket.people,
        [matter.result for matter in ticket.matters],
    )


def results_in(matters: Any) -> list[str]:
    """What came of each matter: JSON as either database gives it."""
    found = json.loads(matters) if isinstance(matters, str) else matters
    return [matter["result"] for matter in found]


def ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [tuple(row) for row in cursor.fetchall()]


def outcome_of(say: Callable[[], Any]) -> Outcome:
    try:
        return "yes", say()
    except Refused as refusal:
        return "no", refusal.code
    except No as no:
        return "no", str(no)


def agree(got: Outcome, expected: Outcome) -> bool:
    """The hall may say more than the paper, but nothing else."""
    if got[0] != expected[0] or got[0] == "no":
        return got == expected
    return all(got[1][name] == value for name, value in expected[1].items())
