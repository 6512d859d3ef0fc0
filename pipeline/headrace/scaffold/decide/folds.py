"""Parts of the training rows on which models are tried, set apart in the way in which the test part is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from headrace.config.schema.modelling import GroupedSplit, Split, TimeSplit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Fold = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]

_FOLDS = 5
_FEW_ROWS = 1_000
_TWICE = 2


def folds(split: Split, frame: pd.DataFrame, actual: npt.NDArray[Any], has_labels: bool, seed: int) -> Iterator[Fold]:
    """Places of training and test rows. `frame` has the split's column, in the order of time where it is a time.

    The number of folds is 5, twice over where there are fewer than 1,000 rows, as far as groups or labels allow it.
    """
    if isinstance(split, TimeSplit):
        from sklearn.model_selection import TimeSeriesSplit

        yield from reversed(list(TimeSeriesSplit(n_splits=_FOLDS).split(actual)))  # the largest is the most like a run
        return
    for repeat in range(_TWICE if len(actual) < _FEW_ROWS else 1):
        if isinstance(split, GroupedSplit) and frame[split.column].nunique() >= _TWICE:
            yield from _grouped(frame[split.column], actual, has_labels, seed + repeat)
        else:
            yield from _dealt(actual, has_labels, seed + repeat)


def _grouped(groups: pd.Series, actual: npt.NDArray[Any], has_labels: bool, seed: int) -> Iterator[Fold]:
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    count = min(_FOLDS, int(groups.nunique()))
    codes = groups.factorize()[0]
    if has_labels and _rarest(actual) >= count:
        yield from StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(actual, actual, codes)
    else:
        yield from GroupKFold(count, shuffle=True, random_state=seed).split(actual, actual, codes)


def _dealt(actual: npt.NDArray[Any], has_labels: bool, seed: int) -> Iterator[Fold]:
    from sklearn.model_selection import KFold, StratifiedKFold

    if has_labels and _rarest(actual) >= _TWICE:
        count = min(_FOLDS, _rarest(actual))
        yield from StratifiedKFold(count, shuffle=True, random_state=seed).split(actual, actual)
    else:
        yield from KFold(_FOLDS, shuffle=True, random_state=seed).split(actual)


def _rarest(actual: npt.NDArray[Any]) -> int:
    import numpy as np

    return int(np.unique(actual, return_counts=True)[1].min())
