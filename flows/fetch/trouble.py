"""What can go wrong with a request.

Passing          may pass: it is tried again
Refused          this request will not do: it is noted, said once, and not tried again
Stopped          (exit 1) nothing more can be asked of this source for now; the state is kept
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


class Stopped(TroubleError):
    """The source cannot be asked further now."""


class QuotaUsed(Stopped):
    """The source's quota is used up; `resets_at` (UTC) says when it is renewed, where that is known."""

    def __init__(self, message: str, resets_at: datetime | None) -> None:
        super().__init__(message)
        self.resets_at = resets_at
