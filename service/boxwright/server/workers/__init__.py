"""Worker processes that plan. A process that dies, hangs or exceeds its memory fails only its own order.

Workers are forked from one process that has loaded kernels and data (``preload``). This package uses no gRPC server.
"""
