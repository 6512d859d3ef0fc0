"""Whatever a file holds, the answer is a configuration or located diagnostics, and never another exception."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from config_folder import FILES, ProjectFolder
from headrace.config.codes import CODES
from headrace.errors import ConfigError, Diagnostic

FRAGMENTS = """\t \n : - [ ] { } ' " # | > ? ??? null true .nan 1 &a *a <<: --- ${ ${owner} ${oc.env:X} ${secret:X}
${..a} ${oc.select:x} ${target} defaults: override optional @ / _self_ _target_:x !!python/name:os.system hydra:"""
OVERRIDES = st.sampled_from(
    ["model=forest", "~model", "seed=3", "+x.y=1", "model=null", "gates=[]", "gates.0={metric: a}", "~gates.0", "a b",
     "dataset.sources={}", "hydra/launcher=basic", "+schedule@s=daily", "defaults=[1]", "features=[1]", "seed=.nan"]
)  # fmt: skip
EDITS = st.tuples(
    st.sampled_from(sorted(FILES)), st.floats(0, 1), st.sampled_from(re.split("[ \n]", FRAGMENTS)), st.integers(0, 8)
)


@settings(max_examples=80, deadline=None)
@given(st.lists(EDITS, max_size=3), st.lists(OVERRIDES, max_size=2))
def test_nothing_but_diagnostics(edits: list[tuple[str, float, str, int]], overrides: list[str]) -> None:
    files = dict(FILES)
    for name, where, fragment, removed in edits:
        at = round(where * len(files[name]))
        files[name] = files[name][:at] + fragment + files[name][at + removed :]
    with TemporaryDirectory() as folder:
        project = ProjectFolder(Path(folder))
        project.write(files)
        found = _diagnostics(project, overrides)
        for diagnostic in found:
            assert diagnostic.code in CODES
            assert diagnostic.place is not None
            assert diagnostic.place.line is None or diagnostic.excerpt


def _diagnostics(project: ProjectFolder, overrides: list[str]) -> tuple[Diagnostic, ...]:
    try:
        project.compile(*overrides)
    except ConfigError as error:
        return error.diagnostics
    return ()
