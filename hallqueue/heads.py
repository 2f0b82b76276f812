"""The heads of a window's line in plain SQL: one look per service it takes, however many wait behind."""

from collections.abc import Iterator

from hallqueue.claims import fitting, marks
from hallqueue.models import Window
from hallqueue.order import GUARDED, HALL, RATIO, USUAL, Policies, Standing
from hallqueue.statements import rows

_HEAD = f"""SELECT t."precedence", t."position", t."id", heads."rank", t."klass", t."for_window_id"
FROM (
    SELECT (SELECT t."id" FROM "hallqueue_ticket" t
            WHERE t."hall_id" = %s AND t."service_id" = takes."service_id" AND t."state" = 'waiting'
              AND t."ended_at" IS NULL AND t."for_window_id" IS NULL AND t."fallback_reason" = ''
              AND {{fits}} {{bucket}}
            ORDER BY t."precedence", t."position", t."id" LIMIT 1) AS "head", takes."rank" AS "rank"
    FROM "hallqueue_windowservice" takes {{takes_series}} WHERE takes."window_id" = %s {{scope}}
    UNION ALL
    SELECT t."id", 0 FROM "hallqueue_ticket" t {{ticket_series}}
    WHERE t."hall_id" = %s AND t."for_window_id" = %s AND t."state" = 'waiting' AND t."ended_at" IS NULL
      {{bucket}} {{scope}}
) heads JOIN "hallqueue_ticket" t ON t."id" = heads."head"
ORDER BY CASE WHEN t."precedence" <= {GUARDED} THEN -1 ELSE heads."rank" END,
         t."precedence", t."position", t."id" LIMIT 1"""
_SERIES = 'JOIN "hallqueue_service" s ON s."id" = {}."service_id"'
_BUCKETS = (f'AND t."precedence" < {USUAL}', f'AND t."precedence" >= {USUAL}')


def heads(window: Window, policies: Policies) -> Iterator[Standing]:
    """Enough of a window's line to name its first: of each ratio's scope the first of either kind, of the rest one."""
    ratios = [scope for scope, rules in policies.items() if rules.kind == RATIO]
    own = [scope for scope in policies if scope != HALL]
    plain = [scope for scope in own if scope not in ratios]
    if HALL not in ratios:
        yield from _head(window, HALL, "NOT IN", [scope for scope in own if scope in ratios])
    elif plain:
        yield from _head(window, plain[0], "IN", plain)
    for scope in ratios:
        series: tuple[str, list[int]] = ("NOT IN", own) if scope == HALL else ("IN", [scope])
        for bucket in _BUCKETS:
            yield from _head(window, scope, *series, bucket=bucket)


def _head(window: Window, scope: int, way: str, series: list[int], bucket: str = "") -> Iterator[Standing]:
    fits = fitting(window, "t")
    sql = _HEAD.format(
        fits=fits.sql,
        bucket=bucket,
        takes_series=_SERIES.format("takes") if series else "",
        ticket_series=_SERIES.format("t") if series else "",
        scope=f'AND s."series_id" {way} ({marks(series)})' if series else "",
    )
    hall, here = window.hall_id, window.pk
    for *place, klass, sent in rows(sql, hall, *fits.params, here, *series, hall, here, *series):
        precedence, position, ticket, rank = place
        yield Standing(precedence, position, ticket, rank, scope, klass, sent is not None)
