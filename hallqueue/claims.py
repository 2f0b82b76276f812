"""Which tickets are whose, worded once in plain SQL on the row of a ticket, for statements and the ORM alike.

The ORM takes a hundred times longer to put such a condition together than the database to answer it.
"""

from typing import Any, NamedTuple

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from hallqueue.models import Ticket, Window
from hallqueue.models.windows import COMMON_LANGUAGE
from hallqueue.order import GUARDED, UNDER_WAY
from hallqueue.statements import exists

TICKET = '"hallqueue_ticket"'

_UNDERSTOOD = """ AND w."languages" LIKE '%% ' || {t}."language" || ' %%'"""

_SERVING = """EXISTS (
    SELECT 1 FROM "hallqueue_windowservice" o JOIN "hallqueue_window" w ON w."id" = o."window_id"
    WHERE o."service_id" = {t}."service_id" AND w."state" = 'open' AND NOT w."is_fallback"
      AND (w."classes" = '' OR {t}."klass" IN {under_way}
           OR w."classes" LIKE '%% ' || {t}."klass" || ' %%'){more})"""

_NOBODY_ELSE = """CASE WHEN {t}."for_window_id" IS NULL THEN NOT {served} ELSE NOT EXISTS (
    SELECT 1 FROM "hallqueue_window" w WHERE w."id" = {t}."for_window_id" AND w."state" = 'open') END"""

# Where the hall's policy lets the fallback help out, also what others could take; never what another open fallback
# window answers for by duty and this one does not.
_LEFT = f"""({TICKET}."fallback_reason" <> '' OR {{nobody_else}}
    OR ({TICKET}."for_window_id" IS NULL
        AND EXISTS (SELECT 1 FROM "hallqueue_fallbackpolicy" p WHERE p."hall_id" = %s AND p."helps_out")))
    AND {TICKET}."service_id" NOT IN (
        SELECT s."id" FROM "hallqueue_fallbackduty" d
        JOIN "hallqueue_window" w ON w."id" = d."window_id"
        JOIN "hallqueue_service" s ON s."department_id" = d."department_id"
        WHERE d."hall_id" = %s AND w."is_fallback" AND w."state" = 'open'
          AND d."department_id" NOT IN (
            SELECT own."department_id" FROM "hallqueue_fallbackduty" own WHERE own."window_id" = %s))"""


class Claim(NamedTuple):
    """A condition on the rows of `hallqueue_ticket`: SQL and its parameters."""

    sql: str
    params: tuple[Any, ...] = ()

    @property
    def q(self) -> Q:
        """The same for `QuerySet.filter` and `exclude`."""
        return Q(RawSQL(self.sql, self.params, BooleanField()))


def applies(claim: Claim, ticket: Ticket) -> bool:
    """Whether a claim holds for one ticket as it stands in the database."""
    return exists(f'SELECT 1 FROM {TICKET} WHERE "id" = %s AND {claim.sql}', ticket.pk, *claim.params)


def _served(ticket: str = TICKET, more: str = "") -> str:
    """Some open ordinary window takes the service and class of a ticket; `ticket` is its table's name or alias."""
    return _SERVING.format(t=ticket, under_way=UNDER_WAY, more=more.format(t=ticket))


def nobody_else() -> Claim:
    """No open ordinary window may take it: the rule that brings a ticket to the fallback window (I6, I7)."""
    return Claim(_NOBODY_ELSE.format(t=TICKET, served=_served()))


def may_take(window: Window) -> Claim:
    """This window may take it, in whatever state: sent to it, of its services, or left to the fallback."""
    found = [Claim(f'{TICKET}."for_window_id" = %s', (window.pk,)), _of_its_services(window)]
    if window.is_fallback:
        left = _LEFT.format(nobody_else=nobody_else().sql)
        found.append(Claim(left, (window.hall_id, window.hall_id, window.pk)))
    sql = " OR ".join(f"({each.sql})" for each in found)
    return Claim(f"({sql})", tuple(value for each in found for value in each.params))


def _of_its_services(window: Window) -> Claim:
    """What it may call by its mapping, language and class."""
    fits = fitting(window)
    sql = f"""{TICKET}."for_window_id" IS NULL AND {TICKET}."fallback_reason" = '' AND {TICKET}."service_id" IN (
            SELECT "service_id" FROM "hallqueue_windowservice" WHERE "window_id" = %s) AND {fits.sql}"""
    return Claim(sql, (window.pk, *fits.params))


def fitting(window: Window, ticket: str = TICKET) -> Claim:
    """Of language and class for a window; who has a speaker elsewhere is left to that one, until the guard."""
    spoken = (COMMON_LANGUAGE, *window.languages.split())
    classes = (*window.classes.split(), *UNDER_WAY) if window.classes else ()
    sql = f"""({ticket}."language" IN ({marks(spoken)}) OR {ticket}."precedence" <= {GUARDED}
             OR NOT {_served(ticket, _UNDERSTOOD)})"""
    if classes:
        sql += f' AND {ticket}."klass" IN ({marks(classes)})'
    return Claim(sql, (*spoken, *classes))


def marks(values: tuple[Any, ...] | list[Any]) -> str:
    """One placeholder for each value."""
    return ", ".join(["%s"] * len(values))
