"""Why a call is not let in."""

from boxwright.errors import BoxwrightError


class DeniedError(BoxwrightError):
    """A call that is not let in.

    Attributes
    ----------
    why : str
        For the log and the metrics: of a few words.
    credential : str
        Which credential was sent, where that is known; nothing secret.
    who : str
        Who calls, such as ``token:hall-2``, where that is known.
    """

    def __init__(self, message: str, why: str, credential: str = "", who: str = "") -> None:
        super().__init__(message)
        self.why = why
        self.credential = credential
        self.who = who


class CredentialMissingError(DeniedError):
    """No token, or no certificate."""


class TokenNotValidError(DeniedError):
    """A token that is unknown, revoked or too old."""


class ScopeMissingError(DeniedError):
    """A known caller that may not call this method."""


class SiteNotAllowedError(DeniedError):
    """A known caller that may not call for this site."""
