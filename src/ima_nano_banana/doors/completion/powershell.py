"""The script for PowerShell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ima_nano_banana.doors.completion.tree import Tree

_FRAME = """\
# nano-banana completion for PowerShell
Register-ArgumentCompleter -Native -CommandName nano-banana -ScriptBlock {{
    param($wordToComplete, $commandAst, $cursorPosition)
    $values = @{{
{values}
    }}
    $known = @{{
{words}
    }}
    $typed = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object {{ $_.Extent.EndOffset -lt $cursorPosition }} | ForEach-Object {{ $_.ToString() }})
    $at = ''
    foreach ($word in $typed) {{ if ($known.ContainsKey("$at/$word")) {{ $at = "$at/$word" }} }}
    $last = if ($typed.Count) {{ $typed[-1] }} else {{ '' }}
    $found = if ($values.ContainsKey($last)) {{ $values[$last] }} else {{ $known[$at] }}
    $found | Where-Object {{ $_ -like "$wordToComplete*" }} |
        ForEach-Object {{ [System.Management.Automation.CompletionResult]::new($_) }}
}}
"""


def written(tree: Tree) -> str:
    """Return the script."""
    values = [f"        '{name}' = {_list(known)}" for name, known in tree.values.items()]
    words = [f"        '{'/' + '/'.join(path) if path else ''}' = {_list(known)}" for path, known in tree.words.items()]
    return _FRAME.format(values="\n".join(values), words="\n".join(words))


def _list(words: Iterable[str]) -> str:
    return "@(" + ", ".join(f"'{word}'" for word in words) + ")"
