"""The one place where every public text is edited: found, filtered, worded beside a preview, marked as reviewed."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.house.wordings import review, word
from hallqueue.errors import Refused
from hallqueue.models import User
from hallqueue.problems import sentence_of
from hallqueue.texts import LANGUAGES, has_text
from hallqueue.transactions import one_read
from hallqueue.web.access import TRANSLATOR, HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.wordings import PublicText, Shelf

STATES = ("all", "missing", "unreviewed", "reviewed", "own")
A_PAGE = 40
LONGEST_QUERY = 60


class Wish(NamedTuple):
    """What the list is to show."""

    state: str = "all"
    room: str = ""
    query: str = ""
    staff: bool = False
    number: int = 1

    @classmethod
    def of(cls, request: HttpRequest) -> "Wish":
        """As the address says it; what cannot be meant is left out."""
        asked = request.GET
        state, number = asked.get("state", ""), asked.get("page", "")
        return cls(
            state if state in STATES else "all",
            asked.get("room", "")[:40],
            asked.get("q", "").replace("\x00", "").strip(" ")[:LONGEST_QUERY],
            "staff" in asked,
            int(number) if number.isdecimal() and 0 < len(number) < 5 and int(number) else 1,
        )

    def address(self, **more: Any) -> str:
        """The address that says it again."""
        said = {"state": self.state, "room": self.room, "q": self.query, "page": self.number}
        said |= {"staff": 1} if self.staff else {}
        return f"?{urlencode({name: value for name, value in (said | more).items() if value})}"

    def takes(self, text: PublicText) -> bool:
        """Whether the list shows this text, whatever its state."""
        low = self.query.lower()
        words = (text.subject, text.zh, text.mn, text.en)
        return self.room in ("", text.room) and (not low or any(low in each.lower() for each in words))

    def wants(self, text: PublicText) -> bool:
        """Whether its state is the one that is looked for."""
        return self.state in ("all", text.state) or (self.state == "own" and bool(text.own))


@allowed("administrator", TRANSLATOR)
@require_http_methods(["GET", "POST"])
def wordings(request: HallRequest, hall: str) -> HttpResponse:
    """The list, and beside it the chosen text; a mistake keeps what was typed."""
    wish, said = Wish.of(request), dict[str, Any]()
    if request.method == "POST":
        try:
            _say(request)
            at = request.POST.get("next") or request.POST.get("subject", "")
            return redirect(request.path + wish.address(at=at, done=1))
        except Refused as refusal:
            said = {"sentence": sentence_of(refusal, language_of(request)), "code": refusal.code}
    with one_read():
        request.hall.refresh_from_db()
        shelf = Shelf(request.hall)
        found = [text for text in shelf.everything(public=not wish.staff) if wish.takes(text)]
        context = _list_context(found, wish) | _chosen_context(request, shelf, found, wish)
    context |= {"key": new_key(), "done": "done" in request.GET and not said} | said
    return page(request, "hallqueue/setup_texts.html", context, status=400 if said else 200)


def _say(request: HallRequest) -> None:
    """What the form asks: save, save and review, review what stands, or give the shipped words back."""
    typed = request.POST
    say = (request.hall.pk, actor_of(request), typed.get("key", ""))
    subject, verb = typed.get("subject", ""), typed.get("verb", "")
    words = {lang: [typed[lang], typed.get(f"was_{lang}", "")] for lang in LANGUAGES if lang in typed}
    if verb == "restore":
        words = {lang: ["", was] for lang, (_, was) in words.items() if was}
    if verb == "review" and all(text == was for text, was in words.values()):
        review(*say, subject=subject, text=typed.get("mn", ""))
    else:
        word(*say, subject=subject, words=words, reviewed=verb == "review")


def _list_context(found: list[PublicText], wish: Wish) -> dict[str, Any]:
    shown = [text for text in found if wish.wants(text)]
    pages = max(1, -(-len(shown) // A_PAGE))
    number = min(wish.number, pages)
    rows = shown[(number - 1) * A_PAGE : number * A_PAGE]
    counts = [
        (state, f"wordings.state.{state}", sum(wish._replace(state=state).wants(text) for text in found))
        for state in STATES
    ]
    return {
        "rows": [(text, room_name(text.room), wish.address(at=text.subject)) for text in rows],
        "tabs": [(*each, wish._replace(state=each[0], number=1).address()) for each in counts],
        "wish": wish,
        "rooms": sorted({(text.room, *room_name(text.room)) for text in found}),
        "number": number,
        "pages": pages,
        "before": wish.address(page=number - 1) if number > 1 else "",
        "after": wish.address(page=number + 1) if number < pages else "",
    }


def _chosen_context(
    request: HallRequest, shelf: Shelf, found: list[PublicText], wish: Wish
) -> dict[str, Any]:
    """The text to edit, its fields as they stand or were typed, and which comes next in the list."""
    shown = [text for text in found if wish.wants(text)]
    subject = request.POST.get("subject") or request.GET.get("at", "")
    chosen = shelf.find(subject) or (shown[0] if shown else None)
    if chosen is None:
        return {"chosen": None}
    subjects = [text.subject for text in shown]
    at = subjects.index(chosen.subject) if chosen.subject in subjects else -1
    fields = [_field(request, chosen, lang) for lang in ("mn", "zh", "en") if lang in chosen.limits]
    return {
        "chosen": chosen,
        "chosen_room": room_name(chosen.room),
        "fields": fields,
        "reviewer": _name_of(chosen.reviewed_by),
        "next": subjects[at + 1] if at + 1 < len(subjects) else "",
        "shown": request.POST.get("mn", chosen.mn) if "mn" in chosen.limits else chosen.mn,
    }


def _field(request: HttpRequest, chosen: PublicText, lang: str) -> dict[str, Any]:
    now = chosen.in_language(lang)
    return {
        "lang": lang,
        "name": f"wordings.language.{lang}",
        "value": request.POST.get(lang, now),
        "was": now,
        "shipped": chosen.shipped.get(lang, "") if lang in chosen.own else "",
        "changed": request.method == "POST" and request.POST.get(f"was_{lang}", now) != now,
        "limit": chosen.limits[lang],
    }


def room_name(room: str) -> tuple[str, str]:
    """A room's name as a key, or as it is called in the files where it has none."""
    key = f"wordings.room.{room}"
    return (key, "") if has_text(key) else ("", room)


def _name_of(by: str) -> str:
    kind, _, key = by.partition(":")
    person = User.objects.filter(pk=int(key)).first() if kind == "user" and key.isdecimal() else None
    return str(person) if person else by


urls: list[URLPattern] = [path("<slug:hall>/setup/texts/", wordings, name="setup-texts")]
