"""What strangers may send and no database keeps: the sign NUL, and half a letter that only UTF-16 knows."""

import re
from typing import Any

_NEVER = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """`value` (text, or JSON as Python reads it) without these signs; what has none comes back as it is."""
    if isinstance(value, str):
        return _NEVER.sub("", value) if _NEVER.search(value) else value
    if isinstance(value, list):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(name): storable(each) for name, each in value.items()}
    return value
