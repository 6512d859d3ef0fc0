"""What the machine gives: time zones, a clock that is right, git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headrace import errors
from headrace.doctor.finding import Finding, Patient


def time_zones(patient: Patient) -> Iterable[Finding]:
    """Whether schedules can be read: small container images come without time zone data."""
    del patient
    try:
        there = datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    except ZoneInfoNotFoundError:
        return [Finding("fail", "time zones", "there is no time zone data", "pip install tzdata")]
    if there.utcoffset() != timedelta(hours=2):
        return [Finding("warn", "time zones", "the data is out of date", "pip install --upgrade tzdata")]
    return [Finding("ok", "time zones", "known")]


def clock(patient: Patient) -> Iterable[Finding]:
    """Whether the clock is plausible: not before the day that this version was installed."""
    del patient
    now = datetime.now(UTC)
    installed = datetime.fromtimestamp(Path(errors.__file__).stat().st_mtime, UTC)
    if now < installed:
        said = f"it says {now:%Y-%m-%d %H:%M} UTC, and headrace was installed on {installed:%Y-%m-%d}"
        return [Finding("fail", "clock", said, "set the machine's clock, as in `timedatectl set-ntp true`")]
    return [Finding("ok", "clock", f"{now:%Y-%m-%d %H:%M} UTC, local time {now.astimezone():%H:%M %Z}")]


def git(patient: Patient) -> Iterable[Finding]:
    """Whether runs can be told apart by commit, and `plan --against` has something to read."""
    try:
        said = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=3, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return [Finding("warn", "git", "not found", "install git: comparing with another revision needs it")]
    version = said.strip().removeprefix("git version ")
    if patient.project is None:
        return [Finding("ok", "git", version)]
    inside = subprocess.run(
        ["git", "-C", str(patient.project.root), "rev-parse", "--git-dir"], capture_output=True, timeout=3, check=False
    )
    if inside.returncode:
        remedy = f"git -C {patient.project.root} init"
        return [Finding("warn", "git", f"{version}; the project is not in a repository", remedy)]
    return [Finding("ok", "git", version)]
