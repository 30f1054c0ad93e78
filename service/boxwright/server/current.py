"""What the server serves by now: read once for each call, and swapped whole."""

from boxwright.server.offers import Offers
from boxwright.server.shelf import Shelf


class Current:
    """The shelf that calls are read against, and what the catalog service lists of it.

    Both change in one step of the event loop, which is where they are to be read: a call that keeps what it has read is
    answered wholly from one version.

    Parameters
    ----------
    shelf : Shelf
        Catalogs, data and limits.
    offers : Offers, optional
        Made of the shelf. Default: made here.
    """

    def __init__(self, shelf: Shelf, offers: Offers | None = None) -> None:
        self.shelf = shelf
        self.offers = offers or Offers(shelf)

    def swap(self, shelf: Shelf, offers: Offers) -> None:
        """Serve another version from now on."""
        self.shelf, self.offers = shelf, offers
