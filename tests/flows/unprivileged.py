"""paperhouse as a user who may not do everything: root reads and writes whatever the permissions say.

Run as a program: the user's id, a folder to warm up in (or - where the command will not get far), and then what the command line is given.
All that is needed is imported, and with a folder used once, before the user changes: Python itself may lie where that user cannot read.
"""

import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib.resources import files
from io import StringIO
from pathlib import Path

import polars as pl

from flows import cli
from flows.commands import ask, export, look, run

CANNOT = 77


def call(*arguments: str) -> object:
    """The command line in this process; gives its exit status."""
    sys.argv = ["paperhouse", *arguments]
    try:
        cli.main()
    except SystemExit as end:
        return end.code
    return 0


def main() -> None:
    user, folder, arguments = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    if sys.argv[2] != "-":
        page = folder / "page.txt"
        page.write_text(
            "Daily Papers\n\nbyAK and the research community\n\nDec 16\n\nTitle of It\n\nThe text of it is not long.\n\nn N\n·\nDec 15, 2024\n"
        )
        run.run([str(page)], folder / "home", False, None, "local", 0, True)
        sys.stdout.flush()
        os.ftruncate(sys.stdout.fileno(), 0)
        os.lseek(sys.stdout.fileno(), 0, os.SEEK_SET)
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        call("status", "--home", "/not/there", "--json")
        call("sql", "--home", "/not/there", "select 1")
    checkout = str(files("warehouse") / "store.py")
    if os.geteuid() == 0:
        try:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        except OSError:
            os._exit(CANNOT)
    # What was not imported yet is read from these.
    if not os.access(checkout, os.R_OK) or not os.access(pl.__file__, os.R_OK):
        os._exit(CANNOT)
    os.chdir("/")
    sys.exit(call(*arguments))


if __name__ == "__main__":
    assert all((ask, export, look, run))
    main()
