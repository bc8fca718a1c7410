"""The script for fish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ima_nano_banana.doors.completion.tree import Tree

_START = """\
# nano-banana completion for fish
function __nano_banana_at
    set -l at
    for word in (commandline -opc)[2..]
        switch "$at/$word"
            case {paths}
                set at "$at/$word"
        end
    end
    test "$at" = "$argv[1]"
end
"""


def written(tree: Tree) -> str:
    """Return the script."""
    paths = " ".join("/" + "/".join(path) for path in tree.words if path)
    lines = [_START.format(paths=paths)]
    for path, known in tree.words.items():
        at = "/" + "/".join(path) if path else ""
        start = f"complete -c nano-banana -n '__nano_banana_at \"{at}\"'"
        plain = [word for word in known if not word.startswith("--")]
        if plain:
            lines.append(f"{start} -f -a '{' '.join(plain)}'")
        lines += [f"{start} {_option(word, tree)}" for word in known if word.startswith("--")]
    return "\n".join(lines) + "\n"


def _option(word: str, tree: Tree) -> str:
    name = word.removeprefix("--")
    if word in tree.values:
        return f"-l {name} -x -a '{' '.join(tree.values[word])}'"
    if word in tree.folders:
        return f"-l {name} -x -a '(__fish_complete_directories)'"
    return f"-l {name} -r" if word in tree.valued else f"-l {name}"
