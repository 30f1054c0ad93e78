"""From packed boxes to an answer: parcels with their figures, the certificate, warnings, the independent check.

Uses the model of the order and its parts; asks the search for nothing but proofs of smallest changes.
"""
