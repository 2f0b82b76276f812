"""Projects on staff's screens: the list, one with its steps, people, evidence and verbs, the account of a year."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import FileResponse, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.cases.project_causes import SOURCES, free
from hallqueue.actions.cases.project_rights import belonging_to, may_say, own_claims, seen_by
from hallqueue.actions.cases.projects import EFFECTS, add_file, move_project, moves_of
from hallqueue.cases.project_dates import ACCOUNT, CLAIM, LIGHTS, TAKE_UP
from hallqueue.cases.project_states import MOVES
from hallqueue.errors import Refused
from hallqueue.models import (
    WALKERS,
    WATCHERS,
    ConcernCause,
    Department,
    Finding,
    Project,
    ProjectFile,
    ProjectLink,
    ProjectTeam,
    RatingCase,
    User,
)
from hallqueue.reporting.concerns.story import names_of, story_of
from hallqueue.reporting.projects.account import PARTS, account_of, years_of
from hallqueue.reporting.projects.listing import (
    ALL,
    OPEN,
    Shown,
    filters_of,
    projects_like,
    shown,
    tiles_of,
    with_parts,
)
from hallqueue.web.access import STAFF, HallRequest, actor_of, allowed
from hallqueue.web.cases.concern_photos import dropping_unused, kept_evidence
from hallqueue.web.cases.walkthroughs import served
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import done, posted

PER_PAGE = 30
PER_ACCOUNT = 10
"""Projects of an account on a screen; on paper all stand."""
MOST_CASES = 60
LOOKS = {"planned": "waiting", "posted": "fallback", "running": "serving", "delivered": "parked"}
LOOKS |= {"accepted": "done", "withdrawn": "cancelled"}
TEAM_LOOKS = {"claiming": "waiting", "chosen": "done", "declined": "closed", "left": "cancelled"}

# What each verb asks, in the order of its form.
ASKS: dict[str, tuple[str, ...]] = {
    "start": ("team", "leader", "members"),
    "post": ("terms", "ends_on"),
    "claim": ("team", "leader", "members", "plan"),
    "choose": ("claim", "reason"),
    "note": ("step", "note", "on"),
    "finish": ("step", "note"),
    "deliver": ("note",),
    "accept": ("note",),
    "send_back": ("reason", "ends_on"),
    "reopen": ("step", "reason", "ends_on"),
    "word": ("heard", "heard_mn", "did", "did_mn"),
    "publish": (),
    "arrange": ("step", "begins_on", "ends_on", "owner"),
    "change": ("title", "problem", "aim", "cause", "department"),
    "link": ("concerns", "findings", "ratings"),
    "unlink": ("link", "reason"),
    "again": ("step", "reason", "ends_on"),
    "take_off": ("reason",),
    "strike_file": ("file", "reason"),
    "leave": ("claim", "reason"),
    "take_down": ("reason",),
    "withdraw": ("reason",),
}
TYPES: dict[str, Any] = {"members": list[str], **dict.fromkeys(SOURCES, list[int])}
TYPES |= dict.fromkeys(("claim", "link", "file"), int)
FIELDS = {name: TYPES.get(name, str) for asked in ASKS.values() for name in asked}
KEYS = {"start": "S", "post": "B", "claim": "C", "choose": "D", "note": "N", "finish": "F", "deliver": "J"}
KEYS |= {"accept": "Y", "send_back": "K", "reopen": "O", "word": "W", "publish": "G"}
"""The verbs of every day; the others stand behind them, without a key."""
DUE_TEXTS = {CLAIM: "project.due_claim", ACCOUNT: "project.due_account"}
"""What is awaited by the last day of a step that asks for no entries."""
LEADING = ("start", "choose", "claim", "deliver", "note", "accept", "publish")


@allowed(*STAFF)
@require_GET
def listed(request: HallRequest, hall: str) -> HttpResponse:
    """Those one may see, what is late first."""
    now, by = timezone.now(), actor_of(request)
    today, seen, filters = request.hall.business_date(now), seen_by(by), filters_of(request.GET)
    own = belonging_to(by.user) if by.user else Q(pk=None)
    pages = Paginator(projects_like(request.hall, seen, own, filters, today, now), PER_PAGE)
    found = pages.get_page(request.GET.get("page"))
    tiles = tiles_of(request.hall, seen, today, now)
    lights = ("red", "amber")
    context = {
        "filters": filters,
        "rows": [_row(shown(project, today, now)) for project in found],
        "found": found,
        "total": pages.count,
        "lights": [(light, f"project.light.{light}", tiles[light]) for light in lights],
        "tiles": [(state, f"project.state.{state}", tiles[state]) for state in Project.UNSETTLED],
        "may_open": by.may_manage,
        "may_account": by.role in WATCHERS,
        "query": urlencode(filters.words),
        **_choices(request),
        "data": page_data(request),
    }
    return page(request, "hallqueue/projects.html", context)


@allowed(*STAFF)
@require_GET
def one(request: HallRequest, hall: str, project: int) -> HttpResponse:
    """One project: its steps as a line of time, its people, entries, evidence and story, and what may be said now."""
    now, by, lang = timezone.now(), actor_of(request), language_of(request)
    found = _project(request, project)
    row = _row(shown(found, request.hall.business_date(now), now))
    entries = list(found.entries.select_related("step"))
    names = names_of([each.by for each in entries], lang)
    verbs = moves_of(by, found)
    primary = next((verb for verb in LEADING if verb in verbs), "")
    context = {
        "row": row,
        "project": found,
        "people": list(found.team.members.all()) if found.team else [],
        "teams": [
            (team, TEAM_LOOKS[team.state], f"project.team_state.{team.state}") for team in _teams(found)
        ],
        "entries": [(each, step_key(found, each.step.kind), names[each.by]) for each in reversed(entries)],
        "files": [(each, step_key(found, each.step.kind)) for each in found.files.select_related("step")],
        "links": _links(found),
        "story": story_of(found, lang),
        "verbs": [_verb(verb, verb == primary) for verb in verbs if verb in KEYS],
        "others": [_verb(verb) for verb in verbs if verb not in KEYS],
        "may_add": may_say(by, found, "evidence") and found.state in MOVES["evidence"].origins,
        "may_watch": by.role in WATCHERS,
        **_offers(request, found, row),
        "data": page_data(request, "concern"),
    }
    return page(request, "hallqueue/project.html", context)


@allowed(*WALKERS)
@require_POST
def say(request: HallRequest, hall: str, project: int, verb: str) -> JsonResponse:
    """Say a verb about a project."""
    if verb not in EFFECTS:
        raise Refused("page_unknown", 404)
    fields = posted(request, **FIELDS)
    key = fields.pop("key")
    return done(move_project(request.hall.pk, actor_of(request), key, project=project, verb=verb, **fields))


@allowed(*WALKERS)
@require_POST
def upload(request: HallRequest, hall: str, project: int) -> JsonResponse:
    """A photo or a paper of what was done."""
    key, found, by = request.POST.get("key", ""), _project(request, project), actor_of(request)
    kind, files = kept_evidence(request, key)
    (file, size), said = files[0], {name: request.POST.get(name, "")[:200] for name in ("step", "name")}
    with dropping_unused(files):
        kept = {"kind": str(kind), "file": file, "size": size}
        return done(add_file(request.hall.pk, by, key, project=found.pk, **kept, **said))


@allowed(*STAFF)
@require_GET
def file(request: HallRequest, hall: str, project: int, file: int) -> FileResponse:
    """A photo, or a paper to be saved, of a project one may see."""
    found = _project(request, project).files.filter(pk=file).first()
    answer = served(request, found)
    if found is not None and found.kind == ProjectFile.Kind.PAPER:
        answer["Content-Disposition"] = content_disposition_header(True, f"{found.name}.pdf") or "attachment"
    return answer


@allowed(*WATCHERS)
@require_GET
def account(request: HallRequest, hall: str) -> HttpResponse:
    """The account of a year; made to be printed, whatever part of it stands on the screen."""
    now = timezone.now()
    today = request.hall.business_date(now)
    years = years_of(request.hall, today)
    asked = filters_of(request.GET).year
    year = asked if asked in years else years[0]
    found = account_of(request.hall, year, today, now)
    part = request.GET.get("part", "")
    part = part if part in PARTS else ""
    seen = Paginator(found.part(part), PER_ACCOUNT).get_page(request.GET.get("page"))
    on_screen = {each.project.pk for each in seen}
    context = {
        "account": found,
        "rows": [(_row(each), each.project.pk in on_screen) for each in found.rows],
        "found": seen,
        "part": part,
        "query": urlencode({"year": year, "part": part}),
        "years": years,
        "data": page_data(request),
    }
    return page(request, "hallqueue/projects_account.html", context)


def _project(request: HallRequest, pk: int) -> Project:
    """One that this person may see; raises Refused("unknown_project")."""
    rows = Project.objects.filter(seen_by(actor_of(request)), hall=request.hall, pk=pk)
    found = with_parts(rows).select_related("hall", "team__leader", "department", "cause").first()
    if found is None:
        raise Refused("unknown_project", 404)
    return found


def step_key(project: Project, kind: str) -> str:
    """The text that names a step of this project."""
    return f"project.step_of.{project.kind}.{kind}"


def _row(each: Shown) -> dict[str, Any]:
    """A project with the keys of its words."""
    project, due = each.project, each.due
    return {
        "project": project,
        "look": LOOKS[project.state],
        "state_key": f"project.state.{project.state}",
        "kind_key": f"project.kind.{project.kind}",
        "light": each.light,
        "light_key": f"project.light.{each.light}",
        "steps": [
            {
                "step": step,
                "light": light,
                "light_key": f"project.light.{light}",
                "key": step_key(project, step.kind),
                "due_text": DUE_TEXTS.get(step.kind, "project.next_due"),
            }
            for step, light in each.steps
        ],
        "due": due,
        "due_key": step_key(project, due.kind) if due else "",
        "due_text": DUE_TEXTS.get(due.kind, "project.next_due") if due else "",
        "level_key": f"project.level.{due.level}" if due and due.level else "",
        "concerns": each.concerns,
        "findings": each.findings,
        "ratings": each.ratings,
    }


def _verb(verb: str, primary: bool = False) -> dict[str, Any]:
    return {
        "verb": verb,
        "key": KEYS.get(verb, ""),
        "text": f"project.verb.{verb}",
        "lead": f"project.verb_lead.{verb}",
        "asks": ASKS[verb],
        "primary": primary,
    }


def _links(project: Project) -> list[ProjectLink]:
    standing = project.links.filter(struck_at=None)
    return list(standing.select_related("concern", "finding__walkthrough", "rating__rating__service"))


def _teams(project: Project) -> list[ProjectTeam]:
    return list(project.teams.select_related("leader").prefetch_related("members"))


def _choices(request: HallRequest) -> dict[str, Any]:
    """What the filters may be set to."""
    states = [(OPEN, "project.open"), *((each, f"project.state.{each}") for each in Project.State.values)]
    return {
        "states": [*states, (ALL, "project.all")],
        "kinds": [(kind, f"project.kind.{kind}") for kind in Project.Kind.values],
        "all_lights": [(light, f"project.light.{light}") for light in LIGHTS],
        "departments": list(Department.objects.filter(hall=request.hall)),
        "years": years_of(request.hall, request.hall.business_date(timezone.now())),
    }


def _offers(request: HallRequest, project: Project, row: dict[str, Any]) -> dict[str, Any]:
    """What the verbs' forms offer."""
    steps = [
        each for each in row["steps"] if each["step"].kind != CLAIM or project.state == Project.State.POSTED
    ]
    open_steps = [each for each in steps if each["step"].done_at is None]
    first = [each for each in open_steps if each["step"].kind == TAKE_UP]
    working = first or open_steps
    claims = project.teams.filter(state=ProjectTeam.State.CLAIMING).select_related("leader")
    return {
        "open_steps": open_steps,
        "working_steps": working,
        "finishing_steps": [each for each in working if each["step"].kind != ACCOUNT],
        "work_steps": [each for each in steps if each["step"].kind not in (CLAIM, TAKE_UP)],
        "done_steps": [each for each in steps if each["step"].done_at is not None],
        "claims": list(claims),
        "own_claims": own_claims(actor_of(request), project),
        "today": request.hall.business_date(timezone.now()),
        **offers_of(request),
        **cases_of(request, project.cause),
    }


def offers_of(request: HallRequest) -> dict[str, Any]:
    """People, causes and departments of the hall."""
    staff = User.objects.filter(hall=request.hall, is_active=True, role__in=WALKERS)
    return {
        "staff": list(staff.order_by("username")),
        "causes": list(ConcernCause.objects.filter(hall=request.hall, is_active=True)),
        "departments": list(Department.objects.filter(hall=request.hall, is_active=True)),
    }


def cases_of(request: HallRequest, cause: ConcernCause | None) -> dict[str, Any]:
    """What may join: concerns of this root cause or of none yet, findings that stand, bad ratings of others."""
    fitting = Q(cause=cause) | Q(cause=None) if cause else Q()
    concerns = free(request.hall.pk, "concerns").filter(fitting).select_related("service", "cause")
    findings = free(request.hall.pk, "findings").exclude(state=Finding.State.WITHDRAWN)
    concerns = concerns.order_by(F("cause").asc(nulls_last=True), "-id")
    ratings = free(request.hall.pk, "ratings").exclude(state=RatingCase.State.SET_ASIDE)
    others = ratings.filter(Q(rating__user=None) | ~Q(rating__user=request.viewer.user))
    return {
        "free_concerns": list(concerns[:MOST_CASES]),
        "free_findings": list(findings.select_related("walkthrough")[:MOST_CASES]),
        "free_ratings": list(others.select_related("rating__service")[:MOST_CASES]),
    }


urls: list[URLPattern] = [
    path("<slug:hall>/projects/", listed, name="projects"),
    path("<slug:hall>/projects/account/", account, name="projects-account"),
    path("<slug:hall>/projects/<int:project>/", one, name="project"),
    path("<slug:hall>/projects/<int:project>/photos/", upload, name="project-upload"),
    path("<slug:hall>/projects/<int:project>/files/<int:file>/", file, name="project-file"),
    path("<slug:hall>/projects/<int:project>/<slug:verb>/", say, name="project-say"),
]
