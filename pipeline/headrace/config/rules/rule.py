"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from headrace.config.composed import Composed
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

#: Sees a checked specification; yields what is wrong with it, at the value that is at fault.
Rule = Callable[[Spec, Composed], Iterator[Diagnostic]]
