"""The doctor finds what is wrong and says what to do."""

from __future__ import annotations

import socket
import sqlite3
import ssl
import tomllib
from email.utils import formatdate
from pathlib import Path

import pytest
from ledger_world import FixedClock, ask, reserve

from ima_nano_banana import words
from ima_nano_banana.ledger import Ledger
from ima_nano_banana.local import doctor
from ima_nano_banana.local.doctor import Probes, examine

NOW = 1_800_000_000.0
KEY = "ima_s3cr3t"


class EmptyRing:
    def get_password(self, service_name, username):
        return None

    def set_password(self, service_name, username, password): ...
    def delete_password(self, service_name, username): ...


def probes(**changed):
    usual = {
        "python": (3, 12, 1),
        "installed": lambda name: "999.0",
        "resolve": lambda host: ["203.0.113.1"],
        "greet": lambda host: formatdate(NOW, usegmt=True),
        "proxied": lambda host: False,
        "now": lambda: NOW,
        "vault": EmptyRing(),
    }
    return Probes(**{**usual, **changed})


def env(tmp_path, **more):
    return {"OPENCLAW_STATE_DIR": str(tmp_path / "state"), "IMA_API_KEY": KEY, **more}


def found(checks, name):
    """Return the status and text key of one check, having proved that it can be told in both languages."""
    (check,) = [check for check in checks if check.name == name]
    for language in words.LANGUAGES:
        assert check.text(language)
        assert KEY not in check.text(language)
        assert check.status != "fail" or check.advice(language)
    return check.status, check.key


def raising(fault):
    def probe(host):
        raise fault

    return probe


def test_a_sound_machine_is_found_healthy(tmp_path):
    checks = examine(env(tmp_path), probes=probes())
    assert {check.status for check in checks} == {"ok"}
    assert doctor.healthy(checks)
    assert [check.name for check in checks] == [
        "python", "packages", "extras", "key", "state", "ledger",
        "dns api.imastudio.com", "dns imapi.liveme.com", "tls api.imastudio.com", "tls imapi.liveme.com", "clock",
    ]  # fmt: skip
    assert all(check.advice("en") is None for check in checks)
    assert list((tmp_path / "state" / "memory").iterdir()) == []


def test_an_old_python_is_named(tmp_path):
    checks = examine(env(tmp_path), probes=probes(python=(3, 10, 4)))
    assert found(checks, "python") == ("fail", "doctor.python_old")
    assert not doctor.healthy(checks)


@pytest.mark.parametrize("version", [None, "1.9", "2.11.9"])
def test_missing_and_old_packages_come_with_the_command_that_installs_them(tmp_path, version):
    checks = examine(env(tmp_path), probes=probes(installed=lambda name: version if name == "httpx2" else "999"))
    assert found(checks, "packages") == ("fail", "doctor.packages_missing")
    assert "-m pip install 'httpx2>=2.12'" in str(checks[1].advice("en"))
    assert "click" not in str(checks[1].advice("en"))


@pytest.mark.parametrize("version", ["2.12", "2.12.0rc1", "3", "", "main"])
def test_a_version_that_is_new_enough_or_unknown_is_accepted(tmp_path, version):
    told = probes(installed=lambda name: version if name == "httpx2" else "999")
    assert found(examine(env(tmp_path), probes=told), "packages") == ("ok", "doctor.packages")


def test_missing_extras_are_no_trouble(tmp_path):
    told = probes(installed=lambda name: None if name in doctor.OPTIONAL else "999")
    assert found(examine(env(tmp_path), probes=told), "extras") == ("ok", "doctor.extras_missing")


def test_the_required_packages_are_those_of_the_project_file():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {}
    for entry in project["dependencies"]:
        name, _, floor = entry.partition(",")[0].partition(">=")
        wanted[name] = tuple(int(part) for part in floor.split("."))
    assert wanted == doctor.REQUIRED


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", ("fail", "auth.missing")), ("sk-1", ("fail", "auth.malformed")), (KEY, ("ok", "doctor.key_environment"))],
)
def test_presence_and_form_of_the_key_are_checked_and_the_key_is_not_shown(tmp_path, value, expected):
    assert found(examine(env(tmp_path, IMA_API_KEY=value), probes=probes()), "key") == expected
    assert found(examine({}, key=KEY, probes=probes()), "key") == ("ok", "doctor.key_flag")


def test_a_state_folder_that_can_not_be_written_is_found(tmp_path):
    (tmp_path / "state").touch()
    assert found(examine(env(tmp_path), probes=probes()), "state") == ("fail", "doctor.state_unwritable")


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda file: sqlite3.connect(file).execute("CREATE TABLE t (x)").connection.close(), ("ok", "doctor.ledger")),
        (lambda file: file.write_bytes(b"no ledger at all" * 100), ("fail", "doctor.ledger_damaged")),
        (lambda file: file.mkdir(), ("fail", "doctor.ledger_unreadable")),
    ],
)
def test_the_health_of_the_ledger_is_looked_at_and_the_file_left_alone(tmp_path, make, expected):
    file = tmp_path / "state" / "memory" / "ima_ledger.sqlite3"
    file.parent.mkdir(parents=True)
    make(file)
    before = file.read_bytes() if file.is_file() else None
    assert found(examine(env(tmp_path), probes=probes()), "ledger") == expected
    assert before is None or file.read_bytes() == before


def test_a_certificate_file_that_is_not_there_is_named(tmp_path):
    checks = examine(env(tmp_path, SSL_CERT_FILE=str(tmp_path / "no.pem")), probes=probes())
    assert found(checks, "certificates") == ("fail", "doctor.certificates_missing")


def wrapped(cause):
    try:
        try:
            raise cause
        except Exception as inner:
            raise RuntimeError("connect failed") from inner
    except RuntimeError as outer:
        return outer


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (wrapped(ssl.SSLCertVerificationError("self-signed")), "doctor.tls_untrusted"),
        (wrapped(ssl.SSLError("handshake failure")), "doctor.tls_failed"),
        (wrapped(ConnectionRefusedError()), "doctor.unreachable"),
        (TimeoutError(), "doctor.unreachable"),
    ],
)
def test_a_failed_connection_is_told_by_its_cause(tmp_path, fault, key):
    checks = examine(env(tmp_path), probes=probes(greet=raising(fault)))
    assert found(checks, "tls api.imastudio.com") == ("fail", key)
    assert found(checks, "clock") == ("warn", "doctor.clock_unknown")


def test_a_name_that_can_not_be_resolved_is_found_unless_a_proxy_does_that(tmp_path):
    gone = raising(socket.gaierror(-2, "unknown"))
    assert found(examine(env(tmp_path), probes=probes(resolve=gone)), "dns imapi.liveme.com")[0] == "fail"
    behind = probes(resolve=gone, proxied=lambda host: True)
    assert found(examine(env(tmp_path), probes=behind), "dns imapi.liveme.com") == ("ok", "doctor.dns_proxied")


@pytest.mark.parametrize(
    ("date", "now", "expected"),
    [
        (formatdate(NOW - 299, usegmt=True), NOW, ("ok", "doctor.clock")),
        (formatdate(NOW + 3600, usegmt=True), NOW, ("fail", "doctor.clock_off")),
        (formatdate(NOW - 3600, usegmt=True), NOW, ("fail", "doctor.clock_off")),
        ("no date", NOW, ("warn", "doctor.clock_unknown")),
        (None, 86_400.0, ("fail", "doctor.clock_past")),
    ],
)
def test_the_clock_is_compared_with_that_of_the_service(tmp_path, date, now, expected):
    told = probes(greet=lambda host: date, now=lambda: now)
    assert found(examine(env(tmp_path), probes=told), "clock") == expected


def test_what_is_installed_here_is_found_by_name():
    assert doctor.installed("pillow")
    assert doctor.installed("no-such-package-anywhere") is None


def test_a_proxy_is_seen_in_the_environment(monkeypatch):
    assert not doctor.proxied("api.imastudio.com")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert doctor.proxied("api.imastudio.com")
    monkeypatch.setenv("no_proxy", "imastudio.com")
    assert not doctor.proxied("api.imastudio.com")


@pytest.mark.loopback
def test_the_real_instruments_report_a_dead_proxy_and_do_not_crash(tmp_path, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert found(examine(env(tmp_path), probes=Probes(vault=EmptyRing())), "tls api.imastudio.com") == (
        "fail",
        "doctor.unreachable",
    )


def test_what_a_clock_that_was_ahead_left_in_the_books_is_named(tmp_path):
    file = tmp_path / "state" / "memory" / "ima_ledger.sqlite3"
    with Ledger(file, clock=FixedClock(NOW + 365 * 86_400)) as ledger:
        reserve(ledger)
    assert found(examine(env(tmp_path), probes=probes()), "ledger_clock") == ("warn", "doctor.ledger_ahead")

    with Ledger(file, clock=FixedClock(NOW)) as ledger:
        reserve(ledger, ask("after the clock was put right"))
    assert found(examine(env(tmp_path), probes=probes()), "ledger_clock") == ("warn", "doctor.ledger_ahead")


def test_a_freeze_is_the_first_thing_that_is_told(tmp_path):
    with Ledger(tmp_path / "state" / "memory" / "ima_ledger.sqlite3") as ledger:
        ledger.freeze("ann", reason="checking")
        ledger.freeze()
    checks = examine(env(tmp_path), probes=probes())
    assert [check.key for check in checks[:2]] == ["doctor.frozen_all", "doctor.frozen_user"]
    assert examine(env(tmp_path), probes=probes(), sandbox=True)[0].name == "python"
