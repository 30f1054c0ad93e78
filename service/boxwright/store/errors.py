"""What keeps a store from doing its work, by who has to act."""

from boxwright.errors import BoxwrightError


class StoreOffError(BoxwrightError):
    """The caller asks for what needs a store, and there is none."""


class StoreError(BoxwrightError):
    """The store did not do what it was asked to; the record is not kept.

    Attributes
    ----------
    told : str
        What callers are told. The text of an error names paths and hosts, and is for the log.
    """

    told = "the store failed"


class StoreUnreachableError(StoreError):
    """Its file or server is gone, or cannot be read or written."""

    told = "the store cannot be reached"


class StoreAbsentError(StoreUnreachableError):
    """There is no store yet, and none was to be made."""


class CatalogsUnreadError(StoreUnreachableError):
    """A catalog may be in the store, which a server could not read yet."""

    told = "the store cannot be reached: catalogs that were written in it are not read yet"


class StoreBusyError(StoreError):
    """It did not answer in time: a lock is held, it is slow, or it hangs. Another try may succeed."""

    told = "the store did not take it in time"


class CatalogBusyError(StoreBusyError):
    """Others wrote the same catalog each time that it was tried; it was not written."""

    told = "others write the catalog all the time; it was not written"


class StoreFullError(StoreError):
    """Its disk or quota is full."""

    told = "the store is full"


class StoreCorruptError(StoreError):
    """What it holds is damaged, or is no store of this software."""

    told = "the store is damaged, or is no store of this software"


class StoreUnsuitableError(StoreError):
    """It is whole, and none that this version of the software can use: of another version, or of another encoding."""

    told = "the store is none that this version can use"


class PlanGoneError(BoxwrightError):
    """The plan of an outcome is not kept any more; the outcome was not written."""


class VersionTakenError(BoxwrightError):
    """A version of a catalog is there already under the same number: somebody else was faster. Nothing was written."""


class AnswerTakenError(BoxwrightError):
    """An answer is kept already under the same key: another replica was faster. Nothing of the entry was written."""


class OperationNotDoneError(BoxwrightError):
    """An operation is to be deleted that has not ended."""
