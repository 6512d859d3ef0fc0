from __future__ import annotations

from headrace.errors import EXIT_USAGE
from headrace.scaffold.refusal import ROWS, RefusalError


def test_a_refusal_is_a_diagnostic_with_its_own_code() -> None:
    error = RefusalError(ROWS, "12 rows", "get more")
    assert error.exit_code == EXIT_USAGE
    (diagnostic,) = error.diagnostics
    assert str(diagnostic) == "error HR225: 12 rows\n  remedy: get more"
