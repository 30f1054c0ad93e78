"""Converts between protobuf and domain; no other package below the server depends on both.

There is a module per family of messages. A ``Codec`` (``message.py``) writes and reads fields that have the same name
in message and domain; nested messages follow from the types of attributes. ``read_*`` notes every finding;
``*_to_wire`` makes messages. These parts are written by hand:

- ``footprint``: the strings of lines are cached as bytes; making them would take most of the time for a plan's message.
- ``stated_plan``: placements are in pack sequence, and an orientation may follow from the extents.
- ``outcome``: outcomes are validated and stored as sent, without a domain object.
- ``catalog``: fields that a message names as derived are compared with those that follow from other fields.
- ``canonical``: the hash of a plan must not change with the contract.
- ``json``, ``intake``: they apply to any message.
- Money in answers: its currency is in the catalog or price table, not in the object with the amount.
"""
