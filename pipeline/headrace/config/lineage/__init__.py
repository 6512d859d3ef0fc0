"""Where the columns of a transform's result come from, told from its SQL alone."""

from headrace.config.lineage.absent import Absent, absent, outputs_of
from headrace.config.lineage.origin import Origin, Origins, Way
from headrace.config.lineage.trace import origins

__all__ = ["Absent", "Origin", "Origins", "Way", "absent", "origins", "outputs_of"]
