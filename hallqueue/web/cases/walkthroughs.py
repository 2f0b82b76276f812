"""Walkthroughs on an official's phone: begin, walk with one tap a step, and the record that is left."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallqueue.actions.cases import findings, walkthroughs
from hallqueue.actions.command import Answer, new_key
from hallqueue.actions.line.tickets import LINK
from hallqueue.environment import PROJECT
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.files.memos import redrawn_memo
from hallqueue.models import (
    WALKERS,
    WATCHERS,
    Finding,
    FindingFile,
    ProjectFile,
    Service,
    Ticket,
    Walkthrough,
    WalkthroughStep,
)
from hallqueue.problems import sentence_of
from hallqueue.reporting.walkthroughs.ordinary import ordinary_of
from hallqueue.reporting.walkthroughs.timeline import Line, figures_of, reused_in, timeline_of
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.cases.concern_photos import dropping_unused, kept_photos
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import done, posted
from hallqueue.web.sights import evidence_shown
from hallqueue.web.stories import lasting

READERS = (*WALKERS, "auditor")
PER_PAGE, MOST_KEPT = 30, 200
KEEPER = PROJECT / "hallqueue/static/hallqueue/walkthrough_keeper.js"
LOOKS = {"walking": "serving", "finished": "done", "dropped": "cancelled"}
BEGUN = ("mode", "walker", "place", "place_note", "scope", "ticket", "service", "matter", "situation")
ASKED = {
    "mode": (Walkthrough.Mode, Walkthrough.Mode.BESIDE),
    "walker": (Walkthrough.Walker, Walkthrough.Walker.OFFICIAL),
    "place": (Walkthrough.Place, Walkthrough.Place.HALL),
    "scope": (Walkthrough.Scope, Walkthrough.Scope.WHOLE),
}
TYPES = {"mp3": "audio/mpeg", "jpg": "image/jpeg", "pdf": "application/pdf"}
TYPES |= {
    "webm": "audio/webm",
    "mp4": "audio/mp4",
    "ogg": "audio/ogg",
}  # memos of before they were drawn anew

# What the phone may say while walking, with the fields each verb takes beside the key, and those it needs.
Verb = tuple[Callable[..., Answer], dict[str, type], tuple[str, ...]]
VERBS: dict[str, Verb] = {
    "step": (walkthroughs.take_step, {"kind": str, "at": int}, ("kind",)),
    "strike": (walkthroughs.strike_step, {"step": int}, ("step",)),
    "material": (
        walkthroughs.compare_material,
        {"name": str, "guide": bool, "asked": bool},
        ("name", "guide", "asked"),
    ),
    "facts": (walkthroughs.tell_facts, {"trips": int, "windows": int, "reused": str, "suggestion": str}, ()),
    "finish": (walkthroughs.finish_walkthrough, {"at": int}, ()),
    "drop": (walkthroughs.drop_walkthrough, {"reason": str}, ("reason",)),
    "find": (
        findings.note_finding,
        {"ref": str, "kind": str, "severity": int, "at": int, "note": str},
        ("ref", "kind", "severity"),
    ),
    "describe": (findings.describe_finding, {"ref": str, "note": str}, ("ref", "note")),
}


@allowed(*READERS)
@require_GET
def listed(request: HallRequest, hall: str) -> HttpResponse:
    """Those one may see, the newest first."""
    by = actor_of(request)
    rows = Walkthrough.objects.filter(hall=request.hall).select_related("user", "ticket", "service")
    if by.role not in WATCHERS:
        rows = rows.filter(user=by.user)
    mine = Walkthrough.objects.filter(hall=request.hall, user=by.user).order_by("-id")[:MOST_KEPT]
    data = page_data(
        request,
        "walkthrough",
        mine=[each.pk for each in mine],
        walking=[each.pk for each in mine if each.state == Walkthrough.State.WALKING],
    )
    found = Paginator(rows.annotate(found=Count("findings")).order_by("-id"), PER_PAGE)
    context = {
        "found": found.get_page(request.GET.get("page")),
        "total": found.count,
        "may_walk": by.role in WALKERS,
        "looks": LOOKS,
        "data": data,
    }
    return page(request, "hallqueue/walkthroughs.html", context)


@allowed(*WALKERS)
@require_GET
def keeper(request: HallRequest, hall: str) -> FileResponse:
    """The script by which a phone keeps pages under way; it stands here, for it may keep what lies beside it alone."""
    answer = FileResponse(KEEPER.open("rb"), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@allowed(*WALKERS)
@require_http_methods(["GET", "POST"])
def new(request: HallRequest, hall: str) -> HttpResponse:
    """The few questions before one begins; a refusal or a scan (`?ticket=`: number or link) leaves what was typed."""
    typed = {name: request.GET.get(name, "")[:500] for name in (*BEGUN, "again")}
    typed["ticket"] = _number_of(request, typed["ticket"])
    context: dict[str, Any] = {"typed": typed, "key": new_key()}
    status = 200
    if request.method == "POST":
        try:
            said: dict[str, Any] = {name: request.POST.get(name, "") for name in BEGUN}
            said |= {"service": _code(request, said["service"]), "consent": "consent" in request.POST}
            said |= {"began": _began(request), "again_of": _again(request.POST.get("again", ""))}
            begun = walkthroughs.start_walkthrough(
                request.hall.pk, actor_of(request), request.POST.get("key", ""), **said
            )
            return redirect("walkthrough", request.hall.slug, begun["walkthrough"])
        except Refused as refusal:
            sentence = sentence_of(refusal, language_of(request))
            context |= {"error": sentence, "typed": request.POST}
            status = refusal.status
    again = _again(context["typed"].get("again", ""))
    context["again"] = Walkthrough.objects.filter(hall=request.hall, pk=again).first()
    data = page_data(request, "walkthrough")
    return page(
        request,
        "hallqueue/walkthrough_new.html",
        context | _choices(request, context["typed"]) | {"data": data},
        status=status,
    )


@allowed(*READERS)
@require_GET
def one(request: HallRequest, hall: str, walkthrough: int) -> HttpResponse:
    """The phone's page while it is under way in these hands, else the record; `?part=line` gives its moving part."""
    with one_read():
        walk = _walk(request, walkthrough)
        context = _told(request, walk)
    now = int(timezone.now().timestamp() * 1000)
    if request.GET.get("part") == "line":
        line = page(request, "hallqueue/walkthrough_line.html", context)
        line["Hall-Now"] = str(now)
        return line
    if not walkthroughs.may_walk(actor_of(request), walk):
        return page(request, "hallqueue/walkthrough_record.html", context | {"data": page_data(request)})
    topic = f"walk:{request.hall.slug}:{walk.ticket_id}" if walk.ticket_id else ""
    data = page_data(request, "walkthrough", topic=topic, now=now, walkthrough=walk.pk)
    context |= {"data": data}
    return page(request, "hallqueue/walkthrough.html", context | _kinds())


@allowed(*WALKERS)
@require_POST
def say(request: HallRequest, hall: str, walkthrough: int, verb: str) -> JsonResponse:
    """One tap of the phone, perhaps long after it was made."""
    if verb not in VERBS:
        raise Refused("page_unknown", 404)
    act, fields, needed = VERBS[verb]
    said = posted(request, **fields)
    key = said.pop("key")
    for name in needed:
        if name not in said:
            raise Refused("bad_input", 400, detail=name)
    return done(act(request.hall.pk, actor_of(request), key, walkthrough=walkthrough, **said))


@allowed(*WALKERS)
@require_POST
def add_file(request: HallRequest, hall: str, walkthrough: int) -> JsonResponse:
    """A photo or a voice memo of a finding."""
    key, by = request.POST.get("key", ""), actor_of(request)
    walk = _walk(request, walkthrough)
    photos = kept_photos(request, key, 1)
    kind, seconds = "photo", 0
    if not photos:
        kind = "memo"
        name, content, seconds = _memo(request, key)
        evidence.keep(name, content)
        photos = [[name, len(content)]]
    file, size = photos[0]
    said = {"ref": request.POST.get("ref", ""), "kind": kind, "seconds": seconds}
    with dropping_unused(photos):
        return done(
            findings.add_file(request.hall.pk, by, key, walkthrough=walk.pk, file=file, size=size, **said)
        )


@allowed(*READERS)
@require_GET
def file(request: HallRequest, hall: str, walkthrough: int, file: int) -> FileResponse:
    """A photo or memo, for those who may see the walkthrough."""
    walk = _walk(request, walkthrough)
    found = FindingFile.objects.filter(finding__walkthrough=walk, pk=file).first()
    return served(request, found)


def served(request: HallRequest, found: FindingFile | ProjectFile | None) -> FileResponse:
    """The bytes of a photo, a memo or a paper; raises Refused("page_unknown")."""
    place = evidence.path_of(found.file) if found and not found.erased_at else None
    if found is None or place is None or not place.exists():
        raise Refused("page_unknown", 404)
    of, row = (
        ("finding", found.finding_id) if isinstance(found, FindingFile) else ("project", found.project_id)
    )
    return evidence_shown(request, place, TYPES[place.suffix[1:]], of, row)


def _walk(request: HallRequest, pk: int) -> Walkthrough:
    """One that this person may see; raises Refused("unknown_walkthrough")."""
    rows = Walkthrough.objects.filter(hall=request.hall, pk=pk)
    found = rows.select_related("hall", "user", "ticket__service", "service").first()
    if found is None or not walkthroughs.may_see(actor_of(request), found):
        raise Refused("unknown_walkthrough", 404)
    return found


def _memo(request: HallRequest, key: str) -> tuple[str, bytes, int]:
    """The form's memo: its name, its bytes, its seconds. Raises Refused: memo_…, file_required."""
    upload = request.FILES.get("memo")
    if upload is None:
        raise Refused("file_required", 400)
    if (upload.size or 0) > 4 * 1024 * 1024:
        raise Refused("memo_too_large", 413, limit="2 MB")
    content: bytes = upload.read()
    made, seconds = redrawn_memo(content)
    return evidence.file_name(key, content, "mp3"), made, seconds


def _number_of(request: HallRequest, text: str) -> str:
    """Today's number behind a ticket's link, which a person can compare with the slip; anything else as it is."""
    link, today = LINK.search(text), request.hall.business_date(timezone.now())
    rows = Ticket.objects.filter(hall=request.hall, business_date=today)
    found = rows.filter(token=link[1]).first() if link else None
    return found.label if found else text


def _code(request: HallRequest, text: str) -> str:
    """A service's code, from its code or its whole name."""
    asked = text.replace("\x00", "").strip()[:200]
    named = Service.objects.filter(hall=request.hall, name=asked, is_active=True).first()
    return named.code if named else asked


def _again(text: str) -> int:
    """The walkthrough that is walked again; 0: none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _began(request: HallRequest) -> int:
    """When it was walked, for one recorded afterwards, in the hall's own time; 0: now."""
    text = request.POST.get("began", "").strip()
    if not text:
        return 0
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=request.hall.local_zone)
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Refused("bad_day", 400, day=text[:20]) from None


def _told(request: HallRequest, walk: Walkthrough) -> dict[str, Any]:
    lang = language_of(request)
    figures = figures_of(walk, timezone.now())
    lines, others = timeline_of(walk, lang), ordinary_of(walk)
    found = list(walk.findings.prefetch_related("files"))
    return {
        "walk": walk,
        "look": LOOKS[walk.state],
        "lines": [_line(line, lang) for line in lines],
        "figures": figures,
        "times": {
            name: lasting(getattr(figures, name), lang) or "—" for name in ("waited", "served", "whole")
        },
        "found": [{"finding": each, "step": _step_of(each, lines)} for each in found],
        "reused": reused_in(walk),
        "ordinary": others,
        "others": {name: lasting(getattr(others, name, None), lang) for name in ("waited", "served")},
        "first": walk.again_of,
        "later": list(walk.walked_again.exclude(state=Walkthrough.State.DROPPED).order_by("id")),
        "may_drop": actor_of(request).may_manage and walk.state != Walkthrough.State.DROPPED,
    }


def _line(line: Line, lang: str) -> dict[str, Any]:
    long = line.lasted is not None and line.lasted >= timedelta(seconds=1)
    return {"line": line, "lasted": lasting(line.lasted, lang) if long else ""}


def _step_of(finding: Finding, lines: list[Line]) -> str:
    """The step during which it was met."""
    before = [each.words for each in lines if each.source in ("queue", "own") and each.at <= finding.found_at]
    return before[-1] if before else ""


def _kinds() -> dict[str, Any]:
    """What can be tapped."""
    return {
        "steps": [(kind, f"walkthrough.step.{kind}") for kind in WalkthroughStep.Kind.values],
        "kinds": [(kind, f"walkthrough.finding.{kind}") for kind in Finding.Kind.values],
        "severities": [(each, f"walkthrough.severity.{each}") for each in Finding.Severity.values],
    }


def _choices(request: HallRequest, typed: Mapping[str, str]) -> dict[str, Any]:
    """The questions of the beginning, as they were answered, or as usual."""
    offers = [
        {
            "name": name,
            "title": f"walkthrough.{name}.name",
            "chosen": typed.get(name) or usual,
            "choices": [(each, f"walkthrough.{name}.{each}") for each in kind.values],
        }
        for name, (kind, usual) in ASKED.items()
    ]
    services = Service.objects.filter(hall=request.hall, is_active=True).values_list("name", flat=True)
    return {"first_offers": offers[:1], "more_offers": offers[1:], "services": list(services)}


urls: list[URLPattern] = [
    path("<slug:hall>/walkthroughs/", listed, name="walkthroughs"),
    path("<slug:hall>/walkthroughs/new/", new, name="walkthrough-new"),
    path("<slug:hall>/walkthroughs/keeper.js", keeper, name="walkthrough-keeper"),
    path("<slug:hall>/walkthroughs/<int:walkthrough>/", one, name="walkthrough"),
    path("<slug:hall>/walkthroughs/<int:walkthrough>/files/", add_file, name="walkthrough-upload"),
    path("<slug:hall>/walkthroughs/<int:walkthrough>/files/<int:file>/", file, name="walkthrough-file"),
    path("<slug:hall>/walkthroughs/<int:walkthrough>/<slug:verb>/", say, name="walkthrough-say"),
]
