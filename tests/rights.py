"""The table of rights: who may come to which address, look at which topic, and say which operation."""

from __future__ import annotations

ANYONE = {"anyone"}
STAFF = {"administrator", "manager", "desk", "clerk", "auditor"}
HANDS = {"administrator", "manager"}
AT_WINDOWS = HANDS | {"clerk"}
AT_THE_DESK = HANDS | {"desk"}
WATCHERS = HANDS | {"auditor"}

PAGES: dict[str, set[str]] = {
    "": ANYONE,
    "healthz": ANYONE,
    "sign-in/": ANYONE,
    "sign-out/": ANYONE,
    "dress/": ANYONE,
    "demo/sign-in/": ANYONE,  # which do not exist outside the demo: test_door
    "demo/device/": ANYONE,
    "demo/ticket/": ANYONE,
    "demo/day/": ANYONE,
    "t/<str:token>/": ANYONE,
    "t/<str:token>/fallback/": ANYONE,
    "t/<str:token>/concern/": ANYONE,
    "<slug:hall>/concerns/": STAFF,
    "<slug:hall>/concerns/new/": STAFF - {"auditor"},
    "<slug:hall>/concerns/raise/": STAFF - {"auditor"},
    "<slug:hall>/concerns/ranking/": WATCHERS,
    "<slug:hall>/concerns/ledger.xlsx": WATCHERS,
    "<slug:hall>/concerns/<int:concern>/": STAFF,
    "<slug:hall>/concerns/<int:concern>/person/": AT_WINDOWS,
    "<slug:hall>/concerns/<int:concern>/photos/": AT_WINDOWS,
    "<slug:hall>/concerns/<int:concern>/photos/<int:photo>.jpg": AT_WINDOWS | {"auditor"},
    "<slug:hall>/concerns/<int:concern>/<slug:verb>/": AT_WINDOWS,
    "<slug:hall>/walkthroughs/": STAFF,
    "<slug:hall>/walkthroughs/new/": STAFF - {"auditor"},
    "<slug:hall>/walkthroughs/<int:walkthrough>/": STAFF,
    "<slug:hall>/walkthroughs/<int:walkthrough>/files/": STAFF - {"auditor"},
    "<slug:hall>/walkthroughs/<int:walkthrough>/files/<int:file>/": STAFF,
    "<slug:hall>/walkthroughs/<int:walkthrough>/<slug:verb>/": STAFF - {"auditor"},
    "<slug:hall>/pair/": ANYONE,
    "<slug:hall>/pair/code/": ANYONE,
    "<slug:hall>/pair/status/": ANYONE,
    "<slug:hall>/pair/claim/": ANYONE,
    "<slug:hall>/setup/fallback/": HANDS,
    "<slug:hall>/setup/languages/": HANDS,
    "<slug:hall>/setup/texts/": {"administrator"},  # and translators, whatever their role: test_wordings
    "<slug:hall>/setup/texts/file/": {"administrator"},
    "<slug:hall>/setup/texts/export.<slug:kind>": {"administrator"},
    "<slug:hall>/setup/windows/": HANDS,
    "<slug:hall>/setup/windows/<int:number>/": HANDS,
    "<slug:hall>/setup/order/": HANDS,
    "<slug:hall>/refusals/": WATCHERS,
    "<slug:hall>/journeys/": WATCHERS,
    "<slug:hall>/devices/": HANDS,
    "<slug:hall>/devices/list/": HANDS,
    "<slug:hall>/devices/approve/": HANDS,
    "<slug:hall>/devices/revoke/": HANDS,
    "<slug:hall>/kiosk/": AT_THE_DESK | {"kiosk"},
    "<slug:hall>/kiosk/catalogue.json": AT_THE_DESK | {"kiosk"},
    "<slug:hall>/kiosk/take/": AT_THE_DESK | {"kiosk"},
    "<slug:hall>/kiosk/check-in/": AT_THE_DESK | {"kiosk"},
    "<slug:hall>/window/": AT_WINDOWS,
    "<slug:hall>/window/<int:number>/": AT_WINDOWS,
    "<slug:hall>/window/<int:number>/destinations/": AT_WINDOWS,
    "<slug:hall>/window/<int:number>/pickable/": AT_WINDOWS,
    "<slug:hall>/window/<int:number>/<slug:verb>/": AT_WINDOWS,
    "<slug:hall>/desk/": AT_THE_DESK,
    "<slug:hall>/desk/find/": AT_THE_DESK,
    "<slug:hall>/desk/ticket/<int:ticket>/": AT_THE_DESK,
    "<slug:hall>/desk/<slug:verb>/": AT_THE_DESK,
    "<slug:hall>/help/": AT_THE_DESK | AT_WINDOWS | {"kiosk"},
    "t/<str:token>/help/": ANYONE,
    "t/<str:token>/requeue/": ANYONE,
    "t/<str:token>/cancel/": ANYONE,
    "<slug:hall>/manager/": WATCHERS,
    "<slug:hall>/manager/curve/": WATCHERS,
    "<slug:hall>/manager/window/": HANDS,
    "<slug:hall>/manager/hall/": HANDS,
    "<slug:hall>/manager/acknowledge/": HANDS,
    "<slug:hall>/manager/advice/": HANDS,
    "<slug:hall>/manager/hands/<slug:verb>/": HANDS,
    "<slug:hall>/manager/acts/": WATCHERS,
    "<slug:hall>/tickets/": AT_THE_DESK | {"auditor"},
    "<slug:hall>/tickets/<int:ticket>/": AT_THE_DESK | {"auditor"},
    "<slug:hall>/setup/": HANDS,
    "<slug:hall>/setup/catalogue/": HANDS,
    "<slug:hall>/setup/calendar/": HANDS,
    "<slug:hall>/setup/appointments/": HANDS,
    "<slug:hall>/appointments/": AT_THE_DESK,
    "<slug:hall>/appointments/find.json": AT_THE_DESK,
    "<slug:hall>/appointments/check-in/": AT_THE_DESK,
    "<slug:hall>/setup/calendar/export.<slug:kind>": HANDS,
    "<slug:hall>/setup/hours/": HANDS,
    "<slug:hall>/board/": STAFF | {"board"},
    "<slug:hall>/screen/<int:number>/": STAFF | {"screen"},
    "<slug:hall>/sound/chime.wav": STAFF | {"board", "screen"},
    "<slug:hall>/sound/<str:key>.wav": STAFF | {"board", "screen"},
    "<slug:hall>/printers/": AT_THE_DESK | {"auditor"},
    "<slug:hall>/printers/reprint/": AT_THE_DESK,
    "<slug:hall>/printers/offered/": AT_THE_DESK,
    "<slug:hall>/printers/<int:printer>/test/": AT_THE_DESK,
    "<slug:hall>/paper/came-out/": AT_THE_DESK | {"kiosk"},
    "<slug:hall>/printers/<int:printer>/slips/": AT_THE_DESK | {"auditor"},
    "<slug:hall>/printers/<int:printer>/slips/<int:number>.png": AT_THE_DESK | {"auditor"},
    "<slug:hall>/printers/<int:printer>/mode/": AT_THE_DESK,
}
TOPICS: dict[str, set[str]] = {
    "window": STAFF,
    "windows": STAFF,
    "kiosk": AT_THE_DESK | {"kiosk"},
    "ticket": ANYONE,
    "desk": AT_THE_DESK,
    "hall": WATCHERS,
    "tickets": WATCHERS,
    "board": STAFF | {"board"},
    "screen": STAFF | {"screen"},
    "printer": AT_THE_DESK | {"auditor"},
    "paper": AT_THE_DESK | {"auditor", "kiosk"},
}
OPERATIONS: dict[str, set[str]] = {
    **dict.fromkeys(
        ("readHall", "listJourneys", "listServices", "listWindows", "readLine", "readTicket", "listEvents"),
        STAFF,
    ),
    **dict.fromkeys(("listConcerns", "readConcern"), STAFF),
    "raiseConcern": AT_THE_DESK | AT_WINDOWS,
    "moveConcern": AT_WINDOWS,
    **dict.fromkeys(("issue", "cancel"), AT_THE_DESK),
    **dict.fromkeys(
        ("listSlots", "listHelp", "listThings", "listLoans", "readWindowRules", "listPolicies"), STAFF
    ),
    **dict.fromkeys(("join", "correct", "note", "skipStep"), AT_WINDOWS),
    **dict.fromkeys(
        ("correctTicket", "takeHelp", "releaseHelp", "finishHelp", "lend", "bringBack"), AT_THE_DESK
    ),
    "askForHelp": AT_THE_DESK | AT_WINDOWS,
    **dict.fromkeys(("setWindowRules", "setPolicy", "dropPolicy"), HANDS),
    **dict.fromkeys(("book", "moveAppointment", "cancelAppointment", "checkIn"), AT_THE_DESK),
    "refuse": AT_WINDOWS,
    "sendToFallback": AT_THE_DESK,
    "requeue": AT_THE_DESK | AT_WINDOWS,
    **dict.fromkeys(
        ("callNext", "pick", "recall", "start", "finish", "noShow", "park", "transfer"), AT_WINDOWS
    ),
    **dict.fromkeys(("undo", "openWindow", "pauseWindow", "closeWindow"), AT_WINDOWS),
    **dict.fromkeys(("openHall", "closeHall"), HANDS),
}
DEVICES = ("kiosk", "board", "screen", "printer")
# Everybody who may come, and as whom they count. The last four count as nobody.
VIEWERS = {name: name for name in (*sorted(STAFF), *DEVICES)} | dict.fromkeys(
    ("anonymous", "manager elsewhere", "kiosk elsewhere", "revoked kiosk"), "anyone"
)
PARTS = {
    "code": "NOCODE",
    "hall": "small",
    "kind": "csv",
    "number": "1",
    "ticket": "1",
    "window": "1",
    "token": "x" * 22,
    "verb": "recall",
    "key": "none",
    "printer": "1",
    "concern": "1",
    "call": "1",
    "loan": "1",
    "photo": "1",
    "walkthrough": "1",
    "file": "1",
}
SENSE = {"string": "none", "integer": 1}
ELSEWHERE = ("admin/", "api/v1/")  # their own doors, tested below
