"""The list of concerns: filters as an address carries them, and the rows they leave."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from hallqueue.cases.asking import REMINDED
from hallqueue.models import Concern, Hall

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
OPEN, PAUSES, ALL = "open", "pause_asked", "all"
"""Beside the states: what is not settled yet, where a manager is asked for a pause, and everything."""


@dataclass(frozen=True)
class Filters:
    """What is asked of the list; an empty field asks nothing."""

    state: str = OPEN
    kind: str = ""
    department: str = ""
    month: str = ""
    handler: str = ""
    query: str = ""
    late: bool = False
    soon: bool = False

    @property
    def words(self) -> dict[str, str]:
        """As they stand in an address."""
        return {name: ("1" if value is True else str(value)) for name, value in vars(self).items() if value}


def filters_of(asked: Mapping[str, str]) -> Filters:
    """Filters from an address; what makes no sense asks nothing."""
    plain = {name: asked.get(name, "").replace("\x00", "").strip()[:60] for name in vars(Filters())}
    state = plain["state"] if plain["state"] in (OPEN, PAUSES, ALL, *Concern.State.values) else OPEN
    kind = plain["kind"] if plain["kind"] in Concern.Kind.values else ""
    month = plain["month"] if _MONTH.fullmatch(plain["month"]) else ""
    late, soon = plain["late"] == "1", plain["soon"] == "1"
    return Filters(state, kind, plain["department"], month, plain["handler"], plain["query"], late, soon)


def concerns_like(hall: Hall, seen: Q, filters: Filters, now: datetime) -> QuerySet[Concern]:
    """The hall's concerns within `seen` that fit; what is nearest to its limit comes first, the settled last."""
    found = Concern.objects.filter(seen, _state(filters.state), hall=hall)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.department:
        found = found.filter(department__code=filters.department)
    if filters.handler:
        found = found.filter(handler__username=filters.handler)
    if filters.query:
        found = found.filter(Q(label__endswith=filters.query) | Q(ticket__label__iexact=filters.query))
    if filters.late:
        found = found.filter(late_by(now))
    if filters.soon:
        found = found.filter(reminded_by(now))
    if filters.month:
        first, after = month_of(filters.month)
        found = found.filter(received_on__gte=first, received_on__lt=after)
    order = ("due_at", "id") if filters.state in (OPEN, PAUSES) else ("-year", "-number")
    return found.select_related("ticket", "service", "department", "grade", "handler", "cause").order_by(
        *order
    )


def late_by(now: datetime) -> Q:
    """What is past its limit and not settled; a paused clock does not run, and what was late before stays so."""
    paused_late = Q(state=Concern.State.PAUSED, paused_on__gt=F("due_on"))
    return Q(state__in=Concern.RUNNING, due_at__lte=now) | paused_late


def reminded_by(now: datetime) -> Q:
    """What was reminded of, and is not late yet."""
    return Q(state__in=Concern.RUNNING, stage=REMINDED, due_at__gt=now)


def month_of(month: str) -> tuple[date, date]:
    """The first day of a month ("2026-11"), and of the one after it."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)


def counts_of(hall: Hall, seen: Q, now: datetime) -> dict[str, int]:
    """The figures above the list: unsettled, late, nearly due, waiting for a manager, waiting to be called back."""
    mine = Concern.objects.filter(seen, hall=hall)
    return {
        "open": mine.filter(state__in=Concern.UNSETTLED).count(),
        "late": mine.filter(late_by(now)).count(),
        "soon": mine.filter(reminded_by(now)).count(),
        "pause_asked": mine.filter(_state(PAUSES)).count(),
        "to_tell": mine.filter(state__in=(Concern.State.RESOLVED, Concern.State.TOLD)).count(),
    }


def others_of(concern: Concern, seen: Q) -> QuerySet[Concern]:
    """Other concerns of the same telephone number."""
    if not concern.phone_hash:
        return Concern.objects.none()
    same = Concern.objects.filter(seen, hall_id=concern.hall_id, phone_hash=concern.phone_hash)
    return same.exclude(pk=concern.pk).order_by("-year", "-number")


def _state(state: str) -> Any:
    if state == ALL:
        return Q()
    if state == OPEN:
        return Q(state__in=Concern.UNSETTLED)
    if state == PAUSES:
        return Q(state__in=Concern.RUNNING) & ~Q(pause_asked_by="")
    return Q(state=state)
