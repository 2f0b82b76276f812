"""The pages of the ledger (党员日常考核台账): everybody's for those who watch, one's own for everybody else."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallqueue.actions.command import new_key
from hallqueue.actions.ledgers import close_ledger, correct_ledger, keep_ledger_for, reopen_ledger
from hallqueue.errors import Refused
from hallqueue.models import HANDS, WATCHERS, LedgerRules, User
from hallqueue.problems import sentence_of
from hallqueue.reporting.concerns.story import names_of
from hallqueue.reporting.ledgers.figures import FIGURES
from hallqueue.reporting.ledgers.months import Ledger, discreet, kept_for, ledger_of, month_asked, months_of
from hallqueue.reporting.ledgers.sheet import corrections_of, workbook_of
from hallqueue.transactions import one_read
from hallqueue.web.access import STAFF, HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.sights import XLSX, exported

VERBS = {"close": close_ledger, "reopen": reopen_ledger}


@allowed(*STAFF)
@require_GET
def month(request: HallRequest, hall: str) -> HttpResponse:
    """A month of everybody; who does not watch is led to their own."""
    by = actor_of(request)
    if by.role not in WATCHERS and by.user is not None:
        query = request.GET.urlencode()
        return redirect(_address(request, by.user.pk) + (f"?{query}" if query else ""))
    return _month_page(request)


@allowed(*STAFF)
@require_http_methods(["GET", "POST"])
def one(request: HallRequest, hall: str, person: int) -> HttpResponse:
    """A person's month, figure by figure; posting a figure with a reason puts it right."""
    who, said = _person(request, person), dict[str, Any]()
    if request.method == "POST":
        said = _correct(request, who)
    with one_read():
        context = _one_context(request, who)
    status = 400 if "sentence" in said else 200
    return page(request, "hallqueue/ledger_person.html", context | said, status=status)


@allowed(*HANDS)
@require_POST
def say(request: HallRequest, hall: str, verb: str) -> HttpResponse:
    """Close the month, or open it again."""
    if verb not in VERBS:
        raise Refused("page_unknown", 404)
    asked = request.POST.get("month", "")
    told = {"reason": request.POST.get("reason", "")} if verb == "reopen" else {}
    try:
        VERBS[verb](request.hall.pk, actor_of(request), request.POST.get("key", ""), month=asked, **told)
    except Refused as refusal:
        return _month_page(request, asked, sentence_of(refusal, language_of(request)))
    return redirect(f"{reverse('ledger', args=[request.hall.slug])}?{urlencode({'month': asked})}")


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def people(request: HallRequest, hall: str) -> HttpResponse:
    """Whose ledger is kept."""
    said: dict[str, Any] = {}
    if request.method == "POST":
        everybody, members = request.POST.get("everybody") == "1", request.POST.getlist("member")
        key = request.POST.get("key", "")
        try:
            keep_ledger_for(
                request.hall.pk, actor_of(request), key, everybody=everybody, members=sorted(members)
            )
            said = {"done": True}
        except Refused as refusal:
            said = {"sentence": sentence_of(refusal, language_of(request))}
    staff = User.objects.filter(hall=request.hall, is_active=True).order_by("role", "username")
    context = {
        "everybody": LedgerRules.objects.filter(hall=request.hall, everybody=True).exists(),
        "staff": list(staff),
        "key": new_key(),
    }
    status = 400 if "sentence" in said else 200
    return page(request, "hallqueue/ledger_people.html", context | said, status=status)


@allowed(*STAFF)
@require_GET
def file(request: HallRequest, hall: str) -> HttpResponse:
    """The month as a workbook: everybody's for those who watch, one's own for everybody else."""
    by, lang = actor_of(request), language_of(request)
    asked = month_asked(request.GET.get("month", ""), request.hall, timezone.now())
    with one_read():
        alone = None if by.role in WATCHERS else by.user
        found = ledger_of(request.hall, asked, timezone.now(), alone)
        found = discreet(found) if alone else found
        content = workbook_of(request.hall, found, lang)
    return exported(request, content, XLSX, "ledger", f"ledger-{request.hall.slug}-{asked:%Y-%m}.xlsx")


def _month_page(request: HallRequest, asked: str = "", sentence: str = "") -> HttpResponse:
    now, by = timezone.now(), actor_of(request)
    with one_read():
        found = ledger_of(
            request.hall, month_asked(asked or request.GET.get("month", ""), request.hall, now), now
        )
        context = {
            "ledger": found,
            "figures": FIGURES,
            "closed_by": _closed_by(request, found),
            "may_close": by.may_manage and found.is_open and not found.is_empty,
            "may_reopen": by.may_manage and found.closing is not None,
            "may_arrange": by.may_manage,
            **_asked(request, found.month),
        }
    said = {"sentence": sentence} if sentence else {}
    return page(request, "hallqueue/ledger.html", context | said, status=400 if sentence else 200)


def _one_context(request: HallRequest, who: User) -> dict[str, Any]:
    by, now = actor_of(request), timezone.now()
    asked = month_asked(request.GET.get("month", ""), request.hall, now)
    found = ledger_of(request.hall, asked, now, who)
    found = found if by.role in WATCHERS else discreet(found)
    corrections = corrections_of(request.hall, found)
    names = names_of([each.by for each in corrections], language_of(request))
    return {
        "who": who,
        "ledger": found,
        "row": found.row_of(who.pk),
        "kept": kept_for(request.hall).filter(pk=who.pk).exists(),
        "corrections": [(each, names[each.by]) for each in corrections],
        "closed_by": _closed_by(request, found),
        "sees_all": by.role in WATCHERS,
        "may_correct": by.may_manage and found.is_open and by.user != who,
        **_asked(request, asked),
    }


def _asked(request: HallRequest, month: date) -> dict[str, Any]:
    named = f"{month:%Y-%m}"
    return {
        "month": named,
        "months": months_of(request.hall, timezone.now(), named),
        "key": new_key(),
        "data": page_data(request),
    }


def _closed_by(request: HallRequest, ledger: Ledger) -> str:
    if ledger.closing is None:
        return ""
    return names_of([ledger.closing.closed_by], language_of(request))[ledger.closing.closed_by]


def _person(request: HallRequest, person: int) -> User:
    """Whose ledger this viewer may see: anybody's who watches, else one's own. Raises Refused("unknown_ledger")."""
    by = actor_of(request)
    who = User.objects.filter(hall=request.hall, pk=person).first()
    if who is None or (by.role not in WATCHERS and by.user != who):
        raise Refused("unknown_ledger", 404)
    return who


def _correct(request: HallRequest, who: User) -> dict[str, Any]:
    typed = {name: request.POST.get(name, "") for name in ("figure", "reason")}
    try:
        correct_ledger(
            request.hall.pk,
            actor_of(request),
            request.POST.get("key", ""),
            month=request.GET.get("month", ""),
            person=who.pk,
            value=_number(request.POST.get("value", "")),
            **typed,
        )
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request)), "typed": request.POST}
    return {"done": True}


def _number(typed: str) -> float:
    try:
        return float(typed.strip()[:20])
    except ValueError:
        raise Refused("ledger_number", 400, field=typed[:20] or "—") from None


def _address(request: HallRequest, person: int) -> str:
    return reverse("ledger-person", args=[request.hall.slug, person])


urls: list[URLPattern] = [
    path("<slug:hall>/ledger/", month, name="ledger"),
    path("<slug:hall>/ledger/people/", people, name="ledger-people"),
    path("<slug:hall>/ledger/ledger.xlsx", file, name="ledger-file"),
    path("<slug:hall>/ledger/<int:person>/", one, name="ledger-person"),
    path("<slug:hall>/ledger/<slug:verb>/", say, name="ledger-say"),
]
