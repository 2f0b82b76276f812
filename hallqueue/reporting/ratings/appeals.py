"""What became of an appeal, told to who made it: the own words, and the decision with its reason."""

from hallqueue.models import Event, RatingCase

APPEALED = "rating.appealed"
DECIDED = ("rating.set_aside", "rating.claim_rejected")


def appeal_of(case: RatingCase) -> list[tuple[str, str]]:
    """[(key of what happened, its reason)]: the appeal and, once it is decided, the decision; [] without an appeal."""
    if case.appealed_at is None:
        return []
    seqs = case.lines.values_list("seq", flat=True)
    found = Event.objects.filter(hall=case.hall_id, seq__in=list(seqs), kind__in=(APPEALED, *DECIDED))
    told = [(event.kind, str(event.data.get("reason", ""))) for event in found.order_by("seq")]
    begun = [kind for kind, _ in told].index(APPEALED)
    return [(kind.replace(".", ".event."), reason) for kind, reason in told[begun : begun + 2]]
