"""How what is missing is installed on this machine: by a command that works as it stands.

The name of this program stands in no registry, so nothing is ever installed by it: a stranger could take it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import shlex
import shutil
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from ima_nano_banana.errors import UsageFault

NAME = "ima-nano-banana"


def needs_extra(extra: str, package: str | None) -> UsageFault:
    """Return the fault for a package of an extra that is not there, with the command that installs it."""
    return UsageFault("flags.needs_extra", package=package or extra, install=install_extra(extra))


def install_extra(extra: str) -> str:
    """Return the command line that adds an extra to this program, from the place that the program came from."""
    place = origin()
    if not place:
        return install(PACKAGES[extra])
    name, at, rest = place.partition(" @ ")
    return install([f"{name}[{extra}]{at}{rest}"])


def install(wanted: list[str], python: str | None = None) -> str:
    """Return the command line that installs something where this program's Python finds it."""
    python = python or sys.executable or "python3"
    if not managed_elsewhere():
        if importlib.util.find_spec("pip"):
            return line([python, "-m", "pip", "install", *wanted])
        if shutil.which("uv"):
            return line(["uv", "pip", "install", "--python", python, *wanted])
    # A system's own Python refuses pip (PEP 668), and one without pip can't: then in an environment of its own.
    venv = Path("~/.venvs/nano-banana").expanduser()
    inner = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    return f"{line([python, '-m', 'venv', str(venv)])} && {line([str(inner), '-m', 'pip', 'install', *wanted])}"


def line(words: list[str]) -> str:
    """Quote words for the shell of this system."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def managed_elsewhere() -> bool:
    """Tell whether the system's package manager owns this Python, and pip is refused."""
    if sys.prefix != sys.base_prefix:
        return False
    return Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").is_file()


def origin() -> str | None:
    """Return where this program came from: a checkout, a repository, an archive; ``None`` if nothing says so."""
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").is_file() and (checkout / "src" / "ima_nano_banana").is_dir():
        return str(checkout)
    with suppress(importlib.metadata.PackageNotFoundError, OSError, ValueError, KeyError, TypeError):
        told = importlib.metadata.distribution(NAME).read_text("direct_url.json")
        return _place(json.loads(told)) if told else None
    return None


def _place(told: dict[str, dict[str, str] | str]) -> str | None:
    """Return what pip takes for the place that an installation wrote down (PEP 610), if it is still there."""
    url, repository = str(told["url"]), told.get("vcs_info")
    if isinstance(repository, dict):
        return f"{NAME} @ {repository['vcs']}+{url}@{repository['commit_id']}"
    if urlsplit(url).scheme != "file":
        return f"{NAME} @ {url}"
    path = url2pathname(unquote(urlsplit(url).path) if sys.platform == "win32" else urlsplit(url).path)
    return path if Path(path).exists() else None


PACKAGES = {
    "keyring": ["keyring>=25"],
    "preview": ["textual-image>=0.8"],
    "serve": ["uvicorn>=0.35", "trustme>=1.2"],
    "mcp": ["mcp>=2.3,<3", "uvicorn>=0.35"],
    "studio": ["starlette>=1,<2", "jinja2>=3.1", "uvicorn>=0.35"],
    "cluster": ["procrastinate>=3.10,<4", "psycopg[binary]>=3.3", "fsspec>=2026.1"],
    "socks": ["socksio>=1,<2"],
}
"""The packages of an extra, for a program that was copied and not installed; a test holds them to the project's."""
