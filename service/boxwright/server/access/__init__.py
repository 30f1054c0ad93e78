"""Decides who may call: certificates of the ports, tokens, and the scope that each method needs.

Nothing here knows the content of requests. The ports and ``observer`` use it.
"""
