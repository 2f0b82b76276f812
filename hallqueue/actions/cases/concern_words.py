"""What people type of a case, and who they are, as they may be stored."""

import re
from typing import Any

from hallqueue.actions.line.tickets import masked_text, plain_text
from hallqueue.errors import Refused
from hallqueue.models import Concern, Rating
from hallqueue.sealing import keyed_hash, masked_name, masked_number, masked_phone, seal, unseal

_PHONE = re.compile(r"\+?\d{5,15}")


def long_text(text: str, limit: int) -> str:
    """Plain text on one line, phone and card numbers masked; raises Refused("text_too_long")."""
    return masked_text(" ".join(text.split()), limit)


def nameless(text: str, case: Concern | Rating) -> str:
    """Text in which the person of the case is no more than their surname and the end of their number, wherever somebody
    wrote these out, with whatever gaps: of numbers, `long_text` knows mobile ones alone."""
    name, phone = unseal(case.name_sealed), unseal(case.phone_sealed)
    shown, signs = masked_number(text, phone), [re.escape(sign) for sign in name if not sign.isspace()]
    return re.sub(r"\s*".join(signs), lambda _: masked_name(name), shown) if len(signs) > 1 else shown


def keep_person(case: Concern | Rating, name: str, phone: str) -> None:
    """Keep who it was, sealed, if it was given; raises Refused("bad_phone")."""
    clean, number = plain_text(name, 40), re.sub(r"[\s()（）-]", "", plain_text(phone, 30))
    if number and not (number.isascii() and _PHONE.fullmatch(number)):
        raise Refused("bad_phone", 400)
    case.name_sealed, case.name_masked = seal(clean), masked_name(clean)
    case.phone_sealed, case.phone_masked = seal(number), masked_phone(number)
    case.phone_hash = keyed_hash("phone", number)


def no_person(at: Any) -> dict[str, Any]:
    """What changes when who it was is erased at `at`."""
    names = ("name_sealed", "phone_sealed", "name_masked", "phone_masked", "phone_hash")
    return dict.fromkeys(names, "") | {"purged_at": at}
