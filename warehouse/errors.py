"""What can go wrong, for a person to read.

PaperhouseError          what happened, where, and what to do next; never shown with a stack trace
  InputError   exit 2    the user's input: a path, an option, a query
  TroubleError exit 1    the machine: a full disk, a lock, a file that cannot be read back
  GateClosed   exit 3    an expectation stopped the publish; the old warehouse stands
"""


class PaperhouseError(Exception):
    """A failure that is explained to the user; `exit_status` is the command's."""

    exit_status = 1


class InputError(PaperhouseError):
    """Something in what the user gave cannot be used."""

    exit_status = 2


class TroubleError(PaperhouseError):
    """The machine or the home is not in a state to go on."""


class GateClosed(PaperhouseError):
    """An expectation that stops the publish is not met."""

    exit_status = 3
