"""Real shells with headrace's completion script, asked what Tab would offer."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_BASH = """\
source <(headrace completion bash)
COMP_LINE={line}
COMP_POINT=${{#COMP_LINE}}
COMP_WORDS=(headrace)
COMP_CWORD=1
compopt() {{ [[ "$2" == nospace ]] && echo "nospace" >&3; return 0; }}
_headrace_complete 3>&1
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

_ZSH = """\
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= ; autoload -U compinit; compinit -u -d $PWD/.zcompdump; source <(headrace completion zsh)"
zpty -w shell "zstyle ':completion:*' list-grouped no; compadd() {{ [[ \\$1 == -O || \\$1 == -A || \\$1 == -D ]] && \\
    builtin compadd \\"\\$@\\"; print -r -- OFFERED \\${{(P)@[-1]}}; }}"
zpty -w shell "print READY"
zpty -r shell seen '*READY*READY*'
zpty -w -n shell {line}$'\\t'
sleep {patience}
zpty -r -t shell seen
while zpty -r -t shell more; do seen+="$more"; done
print -r -- "$seen"
zpty -d shell
"""


def offered_by_bash(folder: Path, line: str) -> list[str]:
    """What bash puts into COMPREPLY for a line with the cursor at its end, `nospace` first where it was asked for."""
    return _asked("bash", ["--norc", "-c", _BASH.format(line=shlex.quote(line))], folder)


def offered_by_fish(folder: Path, line: str) -> list[str]:
    """What fish offers, without the descriptions."""
    script = f"headrace completion fish | source; complete -C {shlex.quote(line)}"
    return [found.partition("\t")[0] for found in _asked("fish", ["--no-config", "-c", script], folder)]


def offered_by_zsh(folder: Path, line: str, patience: float = 1.0) -> list[str]:
    """What zsh hands to `compadd`, in a real interactive shell on a pseudo-terminal."""
    seen = _asked("zsh", ["-f", "-c", _ZSH.format(line=shlex.quote(line), patience=patience)], folder)
    return [word for found in seen if "OFFERED " in found for word in found.partition("OFFERED ")[2].split()]


def _asked(shell: str, words: list[str], folder: Path) -> list[str]:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [found, *words],
        cwd=folder,
        env={**os.environ, "PATH": path, "TERM": "dumb", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()
