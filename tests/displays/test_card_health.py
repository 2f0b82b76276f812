"""What is kept of the lines' reports: what is new, and now and then that a card is still there."""

from datetime import UTC, datetime, timedelta

from displays.bars.health import SEEN_EVERY, Health
from displays.cards.area import Area
from displays.lines.line import Condition, Report
from displays.lines.talks import Order

NINE = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_a_card_that_says_the_same_again_is_only_seen_and_that_now_and_then() -> None:
    health = Health()
    health.begin({7: Condition.UNKNOWN})

    def hears(text: str, seconds: float) -> tuple[dict[int, dict[str, object]], set[int]]:
        at = NINE + timedelta(seconds=seconds)
        health.hear(Report(7, Condition.OK, shown=Order(Area(text, 128, 16), 100, 0)))
        health.take(at)
        return health.fields({7}), health.seen({7})

    assert hears("请A001到1号窗口办理", 0) == ({7: {"shown": "请A001到1号窗口办理", "shown_at": NINE}}, {7})
    assert health.conditions(NINE, {7}) == {"7": ["ok", ""]}
    assert hears("请A001到1号窗口办理", 10) == ({}, set())
    later = SEEN_EVERY.total_seconds() + 1
    assert hears("请A001到1号窗口办理", later) == ({}, {7})
    fields, seen = hears("A001 正在办理", later + 1)
    assert (fields[7]["shown"], seen) == ("A001 正在办理", set())
    health.begin(
        {7: Condition.OK}
    )  # another process was the master meanwhile: what it wrote is not known here
    assert hears("A001 正在办理", later + 2)[0][7]["shown"] == "A001 正在办理"
    health.moved(7)
    late = hears("A001 正在办理", later + 3)  # told on the old wire, and taken after the move
    assert late == ({7: {"shown": "", "shown_at": None, "seen_at": None}}, set())
    fields, seen = hears("A001 正在办理", later + 4)
    assert (fields[7]["shown"], seen) == ("A001 正在办理", {7})
