"""What the server serves by now: read once for each call, and swapped whole."""

from boxwright.server.dataset import Dataset
from boxwright.server.offers import Offers


class Current:
    """The dataset that calls are read against, and what the catalog service lists of it.

    Both change in one step of the event loop, which is where they are to be read: a call that keeps what it has read is
    answered wholly from one version.
    """

    def __init__(self, dataset: Dataset, offers: Offers | None = None) -> None:
        self.dataset = dataset
        self.offers = offers or Offers(dataset)

    def swap(self, dataset: Dataset, offers: Offers) -> None:
        """Serve another version from now on."""
        self.dataset, self.offers = dataset, offers
