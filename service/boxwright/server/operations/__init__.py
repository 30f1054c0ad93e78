"""Long-running operations: evaluations and designs. Each runs in its own process, and its state is in the store."""
