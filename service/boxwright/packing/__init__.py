"""Does it fit, and how: geometry only, integers and arrays in and out.

Uses numpy and numba; knows nothing of carbon, protobuf, files or clocks.
"""
