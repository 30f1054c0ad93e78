"""Protobuf on one side, domain on the other: the only package that knows both.

One file per family of messages. ``read_*`` turns a message into domain objects and notes every finding; ``*_to_wire``
goes the other way.
"""
