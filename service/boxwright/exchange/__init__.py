"""Files that others read: evidence of grams, bundles for audits, packaging returns, transport data, statements.

Plans, requests and outcomes come as the contract's JSON, as a store, ``pack --json`` and ``pack --out`` have them. Uses
catalog, domain and the packages below them.
"""
