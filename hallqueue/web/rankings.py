"""The pages of rankings: all for those who watch, one's own standing for staff, departments for everybody."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET

from hallqueue.errors import Refused
from hallqueue.fairness import FEWEST_CASES, Interval, Verdict
from hallqueue.figures.reading import has_simulated
from hallqueue.models import Hall
from hallqueue.problems import sentence_of
from hallqueue.rankings.sources import AGAINST_BEFORE, CLERK, DEPARTMENT, KINDS, WINDOW, Source
from hallqueue.rankings.tables import MEASURES, RATING, SERVE, VOLUME, WAIT, Cell, Line, Ranking, ranking_of
from hallqueue.reporting.periods import KINDS as PERIODS
from hallqueue.reporting.periods import MONTH, QUARTER, RANGE, Period, period_asked
from hallqueue.transactions import one_read
from hallqueue.web.access import ANYONE, HANDS, STAFF, HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reports import ASKED, period_words

WATCHERS = (*HANDS, "auditor")
PUBLIC = (MONTH, QUARTER)
"""Everybody may ask for these alone: of single days a figure may be of very few."""

TIMES = (WAIT, SERVE)
LOOKS = {
    Verdict.BETTER: "done",
    Verdict.ALIKE: "closed",
    Verdict.WORSE: "missed",
    Verdict.FEW: "expired",
    Verdict.ALONE: "cancelled",
}
MINUTE, HOUR = 60, 3600
LEAST_SHOWN, MOST_SHOWN = 0.7, 1.3
"""The picture of an interval is 100 units wide, from so much to so much of what was expected."""


@allowed(*STAFF)
@require_GET
def rankings(request: HallRequest, hall: str) -> HttpResponse:
    """Every ranking for those who watch; who does not sees where they stand themselves."""
    if actor_of(request).role not in WATCHERS:
        return _mine(request)
    kind = request.GET.get("of", "")
    return _table(request, kind if kind in KINDS else WINDOW, "hallqueue/rankings.html")


@allowed(ANYONE)
@require_GET
def departments(request: HallRequest, hall: str) -> HttpResponse:
    """What the departments did, for everybody: nobody's name, no share of very few."""
    return _table(request, DEPARTMENT, "hallqueue/rankings_departments.html", public=True)


def _table(request: HallRequest, kind: str, template: str, *, public: bool = False) -> HttpResponse:
    """A ranking of one kind, in the order of one measure; what was asked wrongly is said."""
    by = request.GET.get("by", "")
    measure = by if by in MEASURES else VOLUME
    own_words = {"by": measure} if public else {"of": kind, "by": measure}
    context, status = _asked(request, kind, PUBLIC if public else PERIODS, **own_words)
    if "ranking" in context:
        ranking: Ranking = context["ranking"]
        context |= {
            "rows": [_row(line, ranking.measures, discreet=public) for line in ranking.ordered(measure)],
            "measures": ranking.measures,
            "leaders": [line for line in ranking.lines if line.leads],
        }
    context |= {"unit": kind, "units": KINDS, "by": measure, "before": kind in AGAINST_BEFORE}
    return page(request, template, context, status=status)


def _mine(request: HallRequest) -> HttpResponse:
    """One's own parts and places among all; nobody else's."""
    context, status = _asked(request, CLERK, PERIODS)
    user = actor_of(request).user
    if "ranking" in context and user is not None:
        ranking: Ranking = context.pop("ranking")
        line, whole = (
            ranking.line_of(str(user.pk)),
            context["period"].kind == MONTH and not context["running"],
        )
        row = _row(line, ranking.measures, discreet=True, whole=whole) if line else None
        context |= {"row": row, "people": len(ranking.lines), "measures": ranking.measures}
    return page(request, "hallqueue/rankings_mine.html", context, status=status)


def _asked(
    request: HallRequest, unit: str, kinds: Sequence[str], **kept_words: str
) -> tuple[dict[str, Any], int]:
    """The ranking of the period asked about and the periods one may choose, or the sentence that says why not.

    `kept_words` are the page's own words in its address, which its forms and links keep.
    """
    hall = request.hall
    today = hall.business_date(max(timezone.now(), hall.moved_at))
    context: dict[str, Any] = {
        "kinds": [kind for kind in kinds if kind != RANGE],
        "today": str(today),
        "asked": {name: request.GET.get(name, "") for name in ASKED},
        "kept_words": kept_words,
        "kept_query": urlencode(kept_words) + "&" * bool(kept_words),
        "whole_only": RANGE not in kinds,
        "data": page_data(request),
    }
    try:
        period = period_asked(request.GET, today)
        if period.kind not in kinds:
            raise Refused("report_kind", 400)
        context |= period_words(period, today) | _about(hall, period, today)
        with one_read():
            context["ranking"] = ranking_of(Source(hall, period), unit)
    except Refused as refusal:
        return context | {"sentence": sentence_of(refusal, language_of(request))}, refusal.status
    return context, 200


def _about(hall: Hall, period: Period, today: date) -> dict[str, Any]:
    """What is to be known of a period's figures."""
    simulated = has_simulated(hall, period.before.first, period.last)
    return {"running": period.last >= today, "simulated": simulated, "before_label": period.before.label}


def _row(line: Line, measures: Sequence[str], *, discreet: bool, whole: bool = True) -> dict[str, Any]:
    """A line as a page shows it. Who rated stays unknown: ratings of very few, and one's own of anything but a `whole`
    month that is over, are kept from the `discreet` pages of clerks and the public."""
    cells = [_shown(measure, line.cells[measure]) for measure in measures]
    count = line.cells[RATING].compared.count
    withheld = discreet and count > 0 and (not whole or count < FEWEST_CASES)
    if withheld:
        cells[measures.index(RATING)] = {"measure": RATING, "withheld": True}
    return {"line": line, "cells": cells, "leads": line.leads and not withheld}


def _shown(measure: str, cell: Cell) -> dict[str, Any]:
    """One part as a page shows it."""
    found = cell.compared
    scale, decimals = _scale(measure)
    shown: dict[str, Any] = {
        "measure": measure,
        "count": found.count,
        "compared": found.compared,
        "partly": 0 < found.compared < found.count,
        "verdict": found.verdict.value,
        "look": LOOKS[found.verdict],
        "place": cell.place,
        "told_apart": cell.is_told_apart,
        "ranked": cell.ranked,
    }
    if found.compared:
        shown["value"] = f"{found.observed / scale:.{decimals}f}"
    if found.compared and measure != VOLUME:
        shown["expected"] = f"{found.expected / scale:.{decimals}f}"
        shown["bar"] = _bar(found.ratio, found.observed / found.expected)
        shown["percent"] = [_percent(end) for end in (found.observed / found.expected, *found.ratio)]
    if cell.median is not None and cell.between is not None:
        shown["median"] = [f"{end / MINUTE:.1f}" for end in (cell.median, *cell.between)]
    return shown


def _scale(measure: str) -> tuple[float, int]:
    """By what a figure is divided to be shown, and its decimals: minutes, hours, per cent."""
    if measure in TIMES:
        return MINUTE, 1
    return (HOUR, 1) if measure == VOLUME else (0.01, 0)


def _percent(ratio: float) -> str:
    """Whole, but what is nearly all is not said to be all."""
    return (
        f"{100 * ratio:.1f}"
        if round(100 * ratio) == 100 and abs(ratio - 1) > 0.0005
        else f"{100 * ratio:.0f}"
    )


def _bar(ratio: Interval, middle: float) -> dict[str, float]:
    """Where the interval's ends and its middle stand in its picture."""
    return {name: _at(end) for name, end in (("low", ratio.low), ("high", ratio.high), ("middle", middle))}


def _at(ratio: float) -> float:
    shown = min(MOST_SHOWN, max(LEAST_SHOWN, ratio))
    return round(100 * (shown - LEAST_SHOWN) / (MOST_SHOWN - LEAST_SHOWN), 1)


urls: list[URLPattern] = [
    path("<slug:hall>/rankings/", rankings, name="rankings"),
    path("<slug:hall>/rankings/departments/", departments, name="rankings-departments"),
]
