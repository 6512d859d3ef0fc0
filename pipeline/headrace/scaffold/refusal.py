"""Why `headrace new` makes no pipeline."""

from __future__ import annotations

from headrace.errors import EXIT_USAGE, HeadraceError

#: What can be wrong: the code of each reason, explained in `headrace lint --explain CODE`.
NAME, FILE, LAYOUT, COLUMN, TARGET = "HR220", "HR221", "HR222", "HR223", "HR224"
ROWS, FEATURES, EXISTS, SPLIT, TASK = "HR225", "HR226", "HR227", "HR228", "HR229"


class RefusalError(HeadraceError):
    """No pipeline can be made of this, and nothing was written."""

    exit_code = EXIT_USAGE

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.code = code
