"""``nano-banana studio``: a page in the browser to look at pictures, to make some, and to see what they cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ima_nano_banana import words
from ima_nano_banana.doors import actions, order
from ima_nano_banana.doors.cli.spec import Command
from ima_nano_banana.doors.flags import flags_of
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from ima_nano_banana.doors.session import Session
    from ima_nano_banana.doors.studio.settings import Settings


def run(session: Session) -> int:
    """Serve until the process is stopped."""
    import asyncio

    settings = settings_of(session)
    try:
        from ima_nano_banana.doors.studio import serve
    except ModuleNotFoundError as missing:
        from ima_nano_banana.local.installs import needs_extra

        raise needs_extra("studio", missing.name) from missing
    session.open_log()

    def ready(url: str) -> None:
        printer = session.reporter.printer
        printer.err(words.text("studio.listening", session.reporter.language))
        printer.out(url)
        if settings.open_page:
            _show(url)

    try:
        asyncio.run(serve.serve(settings, ready))
    except KeyboardInterrupt:  # how a server ends; what it followed stays open in the ledger
        return serve.STOPPED
    return actions.DONE


def _show(url: str) -> None:
    """Open the browser, beside the server: some browsers keep whoever opens them waiting."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def settings_of(session: Session) -> Settings:
    """Return the rules that the options set.

    Raises:
        UsageFault: a number can't be read, or others could reach it without a token.
    """
    from ima_nano_banana.doors.studio.settings import HOST, Settings

    values = session.values
    folder, file = order.text(values, "output_dir"), order.text(values, "token_file")
    port = order.whole(values, "port")
    settings = Settings(
        env=session.env,
        sandbox=session.sandbox,
        scenes=order.many(values, "sandbox_scene"),
        key=order.text(values, "api_key"),
        user_id=order.text(values, "user_id"),
        output_dir=Path(folder).expanduser().absolute() if folder else None,
        language=session.reporter.language if order.text(values, "language") else None,
        host=order.text(values, "host") or HOST,
        port=port,
        token=_token(file),
        open_page=not order.on(values, "no_open"),
    )
    if not settings.loopback and settings.token is None:
        raise UsageFault("studio.host_needs_token", host=settings.host)
    return settings


def _token(file: str | None) -> str | None:
    if file is None:
        return None
    from ima_nano_banana.doors.mcp.guard import token_of

    return token_of(Path(file).expanduser().absolute())


COMMAND = Command(
    name="studio",
    about="help.studio_",
    example="nano-banana studio --sandbox",
    run=run,
    flags=flags_of("studio"),
)
