"""Decides who may call: certificates of the ports, tokens, and the scope that each method needs.

Used by the ports and ``observer``. Does not depend on the content of requests.
"""
