"""Looks at an installation as a colleague would who was called for help: what is fine, what is not, what mends it."""

from headrace.doctor.examination import examine
from headrace.doctor.finding import Check, Finding, Patient

__all__ = ["Check", "Finding", "Patient", "examine"]
