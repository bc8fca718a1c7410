"""Where the API key comes from: the flag, ``IMA_API_KEY``, the system keyring; in this order.

The keyring (an optional package) is asked only when the first two are silent: loading it takes longer than
the rest of a start. Keys are never shown, not even in part.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, Protocol

from ima_nano_banana.errors import AuthFault, StorageFault, UsageFault
from ima_nano_banana.local.paths import in_openclaw
from ima_nano_banana.wire.redact import remember

if TYPE_CHECKING:
    from collections.abc import Mapping

Source = Literal["flag", "environment", "keyring"]

SERVICE, USER = "ima-api", "default"
"""The entry of the keyring, shared with sibling skills (contract, section 9)."""

# Printable ASCII without spaces: anything else could not stand in an HTTP header.
_FORM = re.compile(r"ima_[\x21-\x7e]{1,1020}")


class Vault(Protocol):
    """A keyring, as the package ``keyring`` offers it."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


def find(flag: str | None, env: Mapping[str, str], vault: Vault | None = None) -> str:
    """Return the API key.

    Args:
        flag: The value of ``--api-key``; blank counts as not given (``--api-key "$UNSET"``).
        env: The environment.
        vault: Stands in for the system keyring.

    Raises:
        AuthFault: there is no key anywhere, or the first one found can't be one.
    """
    return look(flag, env, vault)[0]


def look(flag: str | None, env: Mapping[str, str], vault: Vault | None = None) -> tuple[str, Source]:
    """Return the API key and where it was found.

    Raises:
        AuthFault: as :func:`find`.
    """
    told: tuple[tuple[str | None, Source], ...] = ((flag, "flag"), (in_environment(env), "environment"))
    for value, source in told:
        if value and value.strip():
            return checked(value), source
    stored = _stored(vault)
    if stored and stored.strip():
        return checked(stored), "keyring"
    raise AuthFault("auth.missing_in_openclaw" if in_openclaw(env) else "auth.missing")


def in_environment(env: Mapping[str, str]) -> str | None:
    """Return the key that the environment holds, as it is written there."""
    # What a plugin was told in its host's settings; empty if it was told nothing.
    of_plugin = env.get("IMA_PLUGIN_KEY", "").strip()
    # A host that knows no settings leaves the placeholder standing.
    return env.get("IMA_API_KEY", "").strip() or ("" if of_plugin.startswith("$") else of_plugin) or None


def checked(value: str) -> str:
    """Return the key without surrounding space, if it has the form of one.

    Raises:
        AuthFault: it has not.
    """
    key = value.strip()
    if not _FORM.fullmatch(key):
        raise AuthFault("auth.malformed")
    remember(key)
    return key


def store(value: str, vault: Vault | None = None) -> None:
    """Put a key into the system keyring.

    Raises:
        AuthFault: it has not the form of a key.
        UsageFault: the package ``keyring`` is missing.
        StorageFault: this system's keyring can't be used.
    """
    key = checked(value)
    vault = vault or _system()
    try:
        vault.set_password(SERVICE, USER, key)
    except Exception:  # backends fail in ways of their own, with texts that may hold the key
        raise StorageFault("local.keyring_unusable") from None


def forget(vault: Vault | None = None) -> bool:
    """Take the key out of the system keyring; true if there was one.

    Raises:
        UsageFault: the package ``keyring`` is missing.
        StorageFault: the entry is there, but can't be removed.
    """
    vault = vault or _system()
    if not _stored(vault):
        return False
    try:
        vault.delete_password(SERVICE, USER)
    except Exception:
        raise StorageFault("local.keyring_unusable") from None
    return True


def _stored(vault: Vault | None) -> str | None:
    """Return the keyring's key; a missing package or an unusable keyring holds none."""
    try:
        found = (vault or _system()).get_password(SERVICE, USER)
    except Exception:  # no keyring, a locked one, no session bus: each backend has its own errors
        return None
    return found if isinstance(found, str) else None


def _system() -> Vault:
    try:
        import keyring
    except ImportError:
        from ima_nano_banana.local.installs import install_extra

        raise UsageFault("local.keyring_missing", install=install_extra("keyring")) from None
    vault: Vault = keyring.get_keyring()
    return vault
