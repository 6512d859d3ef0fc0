"""Who is champion, and who decides it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.errors import StageError, UsageError
from headrace.registry import (
    Promotion,
    find_champion,
    history,
    promote_version,
    rollback,
    set_champion,
)
from headrace.tracking import Settings
from headrace.tracking.connection import connected
from registered import fresh_settings, named_versions


@dataclass
class Registry:
    """The versions 1 to 3 of one model, and what a pipeline and a person can do to them."""

    settings: Settings

    def promote(self, version: str, seen: str | None, clock: datetime | None = None) -> Promotion:
        return promote_version(self.settings, "late", "champion", version, seen, clock)

    def put(self, version: str) -> Promotion:
        return set_champion(self.settings, "late", "champion", version)

    def roll_back(self) -> Promotion:
        return rollback(self.settings, "late", "champion")

    def move_in_mlflow(self, version: str) -> None:
        """What somebody does in MLflow's own interface."""
        with connected(self.settings) as client:
            client.set_registered_model_alias("late", "champion", version)

    @property
    def champion(self) -> str | None:
        found = find_champion(self.settings, "late", "champion")
        return found.version if found else None

    def tags(self, version: str) -> dict[str, str]:
        with connected(self.settings) as client:
            return dict(client.get_model_version("late", version).tags)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    settings = fresh_settings(tmp_path)
    named_versions(settings, 1, 2, 3)
    return Registry(settings)


def test_the_first_version_takes_the_alias(registry: Registry) -> None:
    promotion = registry.promote("1", seen=None)

    assert promotion == Promotion("champion", "1", None, True, "first champion")
    assert registry.champion == "1"
    assert "headrace.promoted_at" in registry.tags("1")


def test_a_version_takes_over_from_the_champion_that_the_gates_saw(registry: Registry) -> None:
    registry.promote("1", seen=None)

    promotion = registry.promote("2", seen="1")

    assert (promotion.promoted, promotion.previous) == (True, "1")
    assert registry.champion == "2"
    assert registry.tags("2")["headrace.previous"] == "1"


@pytest.mark.parametrize("seen", [None, "3"])
def test_if_the_champion_has_changed_the_gates_must_decide_again(registry: Registry, seen: str | None) -> None:
    registry.promote("1", seen=None)

    with pytest.raises(StageError, match="is version 1 now") as caught:
        registry.promote("2", seen=seen)

    assert caught.value.retryable
    assert registry.champion == "1"


def test_a_retry_after_a_lost_reply_finds_it_done(registry: Registry) -> None:
    registry.promote("1", seen=None)
    clock = datetime.now(UTC)
    registry.promote("2", seen="1", clock=clock)
    before = registry.tags("2")

    again = registry.promote("2", seen="1", clock=clock)

    assert (again.promoted, again.previous) == (True, "1")
    assert registry.tags("2") == before


def test_a_try_that_was_cut_off_after_the_alias_moved_is_completed(registry: Registry) -> None:
    registry.promote("1", seen=None)
    registry.move_in_mlflow("2")

    assert registry.promote("2", seen="1").promoted
    assert registry.tags("2")["headrace.promoted_at"] > registry.tags("1")["headrace.promoted_at"]


def test_after_a_rollback_in_mlflow_running_again_does_not_promote_again(registry: Registry) -> None:
    registry.promote("1", seen=None)
    registry.promote("2", seen="1")
    registry.move_in_mlflow("1")

    promotion = registry.promote("2", seen="1")

    assert not promotion.promoted
    assert "`headrace promote late 2` promotes it anyway" in promotion.reason
    assert registry.champion == "1"


def test_after_the_alias_was_taken_away_running_again_does_not_promote_again(registry: Registry) -> None:
    registry.promote("1", seen=None)
    with connected(registry.settings) as client:
        client.delete_registered_model_alias("late", "champion")

    assert not registry.promote("1", seen=None).promoted
    assert registry.champion is None


def test_after_the_rollback_verb_running_again_does_not_promote_again(registry: Registry) -> None:
    registry.promote("1", seen=None)
    registry.promote("2", seen="1")

    back = registry.roll_back()

    assert (back.version, back.previous, registry.champion) == ("1", "2", "1")
    assert not registry.promote("2", seen="1").promoted


def test_after_an_older_version_was_promoted_by_hand_running_again_does_not_undo_it(registry: Registry) -> None:
    registry.promote("1", seen=None)
    registry.promote("2", seen="1")
    registry.put("1")

    assert not registry.promote("2", seen="1").promoted


def test_a_newer_model_follows_a_rollback(registry: Registry) -> None:
    registry.promote("1", seen=None)
    registry.promote("2", seen="1")
    registry.roll_back()

    assert registry.promote("3", seen="1").promoted
    assert registry.champion == "3"


def test_a_version_that_was_withdrawn_can_be_promoted_by_hand_and_is_then_champion_like_any(registry: Registry) -> None:
    registry.promote("1", seen=None)
    registry.promote("2", seen="1")
    registry.roll_back()

    registry.put("2")

    assert registry.champion == "2"
    assert registry.promote("2", seen="2").promoted
    assert registry.roll_back().version == "1"


def test_an_older_model_that_is_better_again_is_promoted_again(registry: Registry) -> None:
    registry.promote("1", seen=None)
    registry.promote("2", seen="1")  # by its gates, not by hand

    assert registry.promote("1", seen="2").promoted


def test_putting_the_champion_in_its_own_place_changes_nothing(registry: Registry) -> None:
    registry.promote("1", seen=None)
    before = registry.tags("1")

    assert registry.put("1").promoted
    assert registry.tags("1") == before


def test_a_version_that_does_not_exist(registry: Registry) -> None:
    with pytest.raises(UsageError, match="late has no version 9") as caught:
        registry.put("9")
    assert caught.value.remedy == "it has 3, 2, 1"
    with pytest.raises(UsageError, match="late has no version newest"):
        registry.put("newest")


def test_there_is_nothing_to_roll_back_to(registry: Registry) -> None:
    with pytest.raises(UsageError, match="nothing to roll back"):
        registry.roll_back()
    registry.promote("1", seen=None)
    with pytest.raises(UsageError, match="none to go back to") as caught:
        registry.roll_back()
    assert "headrace promote late VERSION" in caught.value.remedy


def test_a_model_that_is_not_registered(registry: Registry) -> None:
    with pytest.raises(UsageError) as caught:
        set_champion(registry.settings, "other", "champion", "1")
    assert "headrace run late" in caught.value.remedy
    assert history(registry.settings, "other", "champion") == ()


def test_history_tells_who_was_champion(registry: Registry) -> None:
    registry.promote("1", seen=None)
    registry.promote("2", seen="1")
    registry.roll_back()

    entries = {entry.version: entry for entry in history(registry.settings, "late", "champion")}

    assert list(entries) == ["3", "2", "1"]
    assert [entry.is_champion for entry in entries.values()] == [False, False, True]
    assert entries["3"].promoted_at is None
    assert entries["2"].previous == "1"
    assert entries["2"].withdrawn_at is not None
    assert entries["1"].model_digest == "1" * 64


def test_the_champion_is_known_right_after_a_promotion_without_asking(registry: Registry) -> None:
    find_champion(registry.settings, "late", "champion")
    registry.promote("1", seen=None)

    start = time.perf_counter()
    assert registry.champion == "1"
    assert time.perf_counter() - start < 0.01


JULY = datetime(2024, 7, 1, tzinfo=UTC)


@given(order=st.permutations([1, 2, 3]))
@settings(max_examples=6, deadline=None)
def test_whatever_the_order_of_ending_the_run_that_knows_most_wins(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    fresh = fresh_settings(tmp_path_factory.mktemp("order"))
    named_versions(fresh, 1, 2, 3)
    registry = Registry(fresh)

    for month in order:
        registry.promote(str(month), seen=registry.champion, clock=JULY + timedelta(days=31 * month))

    assert registry.champion == "3"


def test_a_model_of_the_past_does_not_take_the_champions_place(registry: Registry) -> None:
    registry.promote("1", seen=None)

    late = registry.promote("2", seen="1", clock=JULY)

    assert not late.promoted
    assert "a model of the past does not take its place" in late.reason
    assert "2024-07-01" in late.reason
    assert registry.champion == "1"


def test_it_is_no_mistake_that_the_gates_of_the_past_saw_nobody(registry: Registry) -> None:
    registry.promote("2", seen=None, clock=JULY + timedelta(days=31))

    assert not registry.promote("1", seen=None, clock=JULY).promoted


def test_what_a_person_puts_there_stays_against_runs_of_before(registry: Registry) -> None:
    registry.promote("1", seen=None, clock=JULY)
    registry.put("2")

    assert not registry.promote("3", seen="2", clock=JULY + timedelta(days=31)).promoted
    assert registry.promote("3", seen="2").promoted


def test_a_champion_that_a_later_run_confirms_is_as_late_as_that_run(registry: Registry) -> None:
    registry.promote("1", seen=None, clock=JULY)
    registry.promote("1", seen="1", clock=JULY + timedelta(days=62))

    assert not registry.promote("2", seen="1", clock=JULY + timedelta(days=31)).promoted
