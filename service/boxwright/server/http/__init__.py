"""The contract as JSON over HTTP: Connect's unary calls, GET for resources, OpenAPI, and a page to try calls.

Calls pass the same observer as gRPC calls, with the same limits, log and metrics.
"""
