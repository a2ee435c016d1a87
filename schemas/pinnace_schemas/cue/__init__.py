"""Evaluates the part of CUE that health rules use. Imported by those who have such rules, and by nobody else."""

from pinnace_schemas.cue.errors import Unevaluable, Unsupported, Unsure
from pinnace_schemas.cue.rules import DEFAULT_STEPS, Rule, parse

__all__ = ["DEFAULT_STEPS", "Rule", "Unevaluable", "Unsupported", "Unsure", "parse"]
