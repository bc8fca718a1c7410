"""Commands that install something: they work from what is here, and never name what nobody published."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from ima_nano_banana.local import installs

ROOT = Path(__file__).resolve().parents[2]


class Installed:
    """A distribution that says where it came from."""

    def __init__(self, told: object) -> None:
        self._told = told

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return None if self._told is None else json.dumps(self._told)


@pytest.fixture
def copied(monkeypatch, tmp_path):
    """This program, but not in its checkout."""

    def told(direct_url: object) -> None:
        monkeypatch.setattr(installs, "__file__", str(tmp_path / "a/b/c/d/installs.py"))
        monkeypatch.setattr(metadata, "distribution", lambda _: Installed(direct_url))

    return told


def test_an_extra_comes_from_the_checkout_and_into_the_python_that_runs():
    told = installs.install_extra("mcp")
    assert f"{ROOT}[mcp]" in told
    assert sys.executable in told


def test_an_extra_comes_from_where_the_program_was_installed_from(copied, tmp_path):
    copied({"url": tmp_path.as_uri(), "dir_info": {}})
    assert f"{tmp_path}[serve]" in installs.install_extra("serve")
    copied({"url": "https://example.com/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}})
    assert "ima-nano-banana[mcp] @ git+https://example.com/x.git@abc" in installs.install_extra("mcp")
    copied({"url": "https://example.com/x.whl", "archive_info": {}})
    assert "ima-nano-banana[mcp] @ https://example.com/x.whl" in installs.install_extra("mcp")


@pytest.mark.parametrize("told", [None, {"url": "file:///gone/for/ever", "dir_info": {}}, {"nothing": 1}])
@pytest.mark.parametrize("extra", ["mcp", "cluster", "serve", "keyring", "preview", "socks"])
def test_a_program_of_unknown_origin_asks_for_the_packages_themselves(copied, told, extra):
    copied(told)
    assert "nano-banana[" not in installs.install_extra(extra)
    assert ">=" in installs.install_extra(extra)


def test_a_python_of_the_system_is_left_alone(monkeypatch, tmp_path):
    """Debian and others refuse pip outside of an environment (PEP 668)."""
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setattr(installs.sysconfig, "get_path", lambda _: str(tmp_path))
    told = installs.install(["x"], "/usr/bin/python3")
    assert told.startswith("/usr/bin/python3 -m venv ")
    assert told.endswith("-m pip install x")


def test_a_python_without_pip_is_served_by_uv_if_that_is_there(monkeypatch):
    monkeypatch.setattr(installs.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(installs, "managed_elsewhere", lambda: False)
    monkeypatch.setattr(installs.shutil, "which", lambda name: f"/bin/{name}")
    assert installs.install(["x"], "/p") == "uv pip install --python /p x"
    monkeypatch.setattr(installs.shutil, "which", lambda _: None)
    assert " -m venv " in installs.install(["x"], "/p")


@pytest.mark.parametrize("extra", ["mcp", "cluster", "serve", "keyring", "preview", "socks"])
def test_the_packages_of_an_extra_are_those_of_the_project(extra):
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert installs.PACKAGES[extra] == project["optional-dependencies"][extra]
