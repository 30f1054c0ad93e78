"""The contract as JSON over HTTP: Connect's unary calls, GET for resources, a description and a page to try them.

It may use the server. Calls go through the same observer as those over gRPC: limits, log and metrics are
one.
"""
