"""Evaluation of a million orders; see ``docs/evidence/benchmarks.md``."""
