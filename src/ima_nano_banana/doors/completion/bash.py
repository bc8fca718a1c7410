"""The script for bash."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ima_nano_banana.doors.completion.tree import Tree

_FRAME = """\
# nano-banana completion for bash
_nano_banana() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} at= word known
    case $prev in
{values}
    esac
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $at/$word in
            {paths}) at=$at/$word ;;
        esac
    done
    case $at in
{words}
    esac
    COMPREPLY=($(compgen -W "$known" -- "$cur"))
}}
complete -o default -F _nano_banana nano-banana
"""


def written(tree: Tree) -> str:
    """Return the script."""
    values = [
        f"""        {name}) COMPREPLY=($(compgen -W "{" ".join(known)}" -- "$cur")); return ;;"""
        for name, known in tree.values.items()
    ]
    values.append(f"""        {"|".join(tree.folders)}) COMPREPLY=($(compgen -d -- "$cur")); return ;;""")
    values.append(f"        {'|'.join(name for name in tree.valued if name not in tree.values)}) return ;;")
    paths = "|".join("/" + "/".join(path) for path in tree.words if path)
    words = [
        f"""        {"/" + "/".join(path) if path else '""'}) known="{" ".join(known)}" ;;"""
        for path, known in tree.words.items()
    ]
    return _FRAME.format(values="\n".join(values), paths=paths, words="\n".join(words))
