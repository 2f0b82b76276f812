"""What the lines report, held until it is worth writing: faults at once, recoveries when they have lasted."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from displays.lines.line import WELL, Condition, Report

LASTS = timedelta(seconds=2)
"""A card that is well for less may be flapping; the log is not for that."""

SEEN_EVERY = timedelta(seconds=20)

NOTHING = {"shown": "", "shown_at": None, "seen_at": None}
"""The fields of CardHealth of a card that never said anything."""


@dataclass
class Known:
    """One card: what was written, and what is newer: `fields` of CardHealth, and whether it was seen since."""

    written: str = Condition.UNKNOWN
    condition: str = Condition.UNKNOWN
    error: str = ""
    since: datetime | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    shown: str | None = None
    seen: bool = False
    seen_written: datetime | None = None


class Health:
    """Reports and wishes come from other threads than the one that takes and writes."""

    def __init__(self) -> None:
        self._wishes: deque[tuple[int, dict[str, Any]]] = deque()
        self._reports: deque[Report] = deque()
        self._cards: dict[int, Known] = {}

    def hear(self, report: Report) -> None:
        """From the lines' loop."""
        self._reports.append(report)

    def begin(self, written: dict[int, str]) -> None:
        """These cards are ours from now on: all that is known of them is what the database says of their condition."""
        for card, condition in written.items():
            self._cards[card] = Known(written=condition)

    def want(self, card: int, text: str) -> None:
        """What it should show from now on."""
        self._wishes.append((card, {"wanted": text[:200]}))

    def moved(self, card: int) -> None:
        """What was acknowledged at its old place says nothing of the new one."""
        self._wishes.append((card, dict(NOTHING)))

    def bad(self, card: int, condition: Condition, error: str) -> None:
        """A fault that no line can report."""
        self.hear(Report(card, condition, error))

    def take(self, now: datetime) -> None:
        """Take in what was reported and wished."""
        moved = set[int]()
        while self._wishes:
            card, fields = self._wishes.popleft()
            known = self._cards.setdefault(card, Known())
            known.fields |= fields
            if NOTHING.keys() <= fields.keys():
                known.shown, known.seen, known.seen_written = None, False, None
                moved.add(card)
        while self._reports:
            report = self._reports.popleft()
            if report.card in moved:  # of its old place, or of the new one, which is heard again soon
                continue
            known = self._cards.setdefault(report.card, Known())
            if known.condition != report.condition:
                known.condition, known.since = report.condition, now
            known.error = report.error
            if report.condition in WELL:
                self._well(known, report, now)

    def conditions(self, now: datetime, cards: set[int]) -> dict[str, list[str]]:
        """What is to be noted of these cards, as `acts.note_conditions` takes it; it counts as written."""
        found = {}
        for card in cards & self._cards.keys():
            known = self._cards[card]
            lasted = known.written in (*WELL, Condition.UNKNOWN) or now - (known.since or now) >= LASTS
            if known.since and known.condition != known.written and (known.condition not in WELL or lasted):
                known.written = known.condition
                found[str(card)] = [str(known.condition), known.error]
        return found

    def fields(self, cards: set[int]) -> dict[int, dict[str, Any]]:
        """What is new beside the log, by card: what it should show, what it shows; it counts as written."""
        found = {card: self._cards[card].fields for card in cards & self._cards.keys()}
        for card in found:
            self._cards[card].fields = {}
        return {card: fields for card, fields in found.items() if fields}

    def seen(self, cards: set[int]) -> set[int]:
        """Which of these cards were well since it was last written that they are; it counts as written."""
        found = {card for card in cards & self._cards.keys() if self._cards[card].seen}
        for card in found:
            self._cards[card].seen = False
        return found

    def _well(self, known: Known, report: Report, now: datetime) -> None:
        """A card that only says the same again is no news, but for being there."""
        shown = report.shown.area.text[:200] if report.shown is not None else known.shown
        if shown != known.shown:
            known.shown = shown
            known.fields |= {"shown": shown, "shown_at": now}
        if known.seen_written is None or now - known.seen_written > SEEN_EVERY:
            known.seen, known.seen_written = True, now
