"""Long-running operations: evaluations and designs. Each runs in a process of its own; its state is in the store."""
