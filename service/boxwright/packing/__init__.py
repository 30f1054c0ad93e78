"""Decides whether units fit into a box, and where they lie. Input and output are integers and arrays.

It uses numpy and numba, and knows nothing of carbon, protobuf, files or clocks.
"""
