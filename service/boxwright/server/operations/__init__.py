"""Long-running operations: evaluations and designs, each in a process of its own, with their state in the store.

It may use the packages below the server, and of the server what reads and writes messages.
"""
