"""The script for zsh."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ima_nano_banana.doors.completion.tree import Tree

# `path` is the search path in zsh, so the place among the commands has another name.
_FRAME = """\
#compdef nano-banana
# nano-banana completion for zsh
_nano_banana() {{
    local at= word prev=${{words[CURRENT-1]}}
    case $prev in
{values}
    esac
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case $at/$word in
            {paths}) at=$at/$word ;;
        esac
    done
    case $at in
{words}
    esac
    [[ -n $at ]] && _files
    return 0
}}
if [[ ${{funcstack[1]}} == _nano_banana ]]; then _nano_banana "$@"; else compdef _nano_banana nano-banana; fi
"""


def written(tree: Tree) -> str:
    """Return the script."""
    values = [f"        {name}) compadd -- {' '.join(known)}; return ;;" for name, known in tree.values.items()]
    values.append(f"        {'|'.join(tree.folders)}) _files -/; return ;;")
    others = [name for name in tree.valued if name not in tree.values and name not in tree.folders]
    values.append(f"        {'|'.join(others)}) _files; return ;;")
    paths = "|".join("/" + "/".join(path) for path in tree.words if path)
    words = [
        f"""        {"/" + "/".join(path) if path else '""'}) compadd -- {" ".join(known)} ;;"""
        for path, known in tree.words.items()
    ]
    return _FRAME.format(values="\n".join(values), paths=paths, words="\n".join(words))
