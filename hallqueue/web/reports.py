"""The pages of reports (一表通): a period on screen, on paper and as files; kept ones, and made again beside them."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.command import new_key
from hallqueue.actions.round.reports import PLANNED, keep_report, plan_reports
from hallqueue.errors import Refused
from hallqueue.figures.days import ONE_DAY
from hallqueue.figures.folding import VERSION
from hallqueue.models import HANDS, WATCHERS, KeptReport, ReportPlan
from hallqueue.problems import sentence_of
from hallqueue.reporting.concerns.story import names_of
from hallqueue.reporting.making import Report, differences, kept_report, report_of
from hallqueue.reporting.periods import KINDS, RANGE, Period, period_around, period_asked
from hallqueue.reporting.sheets import csv_of, moment, period_name, workbook_of
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.report_looks import looks_of
from hallqueue.web.sights import XLSX, exported

FILES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
ASKED = ("kind", "day", "first", "last")
MOST_KEPT, MOST_DIFFERENCES = 60, 40


@allowed(*WATCHERS)
@require_GET
def shown(request: HallRequest, hall: str) -> HttpResponse:
    """The report of a period, the kept ones, and which are kept by plan."""
    return _page(request, {name: request.GET.get(name, "") for name in ASKED})


@allowed(*WATCHERS)
@require_GET
def file(request: HallRequest, hall: str, kind: str) -> HttpResponse:
    """The report of a period as a file."""
    with one_read():
        today = _today(request)
        report = report_of(request.hall, period_asked(request.GET, today), today)
    return _file(request, report, kind)


@allowed(*HANDS)
@require_POST
def keep(request: HallRequest, hall: str) -> HttpResponse:
    """Keep the report of a period that is over."""
    asked = {name: request.POST.get(name, "") for name in ASKED}
    try:
        period = period_asked(asked, _today(request))
        kept = keep_report(request.hall.pk, actor_of(request), request.POST.get("key", ""), period=period)
    except Refused as refusal:
        return _page(request, asked, refusal)
    return redirect(reverse("report-kept", args=[hall, kept["report"]]))


@allowed(*HANDS)
@require_POST
def plan(request: HallRequest, hall: str) -> HttpResponse:
    """Which reports the hall keeps by itself."""
    kinds = sorted(set(request.POST.getlist("planned")))
    try:
        plan_reports(request.hall.pk, actor_of(request), request.POST.get("key", ""), kinds=kinds)
    except Refused as refusal:
        return _page(request, {}, refusal)
    return redirect(f"{reverse('reports', args=[hall])}#kept")


@allowed(*WATCHERS)
@require_GET
def kept(request: HallRequest, hall: str, report: int) -> HttpResponse:
    """A kept report with its figures as they were, and whether they are told the same today."""
    row = _row(request, report)
    with one_read():
        was = _as_kept(request, row)
        context = (
            _beside(request, was)
            | looks_of(was, language_of(request))
            | {
                "period_name": period_name(was.period, language_of(request)),
                "made_at": _made_at(request, row),
                "version_now": VERSION,
                "made_by": names_of([row.made_by], language_of(request))[row.made_by],
                "files": f"{request.path}file.",
                "query": "",
            }
        )
    return page(request, "hallqueue/report_kept.html", context | {"data": page_data(request)})


def _beside(request: HallRequest, was: Report) -> dict[str, Any]:
    """What differs when it is made again; while days are still added up by a corrected definition, that alone."""
    try:
        now = report_of(request.hall, was.period, _today(request), empty_too=True)
    except Refused as refusal:
        return {"pending": sentence_of(refusal, language_of(request))}
    changed = differences(was, now, language_of(request))
    return {"changed": changed[:MOST_DIFFERENCES], "changes": len(changed)}


@allowed(*WATCHERS)
@require_GET
def kept_file(request: HallRequest, hall: str, report: int, kind: str) -> HttpResponse:
    """A kept report as a file."""
    return _file(request, _as_kept(request, _row(request, report)), kind)


def _page(request: HallRequest, asked: dict[str, str], refusal: Refused | None = None) -> HttpResponse:
    """The page of a period; what was refused is said above the form, and nothing else is lost."""
    lang, today = language_of(request), _today(request)
    context: dict[str, Any] = {"kinds": [kind for kind in KINDS if kind != RANGE], "today": str(today)}
    try:
        period = period_asked(asked, today)
        context |= period_words(period, today, lang)
        with one_read():
            report = report_of(request.hall, period, today)
            context |= looks_of(report, lang) | {"may_keep": report.is_over}
    except Refused as refused:
        refusal = refusal or refused
    context |= {"asked": asked, "may_arrange": actor_of(request).role in HANDS, "key": new_key()}
    context |= _keeping(request, lang) | {"files": "file.", "data": page_data(request)}
    if refusal is not None:
        context["sentence"] = sentence_of(refusal, lang)
    status = refusal.status if refusal is not None else 200
    return page(request, "hallqueue/reports.html", context, status=status)


def period_words(period: Period, today: date, lang: str) -> dict[str, Any]:
    """What the form and the links beside it say."""
    after = period.last + ONE_DAY
    following = None if after > today or period.kind == RANGE else period_around(period.kind, after)
    return {
        "period": period,
        "period_name": period_name(period, lang),
        "query": urlencode(period.words),
        "earlier": urlencode(period.before.words),
        "later": urlencode(following.words) if following else "",
    }


def _keeping(request: HallRequest, lang: str) -> dict[str, Any]:
    """The kept reports, newest first, and the plans."""
    rows = list(KeptReport.objects.filter(hall=request.hall).defer("content")[:MOST_KEPT])
    names = names_of([row.made_by for row in rows], lang)
    planned = set(ReportPlan.objects.filter(hall=request.hall).values_list("kind", flat=True))
    return {
        "kept": [
            {
                "row": row,
                "period_name": period_name(_period(row), lang),
                "by": names[row.made_by],
                "made_at": _made_at(request, row),
            }
            for row in rows
        ],
        "plans": [(kind, f"report.every.{kind}", kind in planned) for kind in PLANNED],
    }


def _row(request: HallRequest, pk: int) -> KeptReport:
    found = KeptReport.objects.filter(hall=request.hall, pk=pk).first()
    if found is None:
        raise Refused("unknown_report", 404)
    return found


def _made_at(request: HallRequest, row: KeptReport) -> str:
    return moment(request.hall, row.made_at)


def _period(row: KeptReport) -> Period:
    return Period(row.kind, row.first_day, row.last_day)


def _as_kept(request: HallRequest, row: KeptReport) -> Report:
    return kept_report(_period(row), row.content, row.version, _today(request), row.made_at)


def _file(request: HallRequest, report: Report, kind: str) -> HttpResponse:
    if kind not in FILES:
        raise Refused("page_unknown", 404)
    lang = language_of(request)
    content = workbook_of(request.hall, report, lang) if kind == "xlsx" else csv_of(report, lang)
    name = f"report-{request.hall.slug}-{report.period.first}-{report.period.last}.{kind}"
    return exported(request, content, FILES[kind], "report", name)


def _today(request: HallRequest) -> date:
    return request.hall.business_date(max(timezone.now(), request.hall.moved_at))


urls = [
    path("<slug:hall>/reports/", shown, name="reports"),
    path("<slug:hall>/reports/keep/", keep, name="report-keep"),
    path("<slug:hall>/reports/plan/", plan, name="report-plan"),
    path("<slug:hall>/reports/file.<slug:kind>", file, name="report-file"),
    path("<slug:hall>/reports/<int:report>/", kept, name="report-kept"),
    path("<slug:hall>/reports/<int:report>/file.<slug:kind>", kept_file, name="report-kept-file"),
]
