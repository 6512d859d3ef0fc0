"""Keys of actions: what would be made, named before it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headrace.plan.model import Ref, Stage, digest_of
from headrace.stages.kind import StageKind
from headrace.store import Action, Output, Store


@dataclass(frozen=True, slots=True)
class Question:
    """What a stage would be asked now: its recipe, its inputs' content, the world and the clock."""

    stage: Stage
    inputs: Mapping[str, Output]
    observed: Mapping[str, Any]
    as_of: datetime | None

    @property
    def key(self) -> str:
        """Name of the answer."""
        return self._key(self.as_of)

    @property
    def timeless_key(self) -> str:
        """Name of the answer that takes everything there is."""
        return self._key(None)

    def _key(self, as_of: datetime | None) -> str:
        contents = {name: output.digest for name, output in self.inputs.items()}
        return digest_of([self.stage.recipe, contents, self.observed, as_of and as_of.isoformat()])

    def answer(self, store: Store) -> Action | None:
        """What was made before, if it answers this: an answer that left nothing out holds for later clocks too."""
        found = store.find(self.key)
        if found is not None or self.as_of is None:
            return found
        timeless = store.find(self.timeless_key)
        return timeless if timeless and _holds(timeless, self.as_of) else None

    def publish(self, store: Store, action: Action) -> None:
        """Let a committed answer be found by whoever asks without a clock, where it holds for them."""
        if self.as_of is not None and _holds(action, self.as_of):
            store.alias(self.timeless_key, action)


def _holds(action: Action, as_of: datetime) -> bool:
    return action.holds_after is not None and datetime.fromisoformat(action.holds_after) < as_of


def question(
    stage: Stage,
    kind: StageKind,
    made: Mapping[str, Mapping[str, Output]],
    observed: Mapping[str, Any],
    as_of: datetime | None,
) -> Question:
    """The question a stage is asked, given what the stages before it made."""
    return Question(stage, _inputs(stage, made), observed, as_of if kind.clocked else None)


def _inputs(stage: Stage, made: Mapping[str, Mapping[str, Output]]) -> dict[str, Output]:
    """Input name -> file. `*` spreads as NAME/OUTPUT; what a skipped stage did not make is left out."""
    files: dict[str, Output] = {}
    for name, ref in stage.inputs.items():
        outputs = made.get(ref.stage, {})
        files.update(_spread(name, ref, outputs))
    return files


def _spread(name: str, ref: Ref, outputs: Mapping[str, Output]) -> dict[str, Output]:
    if ref.output == "*":
        return {f"{name}/{output}": file for output, file in outputs.items()}
    return {name: outputs[ref.output]} if ref.output in outputs else {}
