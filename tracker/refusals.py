"""What a verb says when it does not do what was asked."""


class Refused(Exception):
    """A rule forbids it. The message says what happened and what to do; nothing was changed.

    `field` names the form field at fault, where there is one.
    """

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotAllowed(Refused):
    """The person may see it, but this act belongs to somebody else."""

    status = 403
    code = "not_allowed"


class OutOfDate(Refused):
    """Someone else changed it in between, or it is no longer in a state that allows the act."""

    status = 409
    code = "out_of_date"
