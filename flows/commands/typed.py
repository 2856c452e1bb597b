"""Commands as the user would type them."""

import shlex
import shutil
import sys
from pathlib import Path

from flows.home import Home


def as_typed(name: str, home: Home) -> str:
    """A command as the user would type it here: with our program as it was called, if it is on no path, and with the home, if it is not theirs."""
    program = "paperhouse" if shutil.which("paperhouse") else _from_here(Path(sys.argv[0]))
    own = Home.chosen(None).path == home.path
    return f"{program} {name}" + ("" if own else f" --home {_from_here(home.path)}")


def _from_here(path: Path) -> str:
    path = path.absolute()
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
