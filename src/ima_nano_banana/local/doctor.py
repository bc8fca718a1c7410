"""What could keep a picture from being made on this machine, and what to do about it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import socket
import ssl
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ima_nano_banana import words
from ima_nano_banana.domain.realm import realm_of
from ima_nano_banana.errors import AuthFault, Fault, StorageFault
from ima_nano_banana.local import disks, keys, paths
from ima_nano_banana.local.installs import install
from ima_nano_banana.local.private import private_dir, write_whole
from ima_nano_banana.wire.requests import API_HOST, UPLOAD_HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ima_nano_banana.ledger import Freeze
    from ima_nano_banana.words import Language

Status = Literal["ok", "warn", "fail"]

HOSTS = (API_HOST, UPLOAD_HOST)
PYTHON_AT_LEAST = (3, 11)
REQUIRED = {
    "httpx2": (2, 12),
    "rich": (13, 9),
    "pillow": (12,),
    "tenacity": (9,),
    "tzdata": (1,),
}
OPTIONAL = ("keyring", "textual-image")
CLOCK_TOLERANCE = 300.0
"""Seconds; upload tokens are signed with the time, and certificates are judged by it."""

_RELEASED = 1_767_225_600.0  # 2026-01-01: no clock may show less
_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``key`` and ``key + ".do"`` are texts of :mod:`ima_nano_banana.words`."""

    name: str
    status: Status
    key: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """Return what was found."""
        return words.text(self.key, language, **self.params)

    def advice(self, language: Language) -> str | None:
        """Return what to do, if anything."""
        told = self.key + ".do"
        return words.text(told, language, **self.params) if self.status != "ok" and words.has(told) else None


def installed(name: str) -> str | None:
    """Return a package's version; ``""`` if it is there without saying which, ``None`` if it is missing."""
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(name)
    module = {"pillow": "PIL"}.get(name, name.replace("-", "_"))
    return "" if importlib.util.find_spec(module) else None


def resolve(host: str) -> list[str]:
    """Return the addresses of a host.

    Raises:
        OSError: it has none, or nobody could be asked.
    """
    return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)})


def greet(host: str) -> str | None:
    """Ask a host for nothing, over TLS as the program would, and return the ``Date`` of its answer.

    Any HTTP answer is a good one. No key is sent.

    Raises:
        Exception: whatever went wrong; an :class:`ssl.SSLError` is among its causes if it was that.
    """
    import httpx2

    context = httpx2.create_ssl_context()
    with httpx2.Client(verify=context, timeout=_TIMEOUT, follow_redirects=False) as client:
        date: str | None = client.head(f"https://{host}/").headers.get("date")
        return date


def proxied(host: str) -> bool:
    """Tell whether a proxy stands between here and a host; then this machine need not know its address."""
    return "https" in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """The doctor's instruments; tests bring their own."""

    python: tuple[int, ...] = tuple(sys.version_info[:3])
    installed: Callable[[str], str | None] = installed
    resolve: Callable[[str], list[str]] = resolve
    greet: Callable[[str], str | None] = greet
    proxied: Callable[[str], bool] = proxied
    now: Callable[[], float] = time.time
    vault: keys.Vault | None = None


def examine(
    env: Mapping[str, str], *, key: str | None = None, probes: Probes | None = None, sandbox: bool = False
) -> list[Check]:
    """Look at everything; takes up to some seconds when the network is down. Never raises, never shows the key.

    Args:
        env: The environment.
        key: The value of ``--api-key``.
        probes: The instruments.
        sandbox: Only what the simulated service needs: key and network are left alone.
    """
    probes = probes or Probes()
    checks = [_python(probes), _packages(probes), _extras(probes)]
    checks = [*_books(env, realm_of(sandbox=sandbox), probes.now()), *checks]
    if sandbox:
        unneeded = [Check(name, "ok", f"doctor.{name}_unneeded") for name in ("key", "network")]
        return [*checks, *_state(env), *unneeded]
    return [*checks, _key(key, env, probes), *_state(env), *_certificates(env), *_network(probes)]


def healthy(checks: list[Check]) -> bool:
    """Tell whether nothing stands in the way of a picture."""
    return all(check.status != "fail" for check in checks)


def _books(env: Mapping[str, str], realm: str, now: float) -> list[Check]:
    """Say what the books themselves have to say; a freeze comes first, as nothing can be made while it stands."""
    from ima_nano_banana.ledger import is_shared, open_ledger

    try:
        where = paths.books(env)
        if not is_shared(where) and not Path(where).is_file():
            return []
        with open_ledger(where) as ledger:
            frozen, ahead = ledger.freezes(realm), ledger.ahead(now)
    except Fault as fault:
        # What is wrong with this machine's file is said below.
        shared = fault.code == "local.ledger_url" or is_shared(env.get("IMA_LEDGER_URL", "").strip())
        return [Check("ledger", "fail", fault.code, fault.params)] if shared else []
    return [*(_freeze(one) for one in frozen), *_dated_ahead(*ahead)]


def _dated_ahead(count: int, until: float) -> list[Check]:
    from ima_nano_banana.ledger.calendar import local_time

    told = {"count": count, "until": local_time(until)}
    return [Check("ledger_clock", "warn", "doctor.ledger_ahead", told)] if count else []


def _freeze(one: Freeze) -> Check:
    from ima_nano_banana.ledger.calendar import local_time

    told = {"at": local_time(one.frozen_at), "reason": one.reason, "user": one.user_id}
    return Check("frozen", "warn", "doctor.frozen_all" if one.user_id is None else "doctor.frozen_user", told)


def _python(probes: Probes) -> Check:
    fine = probes.python[:2] >= PYTHON_AT_LEAST
    version = ".".join(str(part) for part in probes.python)
    return Check(
        "python", "ok" if fine else "fail", "doctor.python" if fine else "doctor.python_old", {"version": version}
    )


def _packages(probes: Probes) -> Check:
    found = {name: probes.installed(name) for name in REQUIRED}
    wrong = [name for name, version in found.items() if version is None or _older(version, REQUIRED[name])]
    if not wrong:
        return Check("packages", "ok", "doctor.packages")
    needed = [f"{name}>={'.'.join(map(str, REQUIRED[name]))}" for name in wrong]
    return Check("packages", "fail", "doctor.packages_missing", {"names": wrong, "install": install(needed)})


def _older(version: str, least: tuple[int, ...]) -> bool:
    numbers = []
    for part in version.split("."):
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return bool(numbers) and tuple(numbers) < least


def _extras(probes: Probes) -> Check:
    missing = [name for name in OPTIONAL if probes.installed(name) is None]
    return Check("extras", "ok", "doctor.extras_missing" if missing else "doctor.extras", {"names": missing})


def _key(key: str | None, env: Mapping[str, str], probes: Probes) -> Check:
    try:
        source = keys.look(key, env, probes.vault)[1]
    except AuthFault as fault:
        return Check("key", "fail", fault.code)
    return Check("key", "ok", f"doctor.key_{source}")


def _state(env: Mapping[str, str]) -> list[Check]:
    try:
        root = paths.state_root(env)
    except StorageFault as fault:
        return [Check("state", "fail", fault.code)]
    return [_folder(paths.memory_dir(root)), _ledger(paths.ledger_file(root))]


def _folder(folder: Path) -> Check:
    if (wrong := disks.judge(str(folder))) is not None:
        told = {"path": str(folder), "kind": wrong[1], "switch": disks.SWITCH}
        return Check("state", "fail", f"storage.{wrong[0]}", told)
    try:
        probe = private_dir(folder) / ".ima-doctor"
        write_whole(probe, b"")
        probe.unlink()
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or type(fault).__name__
        return Check("state", "fail", "doctor.state_unwritable", {"folder": str(folder), "reason": reason})
    return Check("state", "ok", "doctor.state", {"folder": str(folder)})


def _ledger(file: Path) -> Check:
    import sqlite3

    if not file.exists():
        return Check("ledger", "ok", "doctor.ledger_new")
    told = {"path": str(file)}
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
        try:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return Check("ledger", "fail", "doctor.ledger_unreadable", told)
    except sqlite3.Error:
        return Check("ledger", "fail", "doctor.ledger_damaged", told)
    fine = found is not None and found[0] == "ok"
    return Check("ledger", "ok" if fine else "fail", "doctor.ledger" if fine else "doctor.ledger_damaged", told)


def _certificates(env: Mapping[str, str]) -> list[Check]:
    """Look at ``SSL_CERT_FILE`` if it is set: a wrong one makes every connection fail."""
    told = env.get("SSL_CERT_FILE")
    if not told or Path(told).is_file():
        return []
    return [Check("certificates", "fail", "doctor.certificates_missing", {"path": told})]


def _network(probes: Probes) -> list[Check]:
    with ThreadPoolExecutor(max_workers=2 * len(HOSTS)) as pool:
        names = [pool.submit(_dns, host, probes) for host in HOSTS]
        greetings = [pool.submit(_tls, host, probes) for host in HOSTS]
        met = [greeting.result() for greeting in greetings]
        dates = [date for _, date in met if date]
        return [*(name.result() for name in names), *(check for check, _ in met), _clock(dates, probes.now())]


def _dns(host: str, probes: Probes) -> Check:
    name, told = f"dns {host}", {"host": host}
    if probes.proxied(host):
        return Check(name, "ok", "doctor.dns_proxied", told)
    try:
        found = probes.resolve(host)
    except (OSError, UnicodeError):
        found = []
    return Check(name, "ok" if found else "fail", "doctor.dns" if found else "doctor.dns_failed", told)


def _tls(host: str, probes: Probes) -> tuple[Check, str | None]:
    name, told = f"tls {host}", {"host": host}
    try:
        date = probes.greet(host)
    except Exception as fault:
        return Check(name, "fail", _why(fault), told), None
    return Check(name, "ok", "doctor.tls", told), date


def _why(fault: BaseException) -> str:
    """Return the text for a failed connection, by the first known cause in its chain."""
    cause: BaseException | None = fault
    for _ in range(10):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "doctor.tls_untrusted"
        if isinstance(cause, ssl.SSLError):
            return "doctor.tls_failed"
        cause = (cause.__cause__ or cause.__context__) if cause else None
    # The trust stores of macOS and Windows answer in their own words, wrapped by the HTTP client.
    return "doctor.tls_untrusted" if "CERTIFICATE_VERIFY_FAILED" in str(fault) else "doctor.unreachable"


def _clock(dates: list[str], now: float) -> Check:
    for date in dates:
        try:
            off = now - parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, OverflowError):
            continue
        fine = abs(off) <= CLOCK_TOLERANCE
        told = {"minutes": round(abs(off) / 60)}
        return Check("clock", "ok" if fine else "fail", "doctor.clock" if fine else "doctor.clock_off", told)
    if now < _RELEASED:
        return Check("clock", "fail", "doctor.clock_past")
    return Check("clock", "warn", "doctor.clock_unknown")
