"""Protobuf on one side, domain on the other: the only package that knows both.

One file per family of messages. A ``Codec`` (``message.py``) writes and reads what messages and nouns call the same,
those inside others by the types of their attributes; ``read_*`` notes every finding, ``*_to_wire`` goes the other way.
These do not follow from it, each for its reason:

- ``footprint``: the texts of lines are kept as bytes, or most of the time of a plan's message would go into them.
- ``stated_plan``: placements come in pack sequence, and an orientation may follow from the extents.
- ``outcome``: judged and stored as it was sent; no noun is made of it.
- ``catalog``: what an answer names as derived is compared with what follows from the rest.
- ``canonical``: whole numbers, for a hash that does not change with the contract.
- ``json``, ``intake``: of any message, before there is one.
- Amounts of money on their way out: the catalog or table has their currency, the noun has not.
"""
