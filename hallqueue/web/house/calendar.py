"""The set-up pages of time: the year's days with the hall's own word on them, and the opening hours of windows."""

from calendar import Calendar
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.house import calendar as verbs
from hallqueue.errors import Refused
from hallqueue.hours import DAYS_IN_WEEK, written
from hallqueue.models import HANDS, Hours, Window
from hallqueue.problems import sentence_of
from hallqueue.sheets.calendar import FileDay, as_csv, as_workbook, read_calendar
from hallqueue.sheets.reading import MAX_BYTES
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import figure
from hallqueue.web.sights import XLSX, exported
from hallqueue.workdays import DayKind, Source, WorkCalendar, calendar_of, days_of

LONGEST_LIST = 200
WEEK = range(DAYS_IN_WEEK)
TYPES = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_workbook, XLSX),
}

Context = dict[str, Any]


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def calendar(request: HallRequest, hall: str) -> HttpResponse:
    """The year's days: what is worked, what is free, who says so; the hall's own word goes before all others."""
    year = _year(request)
    said = _answered(request, CALENDAR_VERBS)
    if isinstance(said, HttpResponse):
        return said
    found = calendar_of(request.hall)
    context = _calendar_context(request, found, year) | {"key": new_key(), "year": year, **said}
    return page(request, "hallqueue/calendar.html", context, status=said.get("status", 200))


@allowed(*HANDS)
@require_GET
def export(request: HallRequest, hall: str, kind: str) -> HttpResponse:
    """The days of a year that are not what their weekday says, as a file that can be imported again."""
    year = _year(request)
    if kind not in TYPES:
        raise Refused("page_unknown", 404)
    writer, media = TYPES[kind]
    found = calendar_of(request.hall)
    days = [
        FileDay(day, found.is_working_day(day), found.day_name(day))
        for day in days_of(date(year, 1, 1), date(year, 12, 31))
        if day in found.own or found.is_working_day(day) != (day.weekday() < 5) or found.day_name(day)
    ]
    return exported(request, writer(days), media, "calendar", f"calendar-{year}.{kind}")


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def hours(request: HallRequest, hall: str) -> HttpResponse:
    """Opening hours by name, and which windows keep which."""
    said = _answered(request, HOURS_VERBS)
    if isinstance(said, HttpResponse):
        return said
    rows = list(Hours.objects.filter(hall=request.hall))
    chosen = next((each for each in rows if str(each.pk) == request.GET.get("hours")), None)
    context = {
        "key": new_key(),
        "rows": [{"row": each, "week": [written(spans) for spans in each.week]} for each in rows],
        "windows": Window.in_use(request.hall).select_related("hours"),
        "weekdays": [f"calendar.weekday.{at}" for at in WEEK],
        "form": said.get("typed") or _form_of(chosen),
        **said,
    }
    return page(request, "hallqueue/hours.html", context, status=said.get("status", 200))


def _answered(request: HallRequest, known: Mapping[str, Callable[[HallRequest], Context]]) -> Any:
    """Do what a form asks and lead back to the page; a refusal is shown on the page, with what was typed."""
    if request.method != "POST":
        return {"done": request.GET.get("done", "") in known}
    try:
        verb = known.get(request.POST.get("verb", ""))
        if verb is None:
            raise Refused("bad_input", 400, detail="verb")
        found = verb(request)
    except Refused as refusal:
        typed = _typed_hours(request) if known is HOURS_VERBS else None
        return {
            "sentence": sentence_of(refusal, language_of(request)),
            "status": refusal.status,
            "typed": typed,
        }
    if found:
        return found
    year = f"&year={_year(request)}" if known is CALENDAR_VERBS else ""
    return HttpResponseRedirect(f"{request.path}?done={request.POST['verb']}{year}", status=303)


def _say(request: HallRequest) -> tuple[int, Any, str]:
    return request.hall.pk, actor_of(request), request.POST.get("key", "")


def _set_day(request: HallRequest) -> Context:
    wish = {"working": True, "free": False, "published": None}
    kind = request.POST.get("kind", "")
    if kind not in wish:
        raise Refused("bad_input", 400, detail="kind")
    given = {"day": request.POST.get("day", ""), "name": request.POST.get("name", "")}
    verbs.set_day(*_say(request), is_working=wish[kind], **given)
    return {}


def _tell_year(request: HallRequest) -> Context:
    verbs.tell_year(*_say(request), year=_year(request), is_told=request.POST.get("told") == "1")
    return {}


def _load_year(request: HallRequest) -> Context:
    """Import a file: all of it, or nothing and a list of what is wrong."""
    upload, year = request.FILES.get("file"), _year(request)
    if not isinstance(upload, UploadedFile) or not upload.name:
        raise Refused("file_missing", 400)
    if (upload.size or 0) > MAX_BYTES:
        raise Refused("too_large", 413, limit=f"{MAX_BYTES // (1024 * 1024)} MB")
    found = read_calendar(upload.read(), year)
    if found.errors:
        lang = language_of(request)
        errors = [{"row": each.row or "", "sentence": each.sentence(lang)} for each in found.errors]
        return {"errors": errors[:LONGEST_LIST], "count": len(errors), "status": 400}
    days = [[day.isoformat(), working, name] for day, working, name in found.days]
    verbs.load_year(*_say(request), year=year, days=days)
    return {}


def _save_hours(request: HallRequest) -> Context:
    typed = _typed_hours(request)
    verbs.save_hours(
        *_say(request), **(typed | {"hours": figure(typed["hours"]) if typed["hours"] else None})
    )
    return {}


def _typed_hours(request: HallRequest) -> Context:
    return {
        "hours": request.POST.get("hours", ""),
        "name": request.POST.get("name", ""),
        "week": [request.POST.get(f"day{at}", "")[:200] for at in WEEK],
        "is_default": request.POST.get("is_default") == "1",
        "last_number_minutes": figure(request.POST.get("last_number_minutes") or "0"),
        "refuses_late": request.POST.get("refuses_late") == "1",
    }


def _form_of(row: Hours | None) -> Context:
    if row is None:
        return {"hours": "", "name": "", "week": [""] * DAYS_IN_WEEK, "last_number_minutes": 0}
    names = ("name", "is_default", "last_number_minutes", "refuses_late")
    week = [written(spans) for spans in row.week]
    return {"hours": str(row.pk), "week": week, **{name: getattr(row, name) for name in names}}


def _remove_hours(request: HallRequest) -> Context:
    verbs.remove_hours(*_say(request), hours=figure(request.POST.get("hours", "")))
    return {}


def _give_hours(request: HallRequest) -> Context:
    numbers = Window.in_use(request.hall).values_list("number", flat=True)
    asked = {str(number): request.POST.get(f"window{number}") for number in numbers}
    given = {number: figure(wish) if wish else None for number, wish in asked.items() if wish is not None}
    verbs.give_hours(*_say(request), windows=given)
    return {}


CALENDAR_VERBS = {"set_day": _set_day, "tell_year": _tell_year, "load_year": _load_year}
HOURS_VERBS = {"save_hours": _save_hours, "remove_hours": _remove_hours, "give_hours": _give_hours}


def _year(request: HallRequest) -> int:
    typed = request.POST.get("year") or request.GET.get("year") or ""
    year = figure(typed)
    if verbs.FIRST_YEAR <= year <= verbs.LAST_YEAR:
        return year
    if request.method == "POST" and typed:
        raise Refused("calendar_year", 400, first=verbs.FIRST_YEAR, last=verbs.LAST_YEAR)
    return request.hall.business_date(timezone.now()).year


def _calendar_context(request: HallRequest, found: WorkCalendar, year: int) -> Context:
    today, lang = request.hall.business_date(timezone.now()), language_of(request)
    chosen = _chosen(request, year)
    first, last = date(year, 1, 1), date(year, 12, 31)
    weeks = Calendar()
    return {
        "months": [
            {
                "number": month,
                "weeks": [
                    [_cell(found, day, month, chosen, today, lang) for day in week]
                    for week in weeks.monthdatescalendar(year, month)
                ],
            }
            for month in range(1, 13)
        ],
        "weekdays": [f"calendar.short.{at}" for at in range(7)],
        "unknown": bool(found.unknown_years(first, last)),
        "told": year in found.told_years,
        "own": [day for day in sorted(found.own) if day.year == year],
        "working_days": found.working_days_between(date(year - 1, 12, 31), last),
        "before": year - 1 if year > verbs.FIRST_YEAR else None,
        "after": year + 1 if year < verbs.LAST_YEAR else None,
        "chosen": _chosen_day(found, chosen, lang) if chosen else None,
    }


def _chosen(request: HallRequest, year: int) -> date | None:
    try:
        day = date.fromisoformat(request.POST.get("day") or request.GET.get("day") or "")
    except ValueError:
        return None
    return day if day.year == year else None


def _chosen_day(found: WorkCalendar, day: date, lang: str) -> Context:
    own = found.own.get(day)
    now = "published" if own is None else "working" if own.is_working else "free"
    return {
        "date": day,
        "now": now,
        "name": own.name if own else "",
        "is": _cell(found, day, day.month, day, day, lang),
    }


def _cell(
    found: WorkCalendar, day: date, month: int, chosen: date | None, today: date, lang: str
) -> Context | None:
    """A day of the page; None where the week belongs to the month beside."""
    if day.month != month:
        return None
    kind = found.kind(day)
    made_up = kind is DayKind.WORKING and day.weekday() >= 5
    return {
        "date": day,
        "kind": "made_up" if made_up else kind.value,
        "name": found.day_name(day, lang),
        "own": found.source(day) is Source.HALL,
        "chosen": day == chosen,
        "today": day == today,
    }


urls = [
    path("<slug:hall>/setup/calendar/", calendar, name="setup-calendar"),
    path("<slug:hall>/setup/calendar/export.<slug:kind>", export, name="setup-calendar-export"),
    path("<slug:hall>/setup/hours/", hours, name="setup-hours"),
]
