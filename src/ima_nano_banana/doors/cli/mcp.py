"""``nano-banana mcp``: the tools for MCP clients, on stdin and stdout or on loopback HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import named
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.mcp.front import Front
    from ima_nano_banana.doors.mcp.settings import Settings
    from ima_nano_banana.doors.session import Session


def run(session: Session) -> int:
    """Serve until the client goes, or the process is stopped."""
    import asyncio

    settings = settings_of(session)
    port = order.whole(session.values, "port")
    token = _token(session)
    _must_be_there()
    front = None if order.on(session.values, "http") else _front(settings)
    try:
        from ima_nano_banana.doors.mcp import server
        from ima_nano_banana.doors.mcp.house import House
    except ModuleNotFoundError as missing:
        from ima_nano_banana.local.installs import needs_extra

        raise needs_extra("mcp", missing.name) from missing
    _open_log(session)
    house = House(settings)
    if front is not None:
        asyncio.run(server.serve_stdio(house, front))
        return actions.DONE

    def ready(url: str) -> None:
        session.reporter.printer.err(words.text("mcp.listening", session.reporter.language, url=url))

    try:
        asyncio.run(server.serve_http(house, server.PORT if port is None else port, ready, token))
    except KeyboardInterrupt:  # how a server ends; the tasks that it followed stay open in the ledger
        return server.STOPPED
    return actions.DONE


def _front(settings: Settings) -> Front:
    """Answer the client's first word from now on; what else is needed is imported while it reads that."""
    from ima_nano_banana.doors.mcp import front

    opened = front.on_std(settings.language)
    opened.open()
    return opened


def _must_be_there() -> None:
    """Find out before the pipe is taken whether there is an SDK, without importing it.

    Raises:
        UsageFault: there is none.
    """
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        from ima_nano_banana.local.installs import needs_extra

        raise needs_extra("mcp", "mcp")


def _token(session: Session) -> str | None:
    """Return the token that a client on HTTP must bear, if one is asked for.

    Raises:
        UsageFault: the file holds no token, or there is nobody to ask for it.
    """
    told = order.text(session.values, "token_file")
    if told is None:
        return None
    if not order.on(session.values, "http"):
        raise UsageFault("mcp.token_needs_http")
    from ima_nano_banana.doors.mcp.guard import token_of

    return token_of(Path(told).expanduser().absolute())


def settings_of(session: Session) -> Settings:
    """Return the rules that the options set.

    Raises:
        UsageFault: a number can't be read, or options contradict each other.
    """
    from ima_nano_banana.doors.mcp.settings import Settings

    values = session.values
    if order.text(values, "port") is not None and not order.on(values, "http"):
        raise UsageFault("mcp.port_needs_http")
    folder = order.text(values, "output_dir")
    return Settings(
        sandbox=session.sandbox,
        scenes=order.many(values, "sandbox_scene"),
        no_spend=order.on(values, "no_spend"),
        confirm_above=order.whole(values, "confirm_above") or 0,
        max_credits=order.whole(values, "max_credits"),
        allow_paths=tuple(Path(one).expanduser().absolute() for one in order.many(values, "allow_path")),
        output_dir=Path(folder).expanduser().absolute() if folder else None,
        user_id=order.text(values, "user_id"),
        language=session.reporter.language,
        language_asked=order.text(values, "language"),
        env=session.env,
    )


def _open_log(session: Session) -> None:
    from ima_nano_banana.local import keys, logs, paths

    logs.configure(paths.state_root(session.env), keys.in_environment(session.env))


COMMAND = Command(
    name="mcp",
    about="help.mcp_",
    example="nano-banana mcp --sandbox",
    run=run,
    flags=named(
        "--http",
        "--token-file",
        "--port",
        "--no-spend",
        "--confirm-above",
        "--max-credits",
        "--allow-path",
        "--output-dir",
        "--user-id",
        "--language",
        "--sandbox",
        "--sandbox-scene",
    ),
)
