"""Makes click commands from :mod:`~ima_nano_banana.doors.cli.spec`. Values stay text; help is our own."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

import click

from ima_nano_banana import words
from ima_nano_banana.doors import dashes, flags, helptext
from ima_nano_banana.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ima_nano_banana.doors.cli.spec import Argument, Command
    from ima_nano_banana.doors.desk import Desk
    from ima_nano_banana.words import Language

PROGRAM = "nano-banana"
_LANGUAGE = flags.BY_SPELLING["--language"]


def desk_of(context: click.Context) -> Desk:
    """Return the desk that the whole run works at."""
    return cast("Desk", context.find_root().obj)


class _Group(click.Group):
    """A group that refuses a strange command in our own words."""

    full = PROGRAM
    """How the group is typed."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that ``args`` begin with.

        Raises:
            UsageFault: there is none of that name.
        """
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise UsageFault("flags.no_command", word=args[0], group=self.full)
        return super().resolve_command(ctx, args)


class LazyGroup(_Group):
    """The root: a command's module is imported when that command is typed.

    Args:
        homes: Name of each command -> name of its module in ``doors.cli``.
    """

    def __init__(self, homes: Mapping[str, str]) -> None:
        super().__init__(
            PROGRAM,
            invoke_without_command=True,
            callback=_root,
            params=[*_asking(), _option(_LANGUAGE)],
            add_help_option=False,
        )
        self._homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every name, in the order of help."""
        return list(self._homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        home = self._homes.get(cmd_name)
        if home is None:
            return None
        module = importlib.import_module(f"ima_nano_banana.doors.cli.{home}")
        return built(module.COMMAND)

    def get_help(self, ctx: click.Context) -> str:
        """Return help of the program."""
        language = desk_of(ctx).reporter.language
        listed = [(name, f"help.{name}_") for name in self._homes]
        usage = f"{PROGRAM} COMMAND …"
        example = f'{PROGRAM} generate "a cute puppy on grass" --size 1K'
        told = helptext.of_group("help.nano_banana", example, usage, listed, language)
        return f"{told}\n\n{words.text('help.more', language)}"


@click.pass_context
def _root(context: click.Context, /, **_: object) -> int:
    if context.invoked_subcommand is None:
        desk_of(context).reporter.printer.out(context.get_help())
    return 0


def built(spec: Command, prefix: str = PROGRAM) -> click.Command:
    """Return the click command of ``spec``."""
    full = f"{prefix} {spec.name}"
    taken = spec.flags or (_LANGUAGE,)
    params = [*_asking(), *(_option(flag) for flag in taken), *(_argument(one) for one in spec.arguments)]

    @click.pass_context
    def call(context: click.Context, /, **values: object) -> int:
        return _call(spec, context, values)

    if not spec.commands:
        return _Helped(spec, full, params, call)
    group = _HelpedGroup(spec, full, params, call)
    for own in spec.commands:
        group.add_command(built(own, full))
    return group


def _call(spec: Command, context: click.Context, values: dict[str, object]) -> int:
    if context.invoked_subcommand is not None:
        return 0
    desk = desk_of(context)
    if spec.run is None:
        desk.reporter.printer.out(context.get_help())
        return 0
    _check_values(spec, values)
    if context.args:
        key = "flags.unexpected" if spec.name in dashes.PROMPTED else "flags.unexpected_word"
        raise UsageFault(key, word=context.args[0])
    for argument in spec.arguments:
        # A blank prompt is refused as one; a blank name of anything else is as good as none.
        told = values.get(argument.name)
        if argument.required and (told is None or (not told and argument.name != "prompt")):
            raise UsageFault("flags.missing", name=argument.name.upper())
    desk.settle(values)
    return spec.run(desk)


def _check_values(spec: Command, values: Mapping[str, object]) -> None:
    """Refuse an option in the place of a value: click would take it for one."""
    for flag in spec.flags:
        value = values.get(flag.dest)
        for one in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(one, str) and one in flags.BY_SPELLING:
                raise UsageFault("flags.needs_value", flag=flag.name, metavar=flag.metavar)


def _asking() -> list[click.Parameter]:
    """Return ``--help`` and ``--version``, answered through our own printer."""

    def show_help(context: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked:
            desk_of(context).reporter.printer.out(context.get_help())
            context.exit(0)

    def show_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked:
            from ima_nano_banana import __version__

            desk_of(context).reporter.printer.out(__version__)
            context.exit(0)

    quiet = {"is_flag": True, "is_eager": True, "expose_value": False}
    return [
        click.Option(["--help", "-h"], callback=show_help, **quiet),  # type: ignore[arg-type]
        click.Option(["--version"], callback=show_version, hidden=True, **quiet),  # type: ignore[arg-type]
    ]


def _option(flag: flags.Flag) -> click.Option:
    names = [*flag.spellings, flag.dest]
    if flag.kind == "switch":
        return click.Option(names, is_flag=True, default=False)
    return click.Option(names, multiple=flag.kind == "many", type=str, default=None, metavar=flag.metavar)


def _argument(argument: Argument) -> click.Argument:
    return click.Argument([argument.name], nargs=-1 if argument.many else 1, required=False, type=str)


def _help(spec: Command, full: str, language: Language) -> str:
    if spec.commands and not spec.flags:
        listed = [(own.name, own.about) for own in spec.commands]
        return helptext.of_group(spec.about, spec.example, f"{full} COMMAND …", listed, language)
    usage = " ".join((full, *(_shown(one) for one in spec.arguments), "[OPTIONS]"))
    told = helptext.of_command(spec.about, spec.example, usage, spec.flags, language, exit_codes=spec.exit_codes)
    if spec.commands:
        told += "\n\n" + helptext.listed([(own.name, own.about) for own in spec.commands], language)
    return told


def _shown(argument: Argument) -> str:
    name = argument.name.upper().removesuffix("S") + ("…" if argument.many else "")
    return name if argument.required else f"[{name}]"


class _Helped(click.Command):
    """A command with our help."""

    def __init__(self, spec: Command, full: str, params: list[click.Parameter], call: object) -> None:
        super().__init__(
            spec.name,
            params=params,
            callback=call,  # type: ignore[arg-type]
            add_help_option=False,
            context_settings={"allow_extra_args": True},
        )
        self._spec = spec
        self._full = full

    def get_help(self, ctx: click.Context) -> str:
        """Return the help, an example first."""
        return _help(self._spec, self._full, desk_of(ctx).reporter.language)


class _HelpedGroup(_Group):
    """A command that has commands, with our help."""

    def __init__(self, spec: Command, full: str, params: list[click.Parameter], call: object) -> None:
        super().__init__(
            spec.name,
            params=params,
            callback=call,
            add_help_option=False,
            invoke_without_command=True,
        )
        self._spec = spec
        self.full = full

    def get_help(self, ctx: click.Context) -> str:
        """Return the help, an example first."""
        return _help(self._spec, self.full, desk_of(ctx).reporter.language)
