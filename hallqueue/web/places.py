"""The pages a member of staff may go to, by role: on the start page and in the bar of every staff page."""

from dataclasses import dataclass

from hallqueue.models import Hall, Role, User

ADMINISTRATOR, MANAGER, CLERK, AUDITOR = Role.ADMINISTRATOR, Role.MANAGER, Role.CLERK, Role.AUDITOR
DESK, TRANSLATOR = Role.DESK, "translator"


@dataclass(frozen=True)
class Place:
    """A page: its address, its text's key, its icon."""

    name: str
    url: str
    icon: str
    asks: int = 0
    """Cases that ask something of the person there (`cases/asking.py`)."""

    @property
    def key(self) -> str:
        """Its name's key in the texts."""
        return f"door.place.{self.name}"

    @property
    def lead(self) -> str:
        """The key of the sentence that says what one does there."""
        return f"door.place_lead.{self.name}"


PLACES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("manager", "/{hall}/manager/", "monitor", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("audit", "/{hall}/audit/", "file-text", (AUDITOR,)),
    ("desk", "/{hall}/desk/", "hand-helping", (DESK, MANAGER, ADMINISTRATOR)),
    ("appointments", "/{hall}/appointments/", "ticket", (DESK, MANAGER, ADMINISTRATOR)),
    ("window", "/{hall}/window/", "layers", (CLERK, MANAGER, ADMINISTRATOR)),
    ("concerns", "/{hall}/concerns/", "shield", (MANAGER, CLERK, DESK, ADMINISTRATOR, AUDITOR)),
    ("walkthroughs", "/{hall}/walkthroughs/", "users", (MANAGER, CLERK, DESK, ADMINISTRATOR, AUDITOR)),
    ("ratings", "/{hall}/ratings/", "star", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("appeals", "/{hall}/appeals/", "star", (CLERK,)),
    ("setup", "/{hall}/setup/", "settings", (MANAGER, ADMINISTRATOR)),
    ("projects", "/{hall}/projects/", "medal", (MANAGER, CLERK, DESK, ADMINISTRATOR, AUDITOR)),
    ("printers", "/{hall}/printers/", "printer", (MANAGER, DESK, ADMINISTRATOR, AUDITOR)),
    ("cards", "/{hall}/cards/", "monitor", (MANAGER, DESK, ADMINISTRATOR, AUDITOR)),
    ("notices", "/{hall}/notices/", "megaphone", (MANAGER, DESK, ADMINISTRATOR, AUDITOR)),
    ("rankings", "/{hall}/rankings/", "medal", (MANAGER, CLERK, DESK, ADMINISTRATOR, AUDITOR)),
    ("reports", "/{hall}/reports/", "list", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("ledger", "/{hall}/ledger/", "file-text", (MANAGER, CLERK, DESK, ADMINISTRATOR, AUDITOR)),
    ("texts", "/{hall}/setup/texts/", "languages", (TRANSLATOR,)),
    ("refusals", "/{hall}/refusals/", "list", (AUDITOR,)),
    ("journeys", "/{hall}/journeys/", "layers", (AUDITOR,)),
)
"""What people open every day: the first seven in the bar of every page, the others in its menu."""

SET_UP: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("services", "/{hall}/setup/services/", "list", (MANAGER, ADMINISTRATOR)),
    ("departments", "/{hall}/setup/departments/", "layers", (MANAGER, ADMINISTRATOR)),
    ("series", "/{hall}/setup/series/", "ticket", (MANAGER, ADMINISTRATOR)),
    ("catalogue", "/{hall}/setup/catalogue/", "file-text", (MANAGER, ADMINISTRATOR)),
    ("windows", "/{hall}/setup/windows/", "users", (MANAGER, ADMINISTRATOR)),
    ("order", "/{hall}/setup/order/", "list", (MANAGER, ADMINISTRATOR)),
    ("rules", "/{hall}/setup/rules/", "history", (MANAGER, ADMINISTRATOR)),
    ("calendar", "/{hall}/setup/calendar/", "sun", (MANAGER, ADMINISTRATOR)),
    ("hours", "/{hall}/setup/hours/", "clock", (MANAGER, ADMINISTRATOR)),
    ("slip", "/{hall}/setup/slip/", "receipt", (MANAGER, ADMINISTRATOR)),
    ("fallback", "/{hall}/setup/fallback/", "shield", (MANAGER, ADMINISTRATOR)),
    ("journeys", "/{hall}/journeys/", "layers", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("languages", "/{hall}/setup/languages/", "languages", (MANAGER, ADMINISTRATOR)),
    ("texts", "/{hall}/setup/texts/", "pencil", (ADMINISTRATOR, TRANSLATOR)),
    ("voice", "/{hall}/setup/voice/", "volume-2", (MANAGER, ADMINISTRATOR)),
    ("speakers", "/{hall}/speakers/", "megaphone", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("refusals", "/{hall}/refusals/", "circle-alert", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("slots", "/{hall}/setup/appointments/", "ticket", (MANAGER, ADMINISTRATOR)),
    ("boards", "/{hall}/setup/boards/", "monitor", (MANAGER, ADMINISTRATOR)),
    ("devices", "/{hall}/devices/", "link-2", (MANAGER, ADMINISTRATOR)),
    ("audit", "/{hall}/audit/", "file-text", (ADMINISTRATOR,)),
    ("admin", "/admin/", "settings", (ADMINISTRATOR,)),
)
"""What people open when something is to be arranged anew: the set-up page leads there."""

GROUPS = {
    "services": ("services", "windows", "departments", "series", "catalogue", "journeys"),
    "order": ("order", "rules", "fallback", "refusals"),
    "time": ("calendar", "hours", "slots"),
    "words": ("boards", "voice", "slip", "languages", "texts"),
}
"""How the set-up page groups them; whatever is named nowhere belongs to the devices and the rest."""


BELOW = {"/{hall}/findings/": "walkthroughs", "/{hall}/appeals/": "ratings"}
"""Pages reached from a place without being one themselves, or not for everybody: which place they belong to."""


def places_of(user: User, hall: Hall) -> list[Place]:
    """Where this person may go in a hall every day; nowhere in a hall that is not theirs."""
    return _open_to(user, hall, PLACES)


def set_up_places_of(user: User, hall: Hall) -> dict[str, list[Place]]:
    """What this person may arrange in a hall, by group."""
    found = _open_to(user, hall, SET_UP)
    grouped = {name: [place for place in found if place.name in names] for name, names in GROUPS.items()}
    named = {name for names in GROUPS.values() for name in names}
    return grouped | {"devices": [place for place in found if place.name not in named]}


def section_of(path: str, places: list[Place], hall: Hall) -> str:
    """The place in the bar that a page belongs to: itself, the page above it, or the set-up; "" for none."""
    for place in places:
        if path.startswith(place.url):
            return place.name
    for url, name in BELOW.items():
        if path.startswith(url.format(hall=hall.slug)):
            return name
    arranged = (url.format(hall=hall.slug) for _, url, _, _ in SET_UP)
    return "setup" if any(path.startswith(url) for url in arranged) else ""


def _open_to(
    user: User, hall: Hall, places: tuple[tuple[str, str, str, tuple[str, ...]], ...]
) -> list[Place]:
    if user.hall_id not in (None, hall.pk):
        return []
    kinds = {user.role, TRANSLATOR} if user.may_translate else {user.role}
    return [
        Place(name, url.format(hall=hall.slug), icon)
        for name, url, icon, roles in places
        if kinds & set(roles)
    ]


def home_of(user: User) -> str:
    """Where signing in leads: the page of the person's daily work."""
    homes: dict[str, str] = {CLERK: "window", MANAGER: "manager", AUDITOR: "manager", DESK: "desk"}
    if user.hall is None or user.role not in homes:
        return "/"
    return f"/{user.hall.slug}/{homes[user.role]}/"
