"""Decides whether units fit into a box, and where they lie: integers and arrays in and out.

It uses numpy and numba, and knows nothing of carbon, protobuf, files or clocks.
"""
