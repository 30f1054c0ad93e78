"""What it takes to evaluate a million orders; see ``docs/benchmarks.md``."""
