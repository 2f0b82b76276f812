"""What comes to the fallback window, counted by its reasons, and the concerns that are not settled."""

from collections import Counter
from typing import Any

from django.db.models import Q

from hallqueue.models import FallbackReason
from hallqueue.reporting.concerns.listing import counts_of
from hallqueue.reports import fallen_on
from hallqueue.topics.reading import Reading
from hallqueue.topics.window import reason_of


def fallback_rows(reading: Reading) -> list[dict[str, Any]]:
    """Every reason that counts today, in the order of FallbackReason: {code, now, today}.

    `now` is who waits for the fallback window by it, `today` how many tickets of the business date came by it,
    those who wait included; a ticket counts once for each of its reasons.
    """
    here = {(why["code"], row["id"]) for row in reading.waiting if (why := reason_of(reading.floor, row))}
    now = Counter(code for code, _ in here)
    today = Counter(code for code, _ in here | fallen_on(reading.hall, reading.business_date))
    return [
        {"code": code, "now": now[code], "today": today[code]}
        for code in FallbackReason.values
        if code in today
    ]


def concern_counts(reading: Reading) -> dict[str, int]:
    """Concerns of the hall: open, late at the hall's last event, waiting for a manager's word."""
    counts = counts_of(reading.hall, Q(), reading.hall.moved_at)
    return {name: counts[name] for name in ("open", "late", "pause_asked")}
