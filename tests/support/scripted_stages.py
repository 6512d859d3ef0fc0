"""An interpreter that, instead of running a stage, does what a script says: the process boundary from outside."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from projects import Sandbox

_INTERPRETER = """\
#!{python}
import json, os, pathlib, sys, time

here = pathlib.Path(__file__).parent
words = sys.argv[1:]
if words[1] != "headrace":
    os.execv("{python}", ["{python}", *words])
pipeline, stage = words[3], words[4]
calls = here / "calls.jsonl"
earlier = calls.read_text().splitlines() if calls.exists() else []
attempt = sum(json.loads(line)["argv"][3:5] == [pipeline, stage] for line in earlier)
with calls.open("a") as file:
    file.write(json.dumps({{"argv": words, "env": dict(os.environ), "cwd": os.getcwd(), "pid": os.getpid()}}) + "\\n")
script = json.loads((here / "script.json").read_text())
member = next((word.partition("=")[2] for word in words if word.startswith("--member=")), None)
own = script.get(pipeline, {{}})
steps = own.get(f"{{stage}} {{member}}", own.get(stage, []))
step = steps[min(attempt, len(steps) - 1)] if steps else {{}}
for line in step.get("says", []):
    print(line, file=sys.stderr, flush=True)
time.sleep(step.get("sleeps", 0))
while "awaits" in step and not (here / step["awaits"]).exists():
    time.sleep(0.2)
document = step.get("document", {{"stage": stage, "status": "ran", "seconds": 0.0, "facts": {{}}}})
print(json.dumps(document), flush=True)
sys.exit(step.get("exit", 0))
"""


@dataclass(frozen=True)
class ScriptedStages:
    """The interpreter of one project, what it is to do, and what it was called with."""

    folder: Path

    @classmethod
    def install(cls, project: Sandbox, script: dict[str, dict[str, list[dict[str, Any]]]]) -> ScriptedStages:
        """Pipeline -> stage (or `STAGE MEMBER`) -> what each try does: `exit`, `document`, `says`, `sleeps`.

        `awaits` is a file in `folder` without which it does not end.
        """
        path = project.write("bin/python", _INTERPRETER.format(python=sys.executable))
        path.chmod(0o755)
        project.write("bin/script.json", json.dumps(script))
        return cls(path.parent)

    def calls(self, pipeline: str, stage: str | None = None) -> list[dict[str, Any]]:
        path = self.folder / "calls.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        found = [json.loads(line) for line in lines]
        return [call for call in found if call["argv"][3] == pipeline and stage in {None, call["argv"][4]}]
