"""What it takes to evaluate a million orders; see ``docs/evidence/benchmarks.md``."""
