"""Which roles of clients may use which operation of /api/v1: one table, and nothing that is not in it."""

EVERY_ROLE = frozenset({"administrator", "manager", "desk", "clerk", "auditor"})
MANAGERS = frozenset({"administrator", "manager"})
AT_WINDOWS = MANAGERS | {"clerk"}
AT_THE_DESK = MANAGERS | {"desk"}

RIGHTS: dict[str, frozenset[str]] = {
    "readHall": EVERY_ROLE,
    "listServices": EVERY_ROLE,
    "listWindows": EVERY_ROLE,
    "readLine": EVERY_ROLE,
    "readTicket": EVERY_ROLE,
    "listEvents": EVERY_ROLE,
    "listConcerns": EVERY_ROLE,
    "readConcern": EVERY_ROLE,
    "raiseConcern": AT_WINDOWS | AT_THE_DESK,
    "moveConcern": AT_WINDOWS,
    "issue": AT_THE_DESK,
    "listJourneys": EVERY_ROLE,
    "refuse": AT_WINDOWS,
    "sendToFallback": AT_THE_DESK,
    "requeue": AT_WINDOWS | AT_THE_DESK,
    "cancel": AT_THE_DESK,
    "listSlots": EVERY_ROLE,
    "book": AT_THE_DESK,
    "moveAppointment": AT_THE_DESK,
    "cancelAppointment": AT_THE_DESK,
    "checkIn": AT_THE_DESK,
    "callNext": AT_WINDOWS,
    "pick": AT_WINDOWS,
    "recall": AT_WINDOWS,
    "start": AT_WINDOWS,
    "finish": AT_WINDOWS,
    "noShow": AT_WINDOWS,
    "park": AT_WINDOWS,
    "transfer": AT_WINDOWS,
    "undo": AT_WINDOWS,
    "openWindow": AT_WINDOWS,
    "pauseWindow": AT_WINDOWS,
    "closeWindow": AT_WINDOWS,
    "openHall": MANAGERS,
    "closeHall": MANAGERS,
}
