"""Converts between protobuf and domain; the only package below the server that knows both.

There is a module per family of messages. A ``Codec`` (``message.py``) writes and reads fields that have the same name
in message and domain; nested messages follow from the types of attributes. ``read_*`` notes every finding;
``*_to_wire`` goes the other way. These parts are written by hand, for the reasons given:

- ``footprint``: the texts of lines are cached as bytes, since making them would take most of the time of a plan's
  message.
- ``stated_plan``: placements are in pack sequence, and an orientation may follow from the extents.
- ``outcome``: validated and stored as sent, without a domain object.
- ``catalog``: fields that an answer names as derived are compared with what follows from the others.
- ``canonical``: integers, for a hash that does not change with the contract.
- ``json``, ``intake``: apply to any message.
- Money in answers: its currency is in the catalog or price table, not in the object with the amount.
"""
