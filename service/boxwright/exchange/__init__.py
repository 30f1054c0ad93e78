"""Files for auditors and authorities: evidence of grams, audit bundles, packaging returns, transport data, statements.

Reads plans, requests and outcomes as the contract's JSON, from a store, ``pack --json`` or ``pack --out``. Uses
catalog, domain and the packages below them.
"""
