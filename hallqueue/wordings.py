"""Every text the public meets, the program's and the hall's own names: what it says and who has reviewed it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Model

from hallqueue.errors import Refused
from hallqueue.models import Department, Facility, Hall, Item, Journey, Notice, Service, Window, Wording
from hallqueue.models.wordings import phrase_subject
from hallqueue.texts import DEFAULT_LANGUAGE, LANGUAGES, all_entries, is_public
from hallqueue.wording_rules import check_wording, params_of

LONGEST = 600


class Named(NamedTuple):
    """A name that rows of a model carry in three languages, each in a column of its own ("" where it has none)."""

    kind: str
    model: type[Model]
    zh: str = "name"
    mn: str = "name_mn"
    en: str = "name_en"
    only: dict[str, Any] = {}

    def column(self, lang: str) -> str:
        """The column of a language; "" if there is none."""
        return str(getattr(self, lang))

    def rows(self, hall: Hall) -> Any:
        """The hall's rows that carry this name."""
        whose = {"pk": hall.pk} if self.model is Hall else {"hall": hall}
        return self.model._default_manager.filter(**whose, **self.only).exclude(**{self.zh: ""})

    def limit(self, lang: str) -> int:
        """How long the name may be in a language."""
        field = self.model._meta.get_field(self.column(lang))
        return int(getattr(field, "max_length", None) or LONGEST)


NAMES: dict[str, Named] = {}


def register(named: Named) -> None:
    """Add a kind of name; it needs a text `wordings.kind.<kind>`."""
    NAMES[named.kind] = named


class PublicText(NamedTuple):
    """One text as it stands in the hall: its words in each language, and how they came about.

    `shipped` holds the words of the files, `own` the languages the hall words itself, `open` those one may change.
    """

    subject: str
    room: str
    zh: str
    mn: str
    en: str
    limits: dict[str, int]
    shipped: dict[str, str] = {}
    own: frozenset[str] = frozenset()
    reviewed_by: str = ""
    reviewed_at: Any = None
    named: Named | None = None

    def in_language(self, lang: str) -> str:
        """The words; "" where there are none."""
        return str(getattr(self, lang))

    @property
    def state(self) -> str:
        """What a translator asks of it: missing, unreviewed or reviewed."""
        if not self.mn:
            return "missing"
        return "reviewed" if self.reviewed_at else "unreviewed"

    @property
    def params(self) -> tuple[str, ...]:
        """What the program puts into the words."""
        return tuple(sorted(params_of(self.shipped[DEFAULT_LANGUAGE]))) if self.shipped else ()

    def check(self, lang: str, text: str) -> None:
        """Whether `text` may stand here in a language; raises Refused (see `check_wording`), unknown_wording."""
        if lang not in self.limits:
            raise Refused("unknown_wording", 404, subject=f"{self.subject} {lang}"[:80])
        beside = self.shipped.get(DEFAULT_LANGUAGE) or self.zh
        if text:
            check_wording(lang, text, beside, limit=self.limits[lang], takes_params=bool(self.shipped))


def _zones(hall: Hall) -> Iterable[str]:
    of_windows = Window.in_use(hall).values_list("zone", flat=True)
    return [*of_windows, *Department.objects.filter(hall=hall).values_list("zone", flat=True)]


def _ways(hall: Hall) -> Iterable[str]:
    return Window.in_use(hall).values_list("direction", flat=True)


def _rules(hall: Hall) -> Iterable[str]:
    return [line.strip() for line in hall.slip_rules.splitlines()]


def _documents(hall: Hall) -> Iterable[str]:
    services = Service.objects.filter(hall=hall, is_active=True).exclude(documents="")
    return [line for service in services for line in service.documents_to_bring]


PHRASES: dict[str, Callable[[Hall], Iterable[str]]] = {
    Wording.ZONE: _zones,
    Wording.WAY: _ways,
    Wording.RULE: _rules,
    Wording.DOCUMENT: _documents,
}


class Shelf:
    """All texts of a hall, read at one moment."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.rows = {(row.subject, row.lang): row for row in Wording.objects.filter(hall=hall)}

    def everything(self, *, public: bool = True) -> list[PublicText]:
        """Names of the hall first, then the program's texts; `public` leaves out what staff alone read."""
        names = [text for named in NAMES.values() for text in self._names(named)]
        keys = (key for key in all_entries() if is_public(key) or not public)
        phrases = [text for kind in PHRASES for text in self._phrases(kind)]
        return [*names, *phrases, *map(self._shipped, keys)]

    def find(self, subject: str) -> PublicText | None:
        """One text by its subject."""
        if subject in all_entries():
            return self._shipped(subject)
        kind, _, rest = subject.partition(":")
        if kind in PHRASES:
            return next((each for each in self._phrases(kind) if each.subject == subject), None)
        named = NAMES.get(kind)
        if named is None or not rest.isdecimal() or len(rest) > 18:
            return None
        return next(iter(self._names(named, pk=int(rest))), None)

    def _names(self, named: Named, **only: Any) -> Iterator[PublicText]:
        columns = {lang: named.column(lang) for lang in LANGUAGES if named.column(lang)}
        limits = {lang: named.limit(lang) for lang in columns if lang != DEFAULT_LANGUAGE}
        rows: Iterable[dict[str, Any]] = named.rows(self.hall).filter(**only).values("pk", *columns.values())
        for row in rows:
            words = {lang: row[column] or "" for lang, column in columns.items()}
            yield self._made(f"{named.kind}:{row['pk']}", named.kind, words, limits=limits, named=named)

    def _phrases(self, kind: str) -> Iterator[PublicText]:
        """Words that rows share; their Mongolian and English are the hall's own words."""
        for words in sorted(set(PHRASES[kind](self.hall)) - {""}):
            subject, limits = phrase_subject(kind, words), dict.fromkeys(("mn", "en"), LONGEST)
            own = {lang: self._own(subject, lang) for lang in limits}
            yield self._made(subject, kind, {"zh": words, **own}, limits=limits)

    def _shipped(self, key: str) -> PublicText:
        entry = all_entries()[key]
        shipped = {lang: entry.get(lang, "") for lang in LANGUAGES}
        own = {lang: found for lang in LANGUAGES if (found := self._own(key, lang))}
        limits, room = dict.fromkeys(LANGUAGES, LONGEST), key.split(".")[0]
        return self._made(key, room, shipped | own, limits=limits, shipped=shipped, own=frozenset(own))

    def _own(self, subject: str, lang: str) -> str:
        row = self.rows.get((subject, lang))
        return row.text if row else ""

    def _made(self, subject: str, room: str, words: dict[str, str], **more: Any) -> PublicText:
        texts = {lang: words.get(lang, "") for lang in LANGUAGES}
        row = self.rows.get((subject, "mn"))
        if row and row.reviewed_at and (row.reviewed_text, row.reviewed_beside) == (texts["mn"], texts["zh"]):
            more |= {"reviewed_by": row.reviewed_by, "reviewed_at": row.reviewed_at}
        return PublicText(subject, room, texts["zh"], texts["mn"], texts["en"], **more)


register(Named("hall", Hall))
register(Named("department", Department))
register(Named("service", Service))
register(Named("window", Window))
register(Named("journey", Journey))
register(Named("item", Item))
register(Named("facility", Facility))
register(Named("place", Facility, "place", "place_mn", "place_en"))
# Lines only: what is approved by a second person is worded where it is drafted.
register(Named("notice", Notice, "zh", "mn", "en", {"form": "line", "state": "shown"}))
