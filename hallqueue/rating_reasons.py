"""The sets of reasons that may be ticked with a rating: numbered versions, never edited, only followed by a newer one.

What each code says stands in `texts/rating.toml`. Two sides: what was good (基本满意 and better), what was not.
Sources: GB/T 39735-2020 (服务效率、服务水平、服务态度), 国办发〔2019〕51号.
"""

GOOD, BAD = "good", "bad"
BAD_UP_TO = 2

VERSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "1": {
        GOOD: ("polite", "quick", "skilled", "clear_guide", "few_papers", "one_trip"),
        BAD: (
            "rude",
            "slow",
            "unskilled",
            "not_told_once",
            "extra_papers",
            "several_trips",
            "past_limit",
            "passed_on",
            "fees",
            "environment",
        ),
    },
}
CURRENT = "1"


def side_of(level: int) -> str:
    """Which side of a set belongs to a level."""
    return BAD if level <= BAD_UP_TO else GOOD


def reasons_for(level: int, version: str = CURRENT) -> tuple[str, ...]:
    """The codes that may be ticked with a level."""
    return VERSIONS[version][side_of(level)]
