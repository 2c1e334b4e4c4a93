"""``forecastlab completion bash|zsh``: a script that teaches the shell to complete our words."""

from __future__ import annotations

from forecastlab.cli.arguments import Arguments
from forecastlab.schema import ConfigError, Fault, nearest

BASH = r"""_forecastlab() {
    local words
    mapfile -t words < <("$1" complete bash "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    COMPREPLY=("${words[@]}")
    if [[ ${#words[@]} -eq 1 && ${words[0]} == *[=./] ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _forecastlab forecastlab
"""
ZSH = r"""_forecastlab() {
    local -a words open
    words=("${(@f)$(${words[1]} complete zsh "$LBUFFER" 2>/dev/null)}")
    open=(${(M)words:#*[=./]})
    words=(${words:#*[=./]})
    (( $#words )) && compadd -Q -- $words
    (( $#open )) && compadd -Q -S '' -- $open
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _forecastlab forecastlab
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH}


def main(arguments: Arguments) -> int:
    """Print the script of a shell; the shell reads it with eval."""
    (shell, *rest) = arguments.overrides or ("",)
    if shell not in SCRIPTS or rest:
        found = f"found {' '.join(arguments.overrides) or 'nothing'}, allowed are {', '.join(SCRIPTS)}"
        fix = nearest(shell, list(SCRIPTS)) or 'type eval "$(forecastlab completion bash)"'
        raise ConfigError(Fault("bad-option", "completion", found, fix))
    print(SCRIPTS[shell], end="")
    return 0
