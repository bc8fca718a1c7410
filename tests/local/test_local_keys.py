"""Where the key comes from."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ima_nano_banana.errors import AuthFault, StorageFault, UsageFault
from ima_nano_banana.local import keys

FLAG, ENV, RING = "ima_from_flag", "ima_from_env", "ima_from_ring"


class Ring:
    """A keyring in memory."""

    def __init__(self, key: str | None = None) -> None:
        self.entries = {("ima-api", "default"): key} if key else {}
        self.asked = 0

    def get_password(self, service_name, username):
        self.asked += 1
        return self.entries.get((service_name, username))

    def set_password(self, service_name, username, password):
        self.entries[service_name, username] = password

    def delete_password(self, service_name, username):
        del self.entries[service_name, username]


class NoRing:
    """A machine without a keyring, as on a headless server."""

    def get_password(self, service_name, username):
        raise RuntimeError("no backend")

    def set_password(self, service_name, username, password):
        raise RuntimeError(f"no backend for {password}")

    delete_password = get_password


def test_the_flag_comes_before_the_environment_and_that_before_the_keyring():
    ring = Ring(RING)
    assert keys.look(FLAG, {"IMA_API_KEY": ENV}, ring) == (FLAG, "flag")
    assert keys.look(None, {"IMA_API_KEY": ENV}, ring) == (ENV, "environment")
    assert ring.asked == 0
    assert keys.look(None, {}, ring) == (RING, "keyring")
    assert keys.find("", {"IMA_API_KEY": "  "}, ring) == RING


@pytest.mark.parametrize("ring", [Ring(), NoRing(), Ring("  ")])
def test_no_key_anywhere_is_an_auth_fault(ring):
    with pytest.raises(AuthFault) as caught:
        keys.find(None, {}, ring)
    assert caught.value.code == "auth.missing"


def test_surrounding_space_is_no_part_of_a_key():
    assert keys.find(None, {"IMA_API_KEY": f" {ENV}\r\n"}) == ENV


@pytest.mark.parametrize(
    "value", ["sk-123", "IMA_ABC", "ima_a b", "ima_a\nb", "ima_é", "ima_钥匙", "ima_a\0", "ima_" + "x" * 5000]
)
def test_what_can_not_be_a_key_is_refused_and_never_shown(value):
    with pytest.raises(AuthFault) as caught:
        keys.find(value, {"IMA_API_KEY": ENV})
    assert caught.value.code == "auth.malformed"
    assert value not in str(caught.value)
    assert value not in repr(caught.value.params)


def test_the_bare_prefix_is_no_key():
    with pytest.raises(AuthFault):
        keys.find("ima_", {})


def test_a_malformed_key_in_the_keyring_is_named_as_such():
    with pytest.raises(AuthFault):
        keys.find(None, {}, Ring("oops"))


def test_a_key_is_stored_found_and_forgotten():
    ring = Ring()
    keys.store(f" {RING} ", ring)
    assert ring.entries == {("ima-api", "default"): RING}
    assert keys.find(None, {}, ring) == RING
    assert keys.forget(ring) is True
    assert keys.forget(ring) is False
    with pytest.raises(AuthFault):
        keys.store("nonsense", ring)


def test_a_keyring_that_fails_is_a_fault_without_the_key_in_it():
    with pytest.raises(StorageFault) as caught:
        keys.store(RING, NoRing())
    assert RING not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert keys.forget(NoRing()) is False


def test_without_the_package_storing_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageFault) as caught:
        keys.store(RING)
    assert caught.value.code == "local.keyring_missing"
    assert "[keyring]" in str(caught.value.params["install"])
    with pytest.raises(AuthFault):
        keys.find(None, {})


def test_a_key_in_the_environment_loads_no_keyring():
    code = "import sys; from ima_nano_banana.local import keys; keys.find(None, {'IMA_API_KEY': 'ima_x'}); "
    done = subprocess.run([sys.executable, "-c", code + "sys.exit('keyring' in sys.modules)"], check=False)
    assert done.returncode == 0


def test_the_key_of_a_plugin_is_used_where_no_other_is_told():
    assert keys.look(None, {"IMA_PLUGIN_KEY": "ima_plugin"}) == ("ima_plugin", "environment")
    both = {"IMA_PLUGIN_KEY": "ima_plugin", "IMA_API_KEY": "ima_own"}
    assert keys.look(None, both) == ("ima_own", "environment")
    assert keys.in_environment({"IMA_PLUGIN_KEY": "${user_config.api_key}"}) is None
    assert keys.in_environment({"IMA_PLUGIN_KEY": " "}) is None
