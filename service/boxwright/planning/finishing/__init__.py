"""Turns packed boxes into an answer: parcels with their figures, the certificate, warnings, the independent check.

Uses the model of the order and its parts; of the search only the proofs, for smallest changes.
"""
