"""What can go wrong with a request.

Passing          may pass: it is tried again
Refused          this request will not do: it is noted, said once, and not tried again
Elsewhere        there is no answer to this request: what comes in its place answers another
Stopped          nothing more can be asked of this source for now; the state is kept
  QuotaUsed        and the source says when it can
"""

from datetime import datetime

from warehouse.errors import TroubleError


class Passing(Exception):
    """A fault that may pass. `wait` is how long the source asked to be left alone, in seconds, where it did."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Refused(Exception):
    """A request that cannot succeed as it is. `status` is that of the answer, where there was one."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class Elsewhere(Exception):
    """There is nothing under this request, and what the source gives in its place belongs to another, which is asked by itself."""


class Stopped(TroubleError):
    """The source cannot be asked further now. `is_input` says that what the user gave is at fault, and not the source or the machine."""

    def __init__(self, message: str, is_input: bool = False) -> None:
        super().__init__(message)
        self.is_input = is_input


class QuotaUsed(Stopped):
    """The source's quota is used up; `resets_at` (UTC) says when it is renewed, where that is known."""

    def __init__(self, message: str, resets_at: datetime | None) -> None:
        super().__init__(message)
        self.resets_at = resets_at
