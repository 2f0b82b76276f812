"""The hall's rules of a ticket's life as sentences: what the slip and the ticket's page tell the citizen."""

from hallqueue.models import Rules
from hallqueue.texts import text


def rule_sentences(rules: Rules, lang: str = "zh") -> list[str]:
    """Two or three sentences: when a number is passed, how it comes back, and what then."""
    calls = rules.calls_before_no_show
    found = [text("rules.no_show", lang, calls=calls)] if calls else []
    found.append(_back(rules, lang))
    if rules.requeue_within_numbers or rules.requeue_within_minutes or rules.requeue_limit:
        found.append(text(f"rules.late_{rules.requeue_late}", lang))
    return found


def _back(rules: Rules, lang: str) -> str:
    numbers, minutes = rules.requeue_within_numbers, rules.requeue_within_minutes
    within = "both" if numbers and minutes else "numbers" if numbers else "minutes" if minutes else "any"
    place = text(f"rules.place_{rules.requeue_place}", lang, count=rules.requeue_after)
    return text(f"rules.back_{within}", lang, numbers=numbers, minutes=minutes, place=place)
