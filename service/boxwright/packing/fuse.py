"""The fuse under the name by which packing and the server know it; see ``boxwright.fuse``."""

from boxwright.fuse import Fuse, ending, flag, look, under

__all__ = ["Fuse", "ending", "flag", "look", "under"]
