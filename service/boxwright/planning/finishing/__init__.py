"""Turns packed boxes into an answer: parcels with their figures, the certificate, warnings, the independent check.

Uses the model of the order and its parts. From the search it uses only the proofs, to find the smallest changes.
"""
