"""Edges between tasks, and what a refusal skips."""

from __future__ import annotations

from headrace_airflow.spec.graph import ancestors, skipped_by, upstream_of

CHAIN = {
    "ingest": (),
    "train": ("ingest",),
    "gate": ("train", "ingest"),
    "register": ("train", "gate"),
    "promote": ("register", "gate"),
    "track": ("ingest", "train", "gate", "register", "promote"),
}
FORK = {"a": (), "gate": ("a",), "other": ("a",), "promote": ("gate", "other"), "track": ("gate", "other", "promote")}


def test_a_refusal_skips_all_that_follows_but_what_runs_regardless() -> None:
    assert skipped_by("gate", CHAIN, {"track"}) == ("register", "promote")
    assert skipped_by("promote", CHAIN, {"track"}) == ()


def test_edges_that_others_imply_are_left_out() -> None:
    found = {name: upstream_of(name, CHAIN, {"track"}) for name in CHAIN}

    assert found == {
        "ingest": (),
        "train": ("ingest",),
        "gate": ("train",),
        "register": ("gate",),
        "promote": ("register",),
        "track": ("promote",),
    }


def test_order_is_the_same_without_the_implied_edges() -> None:
    reduced = {name: upstream_of(name, FORK, {"track"}) for name in FORK}

    assert all(ancestors(name, reduced) == ancestors(name, FORK) for name in FORK)


def test_what_runs_regardless_waits_for_the_branches_that_a_skipped_stage_no_longer_waits_for() -> None:
    """When the gate refuses, `promote` is skipped at once, and `other` may still be at work."""
    assert upstream_of("track", FORK, {"track"}) == ("gate", "other", "promote")
    assert upstream_of("track", FORK, ()) == ("promote",)
