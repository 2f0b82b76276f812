"""Concerns on staff's screens: the list, one case with its story and its verbs, evidence, the ranking, the ledger."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.cases.concern_effects import HANDLERS
from hallqueue.actions.cases.concern_rights import RAISES, may_reveal, may_say, moves_of, seen_by
from hallqueue.actions.cases.concerns import add_photo, move_concern, reveal
from hallqueue.actions.cases.project_rights import project_of_case
from hallqueue.actions.command import Actor
from hallqueue.cases.asking import REMINDED
from hallqueue.cases.clock import is_late
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.models import (
    WATCHERS,
    Concern,
    ConcernCause,
    ConcernGrade,
    ConcernPhoto,
    Department,
    Hall,
    User,
)
from hallqueue.reporting.concerns.ledger import MOST_ROWS, ledger_of
from hallqueue.reporting.concerns.listing import (
    ALL,
    Filters,
    concerns_like,
    counts_of,
    filters_of,
    others_of,
)
from hallqueue.reporting.concerns.ranking import months_of, ranking_of
from hallqueue.reporting.concerns.story import names_of, story_of
from hallqueue.sealing import unseal
from hallqueue.web.access import STAFF, HallRequest, actor_of, allowed
from hallqueue.web.cases.concern_looks import LOOKS
from hallqueue.web.cases.concern_photos import dropping_unused, kept_photos
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import done, posted
from hallqueue.web.sights import XLSX, evidence_shown, exported

PER_PAGE = 50
HANDS = ("clerk", "manager", "administrator")
SAID = ("reason", "kind", "grade", "department", "handler", "note", "answer", "cause", "improvement", "how")

# The key of each verb on the case page.
KEYS = {
    "accept": "A",
    "classify": "C",
    "assign": "T",
    "note": "N",
    "resolve": "F",
    "tell": "B",
    "call_back": "H",
    "archive": "Z",
    "reopen": "O",
    "escalate": "U",
    "ask_pause": "P",
    "grant_pause": "G",
    "deny_pause": "D",
    "resume": "R",
    "erase": "E",
}
LEADING = ("accept", "classify", "assign", "resolve", "tell", "call_back", "archive", "resume")


@allowed(*STAFF)
@require_GET
def listed(request: HallRequest, hall: str) -> HttpResponse:
    """The list with its filters, nearest limit first."""
    now, by = timezone.now(), actor_of(request)
    filters, seen = filters_of(request.GET), seen_by(by)
    pages = Paginator(concerns_like(request.hall, seen, filters, now), PER_PAGE)
    found = pages.get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "rows": [_row(concern, now) for concern in found],
        "found": found,
        "total": pages.count,
        "counts": counts_of(request.hall, seen, now),
        "may_raise": by.role in RAISES,
        "may_rank": by.role in WATCHERS,
        "query": _address(filters),
        "ledger": _address(filters if request.GET.get("state") else replace(filters, state=ALL)),
        **_choices(request.hall, now, filters.month),
        "data": page_data(request),
    }
    return page(request, "hallqueue/concerns.html", context)


@allowed(*STAFF)
@require_GET
def case(request: HallRequest, hall: str, concern: int) -> HttpResponse:
    """One case: what it is about, its story, and the verbs that may be said now."""
    now, by, lang = timezone.now(), actor_of(request), language_of(request)
    found = _concern(request, by, concern)
    verbs = moves_of(by, found)
    context = {
        "row": _row(found, now),
        "concern": found,
        "raised_by": names_of([found.raised_by], lang)[found.raised_by],
        "story": story_of(found, lang),
        "photos": list(found.photos.filter(erased_at=None)),
        "others": list(others_of(found, seen_by(by))[:8]),
        "verbs": [_verb(verb, verbs) for verb in verbs],
        "may_reveal": may_reveal(by, found) and bool(found.name_sealed or found.phone_sealed),
        "names_causes": by.may_manage,
        "may_add": may_say(by, "note") and found.state != Concern.State.ARCHIVED,
        "joined": project_of_case(by, found),
        **_choices(request.hall, now),
        **_hands(request.hall),
        "data": page_data(request, "concern"),
    }
    return page(request, "hallqueue/concern.html", context)


@allowed(*HANDS)
@require_POST
def say(request: HallRequest, hall: str, concern: int, verb: str) -> JsonResponse:
    """Say a verb about a case."""
    if verb not in KEYS:
        raise Refused("page_unknown", 404)
    fields = posted(request, **dict.fromkeys(SAID, str), satisfaction=int)
    key = fields.pop("key")
    return done(move_concern(request.hall.pk, actor_of(request), key, concern=concern, verb=verb, **fields))


@allowed(*HANDS)
@require_POST
def show_person(request: HallRequest, hall: str, concern: int) -> JsonResponse:
    """Who raised it: by right, with a reason, and an event."""
    fields, by = posted(request, reason=str), actor_of(request)
    reveal(request.hall.pk, by, fields["key"], concern=concern, reason=fields.get("reason", ""))
    found = _concern(request, by, concern)
    if not may_reveal(by, found):  # a key gets its answer again, also after the right went to somebody else
        raise Refused("not_allowed", 403)
    answer = JsonResponse({"name": unseal(found.name_sealed), "phone": unseal(found.phone_sealed)})
    answer["Cache-Control"] = "no-store"
    return answer


@allowed(*HANDS)
@require_POST
def upload(request: HallRequest, hall: str, concern: int) -> JsonResponse:
    """Add a photo to a case."""
    by, key = actor_of(request), request.POST.get("key", "")
    _concern(request, by, concern)
    files = kept_photos(request, key)
    if not files:
        raise Refused("photo_unreadable", 400)
    file, size = files[0]
    with dropping_unused(files):
        return done(add_photo(request.hall.pk, by, key, concern=concern, file=file, size=size))


@allowed(*HANDS, "auditor")
@require_GET
def photo(request: HallRequest, hall: str, concern: int, photo: int) -> FileResponse:
    """A piece of evidence; for those who handle concerns, and the auditor."""
    held = _concern(request, actor_of(request), concern)
    found = ConcernPhoto.objects.filter(concern=held, pk=photo, erased_at=None).first()
    place = evidence.path_of(found.file) if found else None
    if place is None or not place.exists():
        raise Refused("page_unknown", 404)
    return evidence_shown(request, place, "image/jpeg", "concern", held.pk)


@allowed(*WATCHERS)
@require_GET
def ranking(request: HallRequest, hall: str) -> HttpResponse:
    """What a month's concerns have in common; made to be printed."""
    now = timezone.now()
    asked = filters_of(request.GET).month or f"{request.hall.business_date(now):%Y-%m}"
    context = {
        "ranking": ranking_of(request.hall, asked, now),
        "months": months_of(request.hall, now, asked),
        "may_open": actor_of(request).may_manage,
    }
    return page(request, "hallqueue/concern_ranking.html", context | {"data": page_data(request)})


@allowed(*WATCHERS)
@require_GET
def ledger(request: HallRequest, hall: str) -> HttpResponse:
    """The list as it is filtered, as a workbook; every state where none was asked for: a ledger leaves nothing out."""
    now, lang = timezone.now(), language_of(request)
    filters = filters_of({"state": ALL, **request.GET.dict()})
    rows = concerns_like(request.hall, seen_by(actor_of(request)), filters, now)
    counted = rows.annotate(photo_count=Count("photos"))[:MOST_ROWS]
    name = f"concerns-{request.hall.slug}-{filters.month or request.hall.business_date(now)}.xlsx"
    return exported(request, ledger_of(request.hall, counted, lang, now), XLSX, "concerns", name)


def _concern(request: HallRequest, by: Actor, pk: int) -> Concern:
    """A case this person may see; raises Refused("unknown_concern")."""
    rows = Concern.objects.filter(seen_by(by), hall=request.hall, pk=pk)
    found = rows.select_related(
        "ticket", "window", "service", "department", "grade", "handler", "cause"
    ).first()
    if found is None:
        raise Refused("unknown_concern", 404)
    return found


def _row(concern: Concern, now: datetime) -> dict[str, Any]:
    """A concern with what a template cannot work out: how it looks, and whether it is late."""
    running = concern.state in Concern.RUNNING
    return {
        "concern": concern,
        "look": LOOKS[concern.state],
        "state_key": f"words.concern_state.{concern.state}",
        "kind_key": f"concern.kind.{concern.kind}",
        "channel_key": f"concern.channel.{concern.channel}",
        "level_key": f"concern.level.{concern.level}",
        "satisfaction_key": f"concern.satisfaction.{concern.satisfaction}" if concern.satisfaction else "",
        "late": is_late(concern, now),
        "alarmed": concern.state in Concern.UNSETTLED and is_late(concern, now),
        "soon": running and concern.stage == REMINDED and not is_late(concern, now),
        "running": running,
        "pause_asked": running and bool(concern.pause_asked_by),
    }


def _verb(verb: str, allowed_now: list[str]) -> dict[str, Any]:
    """A button: the first leading verb of a case is its primary one."""
    first = next((each for each in allowed_now if each in LEADING), "")
    return {
        "verb": verb,
        "key": KEYS[verb],
        "text": f"concern.verb.{verb}",
        "lead": f"concern.verb_lead.{verb}",
        "primary": verb == first,
        "alarm": verb == "erase",
    }


def _choices(hall: Hall, now: datetime, month: str = "") -> dict[str, Any]:
    """What filters and forms may be set to."""
    states = [("open", "concern.filter.open"), ("pause_asked", "concern.filter.pause_asked")]
    states += [(state, f"words.concern_state.{state}") for state in Concern.State.values]
    return {
        "states": [*states, ("all", "concern.filter.all")],
        "kinds": [(kind, f"concern.kind.{kind}") for kind in Concern.Kind.values],
        "departments": list(Department.objects.filter(hall=hall)),
        "months": months_of(hall, now, month),
        "handlers": list(User.objects.filter(concerns__hall=hall).distinct().order_by("username")),
    }


def _hands(hall: Hall) -> dict[str, Any]:
    """What the verbs' forms offer."""
    staff = User.objects.filter(hall=hall, is_active=True, role__in=HANDLERS).order_by("username")
    return {
        "grades": list(ConcernGrade.objects.filter(hall=hall, is_active=True)),
        "causes": list(ConcernCause.objects.filter(hall=hall, is_active=True)),
        "staff": list(staff),
        "stars": [(mark, f"concern.satisfaction.{mark}") for mark in (5, 4, 3, 2, 1)],
    }


def _address(filters: Filters) -> str:
    return urlencode(filters.words)


urls = [
    path("<slug:hall>/concerns/", listed, name="concerns"),
    path("<slug:hall>/concerns/ranking/", ranking, name="concern-ranking"),
    path("<slug:hall>/concerns/ledger.xlsx", ledger, name="concern-ledger"),
    path("<slug:hall>/concerns/<int:concern>/", case, name="concern"),
    path("<slug:hall>/concerns/<int:concern>/person/", show_person, name="concern-person"),
    path("<slug:hall>/concerns/<int:concern>/photos/", upload, name="concern-upload"),
    path("<slug:hall>/concerns/<int:concern>/photos/<int:photo>.jpg", photo, name="concern-photo"),
    path("<slug:hall>/concerns/<int:concern>/<slug:verb>/", say, name="concern-say"),
]
