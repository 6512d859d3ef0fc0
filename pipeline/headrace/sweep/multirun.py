"""`-m`: Hydra's own sweeper and launcher drive the trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from headrace.errors import ConfigError, Diagnostic, HeadraceError

Trial = Callable[[Sequence[str]], Any]


def sweep(root: Path, pipeline: str, overrides: Sequence[str], scratch: Path, trial: Trial) -> list[Any]:
    """Call `trial` with the overrides of each combination that Hydra's sweeper makes; its results, in order.

    ConfigError for overrides that Hydra does not take; an error that a trial raises ends the sweep.
    """
    from headrace.config.compose import require_harmless

    conf = root / "conf"
    require_harmless(conf, pipeline, overrides, root)

    from hydra._internal.hydra import Hydra
    from hydra._internal.utils import create_config_search_path
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig

    from headrace.config.compose.overrides import has_place_for_pipeline

    def run_trial(config: Any) -> Any:
        del config  # compiled again from the overrides, by the one way that every run takes
        chosen: list[str] = [str(word) for word in HydraConfig.get().overrides.task]
        return trial([word for word in chosen if not word.startswith(("pipeline=", "+pipeline="))])

    settings = [
        f"{'' if has_place_for_pipeline(conf) else '+'}pipeline={pipeline}",
        f"hydra.sweep.dir='{scratch}'",
        "hydra.output_subdir=null",
        "hydra/hydra_logging=none",  # progress is headrace's to show
        "hydra/job_logging=none",
    ]
    GlobalHydra.instance().clear()
    try:
        hydra = Hydra.create_main_hydra2("headrace", create_config_search_path(str(conf)))
        returned = hydra.multirun("config", run_trial, [*settings, *overrides], with_log_configuration=False)
        return [job.return_value for batch in returned for job in batch]
    except HeadraceError:
        raise
    except Exception as error:
        message = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ConfigError([Diagnostic("HR120", f"Hydra cannot make trials of this: {message}")]) from error
    finally:
        GlobalHydra.instance().clear()
