from __future__ import annotations

import subprocess
import sys

from config_folder import ProjectFolder
from headrace.errors import Place


def test_a_pipeline_compiles_to_its_specification(project: ProjectFolder) -> None:
    spec, composed = project.compile("seed=7")
    assert (spec.name, spec.seed, spec.task) == ("late", 7, "binary")
    assert spec.model is not None
    assert spec.model.params["max_bin"] == 128
    assert spec.features is not None
    assert spec.features.names == ("distance", "temp", "carrier")
    assert composed.places["seed"] == Place("override 'seed=7'")


def test_compiling_twice_gives_equal_results(project: ProjectFolder) -> None:
    assert project.compile() == project.compile()


def test_an_added_file_is_a_pipeline(project: ProjectFolder) -> None:
    project.write({"conf/pipeline/other.yaml": "# @package _global_\ndefaults: [late]\nowner: me\n"})
    spec, _ = project.compile(pipeline="other")
    assert (spec.name, spec.owner) == ("other", "me")


def test_importing_the_checks_imports_no_hydra() -> None:
    program = (
        "import sys, headrace.config, headrace.config.spec, headrace.config.codes, headrace.config.metric_names, "
        "headrace.secrets; print(sorted({'hydra', 'omegaconf', 'sqlglot', 'duckdb', 'antlr4'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
