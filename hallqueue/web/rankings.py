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
from hallqueue.models import WATCHERS, Hall
from hallqueue.problems import sentence_of
from hallqueue.reporting.periods import KINDS as PERIODS
from hallqueue.reporting.periods import MONTH, QUARTER, RANGE, Period, period_asked
from hallqueue.reporting.rankings.discretion import untold
from hallqueue.reporting.rankings.sheet import workbook_of_ranking
from hallqueue.reporting.rankings.sources import AGAINST_BEFORE, CLERK, DEPARTMENT, KINDS, WINDOW, Source
from hallqueue.reporting.rankings.tables import (
    MEASURES,
    RATING,
    SERVE,
    VOLUME,
    WAIT,
    Cell,
    Line,
    Ranking,
    ranking_of,
)
from hallqueue.reporting.sheets import period_name
from hallqueue.texts import text
from hallqueue.transactions import one_read
from hallqueue.web.access import ANYONE, STAFF, HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reports import ASKED, period_words
from hallqueue.web.sights import XLSX, exported

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


@allowed(*WATCHERS)
@require_GET
def file(request: HallRequest, hall: str) -> HttpResponse:
    """A ranking as a workbook. Raises Refused as the page says it: report_empty, and what `period_asked` raises."""
    kind, lang, today = request.GET.get("of", ""), language_of(request), _today(request)
    period = _period(request, PERIODS, today)
    with one_read():
        ranking = ranking_of(Source(request.hall, period), kind if kind in KINDS else WINDOW)
        about = _about(request.hall, period, today, lang)
    if not ranking.lines:
        raise Refused("report_empty", 404, period=period_name(period, lang))
    notes = [text(f"ranking.{name}", lang) for name in ("running", "simulated") if about[name]]
    if ranking.kind in AGAINST_BEFORE:
        notes.append(text("ranking.before", lang, days=about["before_label"]))
    content = workbook_of_ranking(request.hall, ranking, period, notes, lang)
    name = f"ranking-{request.hall.slug}-{ranking.kind}-{period.first}-{period.last}.xlsx"
    return exported(request, content, XLSX, "ranking", name)


def _table(request: HallRequest, kind: str, template: str, *, public: bool = False) -> HttpResponse:
    """A ranking of one kind, in the order of one measure; what was asked wrongly is said."""
    by = request.GET.get("by", "")
    measure = by if by in MEASURES else VOLUME
    own_words = {"by": measure} if public else {"of": kind, "by": measure}
    context, status = _asked(request, kind, PUBLIC if public else PERIODS, **own_words)
    if "ranking" in context:
        ranking, lang = context["ranking"], language_of(request)
        if public:
            with one_read():
                hidden = untold(Source(request.hall, context["period"]), _today(request))
            ranking = ranking.without_ratings_of(hidden)
        context |= {
            "rows": [_row(line, ranking.measures, lang) for line in ranking.ordered(measure)],
            "measures": ranking.measures,
            "leaders": [line.called(lang) for line in ranking.lines if line.leads],
        }
    if not public and context.get("rows"):
        context["file"] = f"file.xlsx?{urlencode(own_words)}&{context['query']}"
    context |= {"unit": kind, "units": KINDS, "by": measure, "before": kind in AGAINST_BEFORE}
    return page(request, template, context, status=status)


def _mine(request: HallRequest) -> HttpResponse:
    """One's own parts and places among all; nobody else's."""
    context, status = _asked(request, CLERK, PERIODS)
    user = actor_of(request).user
    if "ranking" in context and user is not None:
        ranking: Ranking = context.pop("ranking")
        is_whole = context["period"].kind == MONTH and not context["running"]
        unit = str(user.pk)
        line = ranking.line_of(unit)
        if line and not (is_whole and line.cells[RATING].compared.count >= FEWEST_CASES):
            line = ranking.without_ratings_of({unit}).line_of(unit)
        row = _row(line, ranking.measures, language_of(request)) if line else None
        context |= {"row": row, "people": len(ranking.lines), "measures": ranking.measures}
    return page(request, "hallqueue/rankings_mine.html", context, status=status)


def _asked(
    request: HallRequest, unit: str, kinds: Sequence[str], **kept_words: str
) -> tuple[dict[str, Any], int]:
    """The ranking of the period asked about and the periods one may choose, or the sentence that says why not.

    `kept_words` are the page's own words in its address, which its forms and links keep.
    """
    hall = request.hall
    today, lang = _today(request), language_of(request)
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
        period = _period(request, kinds, today)
        context |= period_words(period, today, lang) | _about(hall, period, today, lang)
        with one_read():
            context["ranking"] = ranking_of(Source(hall, period), unit)
    except Refused as refusal:
        return context | {"sentence": sentence_of(refusal, lang)}, refusal.status
    return context, 200


def _today(request: HallRequest) -> date:
    return request.hall.business_date(max(timezone.now(), request.hall.moved_at))


def _period(request: HallRequest, kinds: Sequence[str], today: date) -> Period:
    """The period of the address. Raises Refused: report_kind, and what `period_asked` raises."""
    period = period_asked(request.GET, today)
    if period.kind not in kinds:
        raise Refused("report_kind", 400)
    return period


def _about(hall: Hall, period: Period, today: date, lang: str) -> dict[str, Any]:
    """What is to be known of a period's figures."""
    simulated = has_simulated(hall, period.before.first, period.last)
    before = period_name(period.before, lang)
    return {"running": period.last >= today, "simulated": simulated, "before_label": before}


def _row(line: Line, measures: Sequence[str], lang: str) -> dict[str, Any]:
    """A line as a page shows it."""
    cells = [_shown(measure, line.cells[measure]) for measure in measures]
    for measure in line.withheld:
        cells[measures.index(measure)] = {"measure": measure, "withheld": True}
    return {"name": line.called(lang), "cells": cells, "leads": line.leads}


def _shown(measure: str, cell: Cell) -> dict[str, Any]:
    """One part as a page shows it."""
    found = cell.compared
    partly = 0 < found.compared < found.count
    one_of_many = partly and found.verdict is Verdict.FEW  # its figure would be taken for that of all
    told = found.compared and not one_of_many
    scale, decimals = _scale(measure)
    shown: dict[str, Any] = {
        "measure": measure,
        "count": found.count,
        "compared": found.compared,
        "partly": partly,
        "verdict": found.verdict.value,
        "look": LOOKS[found.verdict],
        "place": cell.place,
        "told_apart": cell.is_told_apart,
        "ranked": cell.ranked,
    }
    if told:
        shown["value"] = f"{found.observed / scale:.{decimals}f}"
    if told and measure != VOLUME:
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
    path("<slug:hall>/rankings/file.xlsx", file, name="rankings-file"),
    path("<slug:hall>/rankings/departments/", departments, name="rankings-departments"),
]
