"""The one place that reads the clock."""

from datetime import UTC, datetime, timedelta

from warehouse.errors import InputError


def utc_now() -> datetime:
    """Now, in UTC, without zone, as every time in the warehouse is."""
    return datetime.now(UTC).replace(tzinfo=None)


def read_time(text: str, option: str) -> datetime:
    """A date or time in ISO form as UTC without zone; without a zone it is UTC already.

    Raises InputError, naming the option, for what is no time or lies ahead (by more than a day, for clocks differ).
    """
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    except (ValueError, OverflowError):
        raise InputError(f"{option}: {text!r} is no date; write it as 2025-12-16 or 2025-12-16T08:00:00+01:00") from None
    if at > utc_now() + timedelta(days=1):
        raise InputError(f"{option}: {text} lies ahead; say when the files were saved")
    return at
