"""Devices and machines: ask to be paired, approve, claim, revoke."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import ApiClient, Device, Pairing, Role

PAIRING_LIVES = timedelta(minutes=15)
# Letters and digits that cannot be taken for one another.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def hashed(secret: str) -> str:
    """What is stored instead of a secret of 128 bits or more (SHA-256; a slow hash would gain nothing here)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """256 bits for a cookie or a bearer token."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Eight characters to be read aloud and typed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


@command
def ask_pairing(c: Command, *, code_hash: str, secret_hash: str) -> Answer:
    """A browser asks to become a device; it shows the code and keeps the secret."""
    Pairing.objects.filter(hall=c.hall, created_at__lt=c.now - PAIRING_LIVES, claimed_at=None).delete()
    pairing = Pairing.objects.create(
        hall=c.hall, code_hash=code_hash, secret_hash=secret_hash, created_at=c.now
    )
    return {"pairing": pairing.pk}


@command
def approve_pairing(
    c: Command, *, code: str, kind: str, name: str, window: int | None = None, zone: str = ""
) -> Answer:
    """A manager types the code a device shows, and says what the device is.

    Raises Refused: not_allowed, pairing_locked, pairing_wrong, bad_input, unknown_window.
    """
    if not c.by.may_manage:
        raise Refused("not_allowed", 403)
    if kind not in Device.Kind.values or not plain_text(name, 60):
        raise Refused("bad_input", 400, detail="kind, name")
    pairing = _pairing_for(c, code)
    device = Device.objects.create(
        hall=c.hall,
        kind=kind,
        name=plain_text(name, 60),
        window=c.window(window) if window is not None else None,
        zone=plain_text(zone, 40),
        token_hash=pairing.secret_hash,
        approved_by=c.by.name,
        approved_at=c.now,
    )
    pairing.device = device
    pairing.save(update_fields=["device"])
    c.log.record("device.approved", device=device.pk, device_kind=kind, name=device.name)
    return {"device": device.pk, "kind": kind}


@command
def replace_device(c: Command, *, code: str, device: int) -> Answer:
    """The browser that shows this code takes the place of a paired device: only the token changes.

    The old browser is shown the door within five seconds. Raises Refused: not_allowed, pairing_wrong, unknown_device.
    """
    if not c.by.may_manage:
        raise Refused("not_allowed", 403)
    old = Device.objects.filter(hall=c.hall, pk=device, revoked_at=None).first()
    if old is None:
        raise Refused("unknown_device", 404)
    pairing = _pairing_for(c, code)
    old.token_hash, old.approved_by, old.approved_at = pairing.secret_hash, c.by.name, c.now
    old.save(update_fields=["token_hash", "approved_by", "approved_at"])
    Pairing.objects.filter(hall=c.hall, device=old).delete()
    pairing.device = old
    pairing.save(update_fields=["device"])
    c.log.record("device.replaced", device=old.pk, device_kind=old.kind, name=old.name)
    return {"device": old.pk, "kind": old.kind}


@command
def claim_pairing(c: Command, *, secret_hash: str) -> Answer:
    """The approved device takes its token: once."""
    pairing = (
        Pairing.objects.filter(hall=c.hall, secret_hash=secret_hash).select_related("device__window").first()
    )
    if pairing is None or pairing.created_at < c.now - PAIRING_LIVES:
        raise Refused("pairing_expired")
    if pairing.device is None:
        return {"device": None, "kind": "", "window": None}
    pairing.claimed_at = c.now
    pairing.save(update_fields=["claimed_at"])
    window = pairing.device.window
    return {
        "device": pairing.device.pk,
        "kind": pairing.device.kind,
        "window": window.number if window else None,
    }


@command
def enrol(c: Command, *, kind: str, name: str, token_hash: str, window: int | None = None) -> Answer:
    """Pair a device directly, without a code: for the demo hall and the command line."""
    device = Device.objects.create(
        hall=c.hall,
        kind=kind,
        name=plain_text(name, 60),
        window=c.window(window) if window is not None else None,
        token_hash=token_hash,
        approved_by=c.by.name,
        approved_at=c.now,
    )
    c.log.record("device.approved", device=device.pk, device_kind=kind, name=device.name)
    return {"device": device.pk, "kind": kind}


@command
def revoke_device(c: Command, *, device: int) -> Answer:
    """Take a device's right away; its sockets close within five seconds."""
    if not c.by.may_manage:
        raise Refused("not_allowed", 403)
    changed = Device.objects.filter(hall=c.hall, pk=device, revoked_at=None).update(revoked_at=c.now)
    if changed:
        c.log.record("device.revoked", device=device)
    return {"device": device}


@command
def add_client(c: Command, *, name: str, role: str, token_hash: str) -> Answer:
    """Give a machine a token for /api/v1, with the rights of a role."""
    if role not in Role.values:
        raise Refused("bad_input", 400, detail="role")
    client = ApiClient.objects.create(
        hall=c.hall, name=plain_text(name, 60), role=role, token_hash=token_hash
    )
    c.log.record("client.added", client=client.pk, name=client.name)
    return {"client": client.pk}


@command
def revoke_client(c: Command, *, client: int) -> Answer:
    """Take a machine's token away."""
    changed = ApiClient.objects.filter(hall=c.hall, pk=client, revoked_at=None).update(revoked_at=c.now)
    if changed:
        c.log.record("client.revoked", client=client)
    return {"client": client}


@command
def person_changed(c: Command, *, user: int, what: str, role: str = "", fields: Sequence[str] = ()) -> Answer:
    """Note in the log that a person's rights changed, so that open screens are checked again at once.

    `role` is the one they have now, `fields` names what was changed.
    """
    c.log.record("person.changed", user=user, what=what, role=role, fields=list(fields))
    return {"user": user}


def _pairing_for(c: Command, code: str) -> Pairing:
    asked = "".join(sign for sign in code.upper() if sign.isalnum())
    found = Pairing.objects.filter(
        hall=c.hall, code_hash=hashed(asked), device=None, created_at__gte=c.now - PAIRING_LIVES
    ).first()
    if found is None:
        raise Refused("pairing_wrong")
    return found
