"""The hall's rules of a ticket's life as sentences: what the slip and the ticket's page tell the citizen."""

from hallqueue.models import Hall, Klass, Rules, Wording
from hallqueue.texts import text

FIRST_STILL = (Klass.PRIORITY, Klass.APPOINTMENT)
"""Who comes back among their own class, and so before ordinary people all the same."""


def what_to_know(hall: Hall, lang: str, klass: str = Klass.ORDINARY) -> list[str]:
    """What the hall wants citizens to know, in their language where it is worded, and its rules of passed numbers, as
    they are for a number of that class."""
    lines = [line.strip() for line in hall.slip_rules.splitlines() if line.strip()]
    own = [Wording.phrase(hall, Wording.RULE, line) for line in lines]
    return [*(each[lang] or each["zh"] for each in own), *rule_sentences(Rules.of(hall), lang, klass)]


def rule_sentences(rules: Rules, lang: str = "zh", klass: str = Klass.ORDINARY) -> list[str]:
    """Two to five sentences: when a number is passed, how it comes back, how often, what then, and whether before
    ordinary people still."""
    calls = rules.calls_before_no_show
    found = [text("rules.no_show", lang, calls=calls)] if calls else []
    found.append(_back(rules, lang))
    if rules.requeue_limit:
        found.append(text("rules.limit", lang, times=rules.requeue_limit))
    if rules.requeue_within_numbers or rules.requeue_within_minutes or rules.requeue_limit:
        found.append(text(f"rules.late_{rules.requeue_late}", lang))
    if klass in FIRST_STILL:
        found.append(text("rules.first_still", lang))
    return found


def _back(rules: Rules, lang: str) -> str:
    numbers, minutes = rules.requeue_within_numbers, rules.requeue_within_minutes
    within = "both" if numbers and minutes else "numbers" if numbers else "minutes" if minutes else "any"
    place = text(f"rules.place_{rules.requeue_place}", lang, count=rules.requeue_after)
    return text(f"rules.back_{within}", lang, numbers=numbers, minutes=minutes, place=place)
