"""Load tests of the service; clients are separate processes."""
