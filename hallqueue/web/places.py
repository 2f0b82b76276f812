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
    ("desk", "/{hall}/desk/", "hand-helping", (DESK, MANAGER, ADMINISTRATOR)),
    ("appointments", "/{hall}/appointments/", "ticket", (DESK, MANAGER, ADMINISTRATOR)),
    ("window", "/{hall}/window/", "layers", (CLERK, MANAGER, ADMINISTRATOR)),
    ("concerns", "/{hall}/concerns/", "shield", (MANAGER, CLERK, DESK, ADMINISTRATOR, AUDITOR)),
    ("walkthroughs", "/{hall}/walkthroughs/", "users", (MANAGER, CLERK, DESK, ADMINISTRATOR, AUDITOR)),
    ("printers", "/{hall}/printers/", "printer", (MANAGER, DESK, ADMINISTRATOR, AUDITOR)),
    ("cards", "/{hall}/cards/", "monitor", (MANAGER, DESK, ADMINISTRATOR, AUDITOR)),
    ("notices", "/{hall}/notices/", "megaphone", (MANAGER, DESK, ADMINISTRATOR, AUDITOR)),
    ("setup", "/{hall}/setup/", "settings", (MANAGER, ADMINISTRATOR)),
    ("texts", "/{hall}/setup/texts/", "languages", (TRANSLATOR,)),
)
"""What people open every day: the bar of every page."""

SET_UP: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("catalogue", "/{hall}/setup/catalogue/", "layers", (MANAGER, ADMINISTRATOR)),
    ("windows", "/{hall}/setup/windows/", "monitor", (MANAGER, ADMINISTRATOR)),
    ("order", "/{hall}/setup/order/", "list", (MANAGER, ADMINISTRATOR)),
    ("calendar", "/{hall}/setup/calendar/", "sun", (MANAGER, ADMINISTRATOR)),
    ("hours", "/{hall}/setup/hours/", "clock", (MANAGER, ADMINISTRATOR)),
    ("slip", "/{hall}/setup/slip/", "receipt", (MANAGER, ADMINISTRATOR)),
    ("fallback", "/{hall}/setup/fallback/", "shield", (MANAGER, ADMINISTRATOR)),
    ("journeys", "/{hall}/journeys/", "layers", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("refusals", "/{hall}/refusals/", "list", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("languages", "/{hall}/setup/languages/", "languages", (MANAGER, ADMINISTRATOR)),
    ("texts", "/{hall}/setup/texts/", "pencil", (ADMINISTRATOR, TRANSLATOR)),
    ("voice", "/{hall}/setup/voice/", "volume-2", (MANAGER, ADMINISTRATOR)),
    ("speakers", "/{hall}/speakers/", "megaphone", (MANAGER, ADMINISTRATOR, AUDITOR)),
    ("slots", "/{hall}/setup/appointments/", "list", (MANAGER, ADMINISTRATOR)),
    ("boards", "/{hall}/setup/boards/", "monitor", (MANAGER, ADMINISTRATOR)),
    ("devices", "/{hall}/devices/", "link-2", (MANAGER, ADMINISTRATOR)),
    ("admin", "/admin/", "settings", (ADMINISTRATOR,)),
)
"""What people open when something is to be arranged anew: the set-up page leads there."""


def places_of(user: User, hall: Hall) -> list[Place]:
    """Where this person may go in a hall every day; nowhere in a hall that is not theirs."""
    return _open_to(user, hall, PLACES)


def set_up_places_of(user: User, hall: Hall) -> list[Place]:
    """What this person may arrange in a hall."""
    return _open_to(user, hall, SET_UP)


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
