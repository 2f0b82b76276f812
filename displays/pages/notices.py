"""The pages of notices: the list by state, drafting with a picture or video, the moves, the emergency, the media."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from displays.media import (
    FOLDER,
    LARGEST_VIDEO,
    TYPES,
    drop_unsent,
    drop_unused,
    has_room_to_make,
    kept,
    part_made,
)
from displays.models import Playlist
from displays.pages.forms import Context, answered, saying, whole
from hallqueue.actions import drafting
from hallqueue.actions.command import new_key
from hallqueue.actions.notices import begin_emergency, emergency, end_emergency, usual_words
from hallqueue.bodies import in_mb, takes
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.models import HANDS, Device, Notice
from hallqueue.notice_states import MOVES, WRITER
from hallqueue.problems import sentence_of
from hallqueue.topics.hands import names_of
from hallqueue.web.access import STAFF, HallRequest, allowed
from hallqueue.web.pages import language_of, page

WRITERS = ("manager", "administrator", "desk")
READERS = (*WRITERS, "auditor")
AT_FIRST, A_PAGE = 10, 30
A_MOMENT = timedelta(seconds=1)
WORDS = ("form", "kind", "zh", "mn", "en", "body_zh", "body_mn", "body_en", "first_day", "last_day")
ORDER = (Notice.State.DRAFT, Notice.State.APPROVED, Notice.State.SHOWN, Notice.State.ENDED)


@allowed(*READERS)
@require_http_methods(["GET", "POST"])
def notices(request: HallRequest, hall: str) -> HttpResponse:
    """Notices by state, the newest of each or with `?state=` all of one, each with the moves this person may make;
    posting makes one, and leads back to the same part of them."""
    said: HttpResponse | Context = {"done": request.GET.get("done")}
    alone = [state for state in ORDER if state == request.GET.get("state")]
    here = f"?state={alone[0]}&page={max(1, whole(request.GET.get('page', '')))}" if alone else ""
    if request.method == "POST":
        said = answered(request, lambda: _move(request), request.path + here)
    if isinstance(said, HttpResponse):
        return said
    context = {
        "alone": bool(alone),
        "here": here,
        "groups": [_group(request, state.value, alone=bool(alone)) for state in alone or ORDER],
        "emergency": emergency(request.hall),
        "usual": usual_words(),
        "emergency_key": new_key(),
        "playlists": Playlist.objects.filter(hall=request.hall).order_by("name"),
        "may_write": _role(request) in WRITERS,
        "may_manage": _role(request) in HANDS,
        **said,
    }
    return page(request, "displays/notices.html", context, status=said.get("status", 200))


def drafted(request: HallRequest) -> QuerySet[Notice]:
    """The hall's notices that came by a draft, newest first."""
    found = Notice.objects.filter(hall=request.hall, is_emergency=False).exclude(form=Notice.Form.LINE)
    return found.order_by("-pk").prefetch_related("entries__playlist")


def _role(request: HallRequest) -> str:
    return request.viewer.user.role if request.viewer.user else ""


def _group(request: HallRequest, state: str, *, alone: bool) -> Context:
    """The notices of a state: a page of them where they stand alone, the newest beside the other states."""
    pages = Paginator(drafted(request).filter(state=state), A_PAGE if alone else AT_FIRST)
    found = pages.get_page(request.GET.get("page") if alone else 1)
    names = names_of({each.by for each in found} | {each.approved_by for each in found})
    rows = [_row(request, each, names) for each in found]
    shown = {"found": found, "total": pages.count, "more": pages.count - len(rows)}
    return {"key": f"notices.state.{state}", "state": state, "rows": rows, **shown}


def _row(request: HallRequest, notice: Notice, names: dict[str, str]) -> Context:
    user = request.viewer.user
    is_waiting = bool(notice.sent and not notice.fault)
    part = part_made(notice.sent) if is_waiting else None
    is_own = user is not None and f"user:{user.pk}" in notice.authors
    verbs = [
        verb for verb, rule in MOVES.items() if notice.state in rule.origins and _may(request, rule.hands)
    ]
    return {
        "notice": notice,
        "is_waiting": is_waiting,
        "part": part,
        "needs_room": is_waiting and part is None and not has_room_to_make(),
        "why": _why(notice, request),
        "by": names.get(notice.by, notice.by),
        "approved_by": names.get(notice.approved_by, notice.approved_by),
        "is_own": is_own,
        "verbs": [
            (verb, f"notices.verb.{verb}", "reason" in MOVES[verb].needs)
            for verb in verbs
            if verb != "change"
        ],
        "may_change": "change" in verbs,
        "playlists": sorted({entry.playlist.name for entry in notice.entries.all()}),
        "first_day": first_day(notice, request.hall.local_zone),
        "last_day": last_day(notice, request.hall.local_zone),
        "is_over": notice.until is not None and notice.until <= timezone.now(),
        "key": new_key(),
    }


def _why(notice: Notice, request: HallRequest) -> str:
    """Why no video can be made of what was sent."""
    fault = notice.fault
    refusal = Refused(fault["code"], detail=fault["detail"]) if fault else None
    return sentence_of(refusal, language_of(request)) if refusal else ""


def _may(request: HallRequest, hands: str) -> bool:
    return _role(request) in (WRITERS if hands == WRITER else HANDS)


def _move(request: HallRequest) -> None:
    """Make a move of `MOVES`; an auditor looks and touches nothing."""
    details: dict[str, Any] = {
        "notice": whole(request.POST.get("notice", "")),
        "verb": request.POST.get("verb", ""),
    }
    if request.POST.get("version"):
        details["version"] = whole(request.POST["version"])
    drafting.say(*saying(request), **details, reason=request.POST.get("reason", ""))


@allowed(*HANDS)
@require_POST
def emergencies(request: HallRequest, hall: str) -> HttpResponse:
    """Begin an emergency with its words, or end the one that stands."""
    if request.POST.get("verb") == "end":
        act: Any = lambda: end_emergency(*saying(request))  # noqa: E731
    else:
        words = {name: request.POST.get(name, "") for name in ("zh", "mn", "en")}
        act = lambda: begin_emergency(*saying(request), **words)  # noqa: E731
    said = answered(request, act, f"/{hall}/notices/")
    if isinstance(said, HttpResponse):
        return said
    return page(request, "hallqueue/refused.html", said, status=said["status"])


@allowed(*WRITERS)
@takes(LARGEST_VIDEO)
@require_http_methods(["GET", "POST"])
def new_notice(request: HallRequest, hall: str) -> HttpResponse:
    """Draft a notice."""
    return _write(request, None)


@allowed(*WRITERS)
@takes(LARGEST_VIDEO)
@require_http_methods(["GET", "POST"])
def one_notice(request: HallRequest, hall: str, notice: int) -> HttpResponse:
    """Write a draft anew."""
    found = Notice.objects.filter(hall=request.hall, pk=notice, state=Notice.State.DRAFT).first()
    if found is None:
        raise Refused("unknown_notice", 404)
    return _write(request, found)


def _write(request: HallRequest, notice: Notice | None) -> HttpResponse:
    said: HttpResponse | Context = {}
    typed = (
        _words_of(notice, request) if notice else {"form": request.GET.get("form", "text"), "kind": "public"}
    )
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in WORDS}
        said = answered(request, lambda: _keep(request, notice, typed), f"/{request.hall.slug}/notices/")
    if isinstance(said, HttpResponse):
        return said
    forms = [(form.value, f"notices.form.{form.value}") for form in Notice.Form if form != Notice.Form.LINE]
    context = {
        "notice": notice,
        "form": typed,
        "forms": forms,
        "kinds": [(kind.value, f"board.kind.{kind.value}") for kind in Notice.Kind],
        "limits": _limits(),
        "key": new_key(),
        **said,
    }
    return page(request, "displays/notice_form.html", context, status=said.get("status", 200))


def _limits() -> Context:
    """How large a file may be: in MB, and so as it is said."""
    most = {"picture": evidence.LARGEST_FILE // 2**20, "video": LARGEST_VIDEO // 2**20}
    return most | {"picture_mb": in_mb(evidence.LARGEST_FILE), "video_mb": in_mb(LARGEST_VIDEO)}


def _words_of(notice: Notice, request: HallRequest) -> Context:
    zone = request.hall.local_zone
    days = {"first_day": first_day(notice, zone), "last_day": last_day(notice, zone)}
    return {name: getattr(notice, name) for name in WORDS[:8]} | days


def first_day(row: Any, zone: Any) -> str:
    """The first day on which something with `since` is valid."""
    return row.since.astimezone(zone).date().isoformat() if row.since else ""


def last_day(row: Any, zone: Any) -> str:
    """The last day on which something with `until` is valid."""
    return (row.until.astimezone(zone) - A_MOMENT).date().isoformat() if row.until else ""


def _keep(request: HallRequest, notice: Notice | None, typed: dict[str, str]) -> None:
    """Store the file, then the words; a file that no row names, or none any more, is taken away again."""
    key, upload = request.POST.get("key", ""), request.FILES.get("file")
    sent = upload.file if upload and typed["form"] in drafting.WITH_FILE else None
    file = kept(sent, typed["form"], key) if sent else {}
    try:
        if notice is None:
            drafting.draft(*saying(request), **typed, **file)
        else:
            drafting.change(*saying(request), notice=notice.pk, **typed, **file)
    except Refused:
        drop_unused(file.get("file", ""))
        raise
    finally:
        drop_unsent(file.get("sent", ""))
        drop_unsent(notice.sent if notice else "")


@allowed(Device.Kind.BOARD.value, Device.Kind.SCREEN.value, *STAFF)
@require_GET
def media(request: HallRequest, hall: str, name: str) -> FileResponse:
    """A notice's picture or video; its name changes with its content, so it may be kept for ever."""
    if not Notice.objects.filter(hall=request.hall, file=name).exists():
        raise Http404("media")
    file = evidence.path_of(name, FOLDER).open("rb")
    answer = FileResponse(file, content_type=TYPES[name.rpartition(".")[2]])
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


urls = [
    path("<slug:hall>/notices/", notices, name="notices"),
    path("<slug:hall>/notices/new/", new_notice, name="notice-new"),
    path("<slug:hall>/notices/emergency/", emergencies, name="notice-emergency"),
    path("<slug:hall>/notices/<int:notice>/", one_notice, name="notice"),
    path("<slug:hall>/notices/media/<str:name>", media, name="notice-media"),
]
