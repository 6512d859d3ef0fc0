"""The names that stages have, for whoever checks configuration: the table of stages itself is a layer above."""

from __future__ import annotations

#: Kinds of stages, in the order in which they run.
KINDS = ("ingest", "validate", "transform", "split", "train", "evaluate", "gate", "register", "promote", "track")
#: Names that are not those of their kinds.
OWN_NAMES = {"validate_table": "validate"}

STAGE_NAMES = (*KINDS, *OWN_NAMES)
