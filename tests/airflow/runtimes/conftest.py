from __future__ import annotations

from pathlib import Path

import pytest

_FAKE = """\
import json, os, sys, time
print("to stderr", file=sys.stderr)
print("token is", os.environ.get("TOKEN"), flush=True)
for number in range(int(os.environ.get("LINES", 0))):
    print("line", number, flush=True)
    time.sleep(0.02)
time.sleep(float(os.environ.get("SLEEPS", 0)))
print(json.dumps({"stage": "train", "argv": sys.argv[1:], "odd": os.environ.get("ODD")}))
sys.exit(int(os.environ.get("CODE", 0)))
"""


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image whose headrace only says how it was called."""
    package = tmp_path / "image/headrace"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(_FAKE)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
