"""Benchmark of an evaluation of a million orders; see ``docs/evidence/benchmarks.md``."""
