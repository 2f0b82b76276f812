"""The hall's rules of a ticket's life as sentences: what the slip and the ticket's page tell the citizen."""

from hallqueue.models import Hall, Rules, Wording
from hallqueue.texts import text


def what_to_know(hall: Hall, lang: str) -> list[str]:
    """What the hall wants citizens to know, in their language where it is worded, and its rules of passed numbers."""
    lines = [line.strip() for line in hall.slip_rules.splitlines() if line.strip()]
    own = [Wording.phrase(hall, Wording.RULE, line) for line in lines]
    return [*(each[lang] or each["zh"] for each in own), *rule_sentences(Rules.of(hall), lang)]


def rule_sentences(rules: Rules, lang: str = "zh") -> list[str]:
    """Two to four sentences: when a number is passed, how it comes back, how often, and what then."""
    calls = rules.calls_before_no_show
    found = [text("rules.no_show", lang, calls=calls)] if calls else []
    found.append(_back(rules, lang))
    if rules.requeue_limit:
        found.append(text("rules.limit", lang, times=rules.requeue_limit))
    if rules.requeue_within_numbers or rules.requeue_within_minutes or rules.requeue_limit:
        found.append(text(f"rules.late_{rules.requeue_late}", lang))
    return found


def _back(rules: Rules, lang: str) -> str:
    numbers, minutes = rules.requeue_within_numbers, rules.requeue_within_minutes
    within = "both" if numbers and minutes else "numbers" if numbers else "minutes" if minutes else "any"
    place = text(f"rules.place_{rules.requeue_place}", lang, count=rules.requeue_after)
    return text(f"rules.back_{within}", lang, numbers=numbers, minutes=minutes, place=place)
