"""The rows of the hall: one file per subject, gathered here for Django."""

from hallqueue.models.appointments import Appointment, AppointmentRules, Slot, SlotPattern
from hallqueue.models.calendar import CalendarDay, CalendarYear, Hours
from hallqueue.models.catalogue import Department, Series, SeriesCounter, Service
from hallqueue.models.concerns import (
    Concern,
    ConcernCause,
    ConcernCounter,
    ConcernDuty,
    ConcernGrade,
    ConcernPhoto,
    ConcernRules,
    ConcernStep,
)
from hallqueue.models.desk import Facility, HelpCall, Item, Loan
from hallqueue.models.events import Alarm, Event, Receipt
from hallqueue.models.fallback import FallbackDuty, FallbackPolicy, FallbackReason, Refusal
from hallqueue.models.figures import KeptFigures, KeptReport, ReportPlan
from hallqueue.models.hall import Day, Hall
from hallqueue.models.hands import Borrowing, Dismissal, Message, Presence
from hallqueue.models.journeys import Journey, JourneyPart, JourneyStep
from hallqueue.models.ledgers import LedgerClosing, LedgerCorrection, LedgerEntry, LedgerRules
from hallqueue.models.notices import Notice
from hallqueue.models.people import (
    AT_THE_DESK,
    DEVICE_WATCHERS,
    HANDS,
    WALKERS,
    WATCHERS,
    ApiClient,
    Device,
    Pairing,
    Role,
    User,
)
from hallqueue.models.policies import Policy
from hallqueue.models.projects import (
    Project,
    ProjectEntry,
    ProjectFile,
    ProjectLine,
    ProjectLink,
    ProjectStep,
    ProjectTeam,
)
from hallqueue.models.ratings import Rating, RatingCase, RatingLine, RatingRules
from hallqueue.models.rules import Rules
from hallqueue.models.tickets import Call, Klass, Ticket
from hallqueue.models.walkthroughs import (
    Finding,
    FindingFile,
    FindingStep,
    Walkthrough,
    WalkthroughStep,
)
from hallqueue.models.windows import Shift, Window, WindowScope, WindowService, listed
from hallqueue.models.wordings import Wording

EVIDENCE = (ConcernPhoto, FindingFile, ProjectFile)
"""The rows that name a file in the folder of evidence."""

__all__ = [
    "AT_THE_DESK",
    "DEVICE_WATCHERS",
    "EVIDENCE",
    "HANDS",
    "WALKERS",
    "WATCHERS",
    "Alarm",
    "ApiClient",
    "Appointment",
    "AppointmentRules",
    "Borrowing",
    "CalendarDay",
    "CalendarYear",
    "Call",
    "Concern",
    "ConcernCause",
    "ConcernCounter",
    "ConcernDuty",
    "ConcernGrade",
    "ConcernPhoto",
    "ConcernRules",
    "ConcernStep",
    "Day",
    "Department",
    "Device",
    "Dismissal",
    "Event",
    "Facility",
    "FallbackDuty",
    "FallbackPolicy",
    "FallbackReason",
    "Finding",
    "FindingFile",
    "FindingStep",
    "Hall",
    "HelpCall",
    "Hours",
    "Item",
    "Journey",
    "JourneyPart",
    "JourneyStep",
    "KeptFigures",
    "KeptReport",
    "Klass",
    "LedgerClosing",
    "LedgerCorrection",
    "LedgerEntry",
    "LedgerRules",
    "Loan",
    "Message",
    "Notice",
    "Pairing",
    "Policy",
    "Presence",
    "Project",
    "ProjectEntry",
    "ProjectFile",
    "ProjectLine",
    "ProjectLink",
    "ProjectStep",
    "ProjectTeam",
    "Rating",
    "RatingCase",
    "RatingLine",
    "RatingRules",
    "Receipt",
    "Refusal",
    "ReportPlan",
    "Role",
    "Rules",
    "Series",
    "SeriesCounter",
    "Service",
    "Shift",
    "Slot",
    "SlotPattern",
    "Ticket",
    "User",
    "Walkthrough",
    "WalkthroughStep",
    "Window",
    "WindowScope",
    "WindowService",
    "Wording",
    "listed",
]
