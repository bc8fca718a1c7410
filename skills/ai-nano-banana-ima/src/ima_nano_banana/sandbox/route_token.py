"""``imapi.liveme.com``: a presigned address for one file."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from ima_nano_banana.sandbox import hosts, uploads
from ima_nano_banana.sandbox.books import account_of
from ima_nano_banana.sandbox.call import is_key

if TYPE_CHECKING:
    from ima_nano_banana.sandbox.answers import Envelope
    from ima_nano_banana.sandbox.call import Call

APP_ID, APP_KEY = "webAgent", "32jdskjdk320eew"
"""Published by the service's own author as client constants; they are no secret."""

_FIELDS = ("appUid", "appId", "appKey", "cmimToken", "sign", "timestamp", "nonce")
_FILE_FIELDS = ("fService", "fType", "fSuffix", "fContentType")


def token(call: Call) -> Envelope:
    """``POST /api/rest/oss/getuploadtoken`` with a form body."""
    form = call.form()
    if missing := [name for name in (*_FIELDS, *_FILE_FIELDS) if not form.get(name)]:
        return call.refuse(1000, f"missing: {', '.join(missing)}")
    if not is_key(form["appUid"]) or form["cmimToken"] != form["appUid"]:
        return call.refuse(401, "Invalid or unauthorized API key")
    if form["sign"] != sign(form["timestamp"], form["nonce"]) or not form["timestamp"].isdigit():
        return call.refuse(1001, "sign error")
    if (form["appId"], form["appKey"], form["fService"], form["fType"]) != (APP_ID, APP_KEY, "privite", "picture"):
        return call.refuse(1002, "appId, appKey, fService or fType")
    return call.answer(_slot(call, form))


def token_get(call: Call) -> Envelope:
    """The same by GET would put the key into a URL. It is counted, so that a test can fail on it."""
    return call.refuse(1003, "use POST", 405)


def sign(timestamp: str, nonce: str) -> str:
    """Return the signature that the service computes: a plain upper-case SHA-1, not an HMAC."""
    text = "|".join((APP_ID, APP_KEY, timestamp, nonce))
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


def _slot(call: Call, form: dict[str, str]) -> dict[str, object]:
    account = account_of(form["appUid"])
    # The documented path has a {uid}. If that is the appUid, the public URL holds the key: a scene does it.
    uid = form["appUid"] if "key-in-fdl" in call.world.selection.names else account
    slot = uploads.open_slot(
        call.world.store,
        account=account,
        uid=uid,
        name=call.world.token(),
        suffix=form["fSuffix"],
        content_type=form["fContentType"],
        now=call.world.now(),
    )
    signed = f"OSSAccessKeyId=SANDBOX&Expires={slot.expires}&Signature={signature(slot)}"
    return {
        "ful": f"https://{hosts.STORAGE}{slot.path}?{signed}",
        "fdl": f"https://{hosts.INPUTS}{slot.path}",
        "ful_expire": slot.expires,
        "fdl_expire": slot.expires,
        "fdl_key": slot.path.lstrip("/"),
    }


def signature(slot: uploads.Upload) -> str:
    """Return the part of a presigned URL that nobody else can make; it covers the content type."""
    text = f"PUT\n{slot.content_type}\n{slot.expires}\n{slot.path}"
    return hmac.new(b"sandbox", text.encode(), hashlib.sha256).hexdigest()[:32]
