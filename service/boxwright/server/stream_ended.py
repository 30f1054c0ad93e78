"""What a caller learns whose stream the server ended."""

from boxwright.errors import BoxwrightError

ENDINGS = {"idle": "was idle for too long", "age": "was open for too long", "stop": "ends because the server stops"}
"""Why a stream ends, as the metrics name it, and as a sentence goes on."""


class StreamEndedError(BoxwrightError):
    """The server ended a stream: every order that it took is answered, and another stream may be opened.

    Attributes
    ----------
    why : str
        ``idle``, ``age`` or ``stop``.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"the stream {ENDINGS[why]}; each order that was taken is answered, the rest is not")
