"""Where the figures of a noun come from."""

from dataclasses import dataclass

from boxwright.domain.source_grade import SourceGrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """What says where it comes from, whether it was read there, and how near to the publisher.

    Attributes
    ----------
    source : str
        A citation that an outsider can open. Default empty: none.
    read_in_source : bool
        Whether its figures were read in that source. Default False.
    source_grade : SourceGrade
        How near to its publisher it was read. Default own.
    note : str
        What a user should know.
    """

    source: str = ""
    read_in_source: bool = False
    source_grade: SourceGrade = SourceGrade.OWN
    note: str = ""
