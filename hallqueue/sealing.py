"""Personal data at rest and on screens: sealed with the installation's secret, found by a keyed hash, shown masked."""

import base64
import hashlib
import hmac
import re
import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12
LEAST_DIGITS = 7  # 12345 and 114 are everybody's
FULL_WIDTH = ord("０") - ord("0")
MARK = "g1:"  # AES-256-GCM, key derived by HKDF-SHA256; a later way of sealing gets a mark of its own

# Surnames of two characters, as they are masked whole (欧阳*).
_DOUBLE = "欧阳上官司马诸葛东方皇甫尉迟公孙慕容令狐宇文长孙司徒夏侯端木百里南宫呼延东郭西门赫连澹台"
DOUBLE_SURNAMES = frozenset(_DOUBLE[at : at + 2] for at in range(0, len(_DOUBLE), 2))

# Numbers as people type them, in full width too (`\d` knows those), with what stands between their groups; 138001234.56
# is money.
_GAP = r"[ \u3000.·\-－–—]?"
_AMOUNT = r"(?!\d{9}\.\d\d(?!\d))"
_PHONE = re.compile(rf"(?<!\d){_AMOUNT}([1１][3-9３-９]\d)(?:{_GAP}\d\d){{2}}{_GAP}(\d\d){_GAP}(\d\d)(?!\d)")
_OWN_GAP = r"[ \u3000.·\-－–—()（）]{0,2}"
_AREA = re.compile(r"0(?:10|2\d|[3-9]\d\d)(?=\d{7,8}$)")
_CARD = re.compile(rf"(?<!\d)(\d{{4}})(?:{_GAP}\d){{10}}{_GAP}(\d{{3}}[\dXxＸｘ])(?![\dXxＸｘ])")


def seal(text: str) -> str:
    """`text` as it may be stored; "" stays "". The same text never looks the same twice."""
    if not text:
        return ""
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(_key("identity")).encrypt(nonce, text.encode(), None)
    return MARK + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str) -> str:
    """What was sealed; "" if nothing was, or if the installation's secret is no longer the one it was sealed with."""
    if not sealed.startswith(MARK):
        return ""
    raw = base64.urlsafe_b64decode(sealed[len(MARK) :])
    try:
        return AESGCM(_key("identity")).decrypt(raw[:NONCE], raw[NONCE:], None).decode()
    except InvalidTag:
        return ""


def keyed_hash(purpose: str, text: str) -> str:
    """64 hexadecimal signs by which `text` is found again without being readable; "" stays ""."""
    return hmac.new(_key(purpose), text.encode(), hashlib.sha256).hexdigest() if text else ""


def short_code(purpose: str, text: str, digits: int) -> str:
    """So many decimal digits that only the installation can derive from `text`."""
    return f"{int(keyed_hash(purpose, text)[:15], 16) % 10**digits:0{digits}d}"


def masked_name(name: str) -> str:
    """张* , 欧阳* ; the first letter of a name in letters."""
    kept = 2 if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else 1
    return f"{name[:kept]}*" if name else ""


def masked_phone(phone: str) -> str:
    """138****1234; of other numbers the last two digits."""
    if len(phone) == 11 and phone.startswith("1"):
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if phone else ""


def masked_inside(text: str) -> str:
    """Free text in which mobile and identity card numbers are masked, wherever somebody typed them."""
    return _PHONE.sub(r"\1****\2\3", _CARD.sub(r"\1**********\2", text))


def masked_number(text: str, number: str) -> str:
    """Text in which one number is masked, with whatever gaps somebody typed it, in full width too, and a landline's
    without its area; one of few digits is nobody's own."""
    if len(number) < LEAST_DIGITS:
        return text
    area = found.end() if (found := _AREA.match(number)) else 0
    signs = [f"[{sign}{chr(ord(sign) + FULL_WIDTH)}]" for sign in number]
    typed = _OWN_GAP.join(signs[area:])
    if area:
        typed = f"(?:{_OWN_GAP.join(signs[:area])}{_OWN_GAP})?{typed}"
    return re.sub(rf"(?<!\d){typed}(?!\d)", lambda _: masked_phone(number), text)


@cache
def _key(purpose: str) -> bytes:
    """256 bits of the installation's secret for one purpose."""
    return HKDF(SHA256(), 32, None, f"hallqueue {purpose}".encode()).derive(settings.SECRET_KEY.encode())
