"""``nano-banana doctor``: what is wrong with this machine, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import AuthFault, NetworkFault, StorageFault, UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.present import Json
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.local.doctor import Check
    from ima_nano_banana.words import Language

_MARKS = {"ok": "✅", "warn": "⚠️", "fail": "❌"}
_EXITS = {"key": AuthFault, "state": StorageFault, "ledger": StorageFault}
_NETWORK = ("dns", "tls")


def run(session: Session) -> int:
    """Look at everything and say how to fix what is wrong."""
    from ima_nano_banana.local import doctor

    checks = doctor.examine(session.env, key=order.text(session.values, "api_key"), sandbox=session.sandbox)
    language = session.reporter.language
    body: Json = {"healthy": doctor.healthy(checks), "checks": [_row(check, language) for check in checks]}
    session.reporter.answer(body, "\n".join(_told(check, language) for check in checks))
    return next((_exit_code(check) for check in checks if check.status == "fail"), actions.DONE)


def _row(check: Check, language: Language) -> Json:
    return {
        "name": check.name,
        "status": check.status,
        "message": check.text(language),
        "suggestion": check.advice(language),
    }


def _told(check: Check, language: Language) -> str:
    line = f"{_MARKS[check.status]} {check.text(language)}"
    advice = check.advice(language)
    return f"{line}\n   {advice}" if advice else line


def _exit_code(check: Check) -> int:
    """Return the exit code that a run would meet because of this."""
    if check.name.startswith(_NETWORK):
        return NetworkFault.exit_code
    return _EXITS.get(check.name, UsageFault).exit_code


COMMAND = Command(
    name="doctor",
    about="help.doctor_",
    example="nano-banana doctor",
    run=run,
    flags=flags_of("doctor"),
    exit_codes=True,
)
