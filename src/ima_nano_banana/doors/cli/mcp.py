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
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.doors.mcp.settings import Settings


def run(desk: Desk) -> int:
    """Serve until the client goes, or the process is stopped."""
    import asyncio

    settings = settings_of(desk)
    port = order.whole(desk.values, "port")
    try:
        from ima_nano_banana.doors.mcp import server
        from ima_nano_banana.doors.mcp.house import House
    except ModuleNotFoundError as missing:
        from ima_nano_banana.local.installs import needs_extra

        raise needs_extra("mcp", missing.name) from missing
    _open_log(desk)
    house = House(settings)
    if not order.on(desk.values, "http"):
        asyncio.run(server.serve_stdio(house))
        return actions.DONE

    def ready(url: str) -> None:
        desk.reporter.printer.err(words.text("mcp.listening", desk.reporter.language, url=url))

    try:
        asyncio.run(server.serve_http(house, server.PORT if port is None else port, ready))
    except KeyboardInterrupt:  # how a server ends; the tasks that it followed stay open in the ledger
        return server.STOPPED
    return actions.DONE


def settings_of(desk: Desk) -> Settings:
    """Return the rules that the options set.

    Raises:
        UsageFault: a number can't be read, or options contradict each other.
    """
    from ima_nano_banana.doors.mcp.settings import Settings

    values = desk.values
    if order.text(values, "port") is not None and not order.on(values, "http"):
        raise UsageFault("mcp.port_needs_http")
    folder = order.text(values, "output_dir")
    return Settings(
        sandbox=desk.sandbox,
        scenes=order.many(values, "sandbox_scene"),
        no_spend=order.on(values, "no_spend"),
        confirm_above=order.whole(values, "confirm_above") or 0,
        max_credits=order.whole(values, "max_credits"),
        allow_paths=tuple(Path(one).expanduser().absolute() for one in order.many(values, "allow_path")),
        output_dir=Path(folder).expanduser().absolute() if folder else None,
        user_id=order.text(values, "user_id"),
        language=desk.reporter.language,
        language_asked=order.text(values, "language"),
        env=desk.env,
    )


def _open_log(desk: Desk) -> None:
    from ima_nano_banana.local import logs, paths

    logs.configure(paths.state_root(desk.env), desk.env.get("IMA_API_KEY"))


COMMAND = Command(
    name="mcp",
    about="help.mcp_",
    example="nano-banana mcp --sandbox",
    run=run,
    flags=named(
        "--http",
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
