"""Loads that die at a chosen moment. Run as a program: a line of JSON in (home, page, second, moment), the fate of the load out.

All that is heavy is imported once, and each load runs in a fork of its own: nothing of Polars or DuckDB has run before the fork.
"""

import json
import os
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

import expectations.gate
import warehouse.published
from flows import stages
from flows.home import Home
from flows.load import Job, load
from flows.reporter import Silent
from flows.settings import Settings


def die(*_: object) -> None:
    """As the system kills a process: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def run(home: str, page: str, second: int, moment: str) -> None:
    when, _, wanted = moment.partition(" ")

    def dying(stage, function, *arguments):
        if (when, stage) == ("before", wanted):
            die()
        result = function(*arguments)
        if (when, stage) == ("after", wanted):
            die()
        return result

    if moment == "at replace":
        stages.publish = die
    if moment == "at note":
        from flows.journal import Journal

        Journal.note_run = die
    now = datetime(2026, 1, 16) + timedelta(seconds=second)
    load(Job(Home(Path(home)), [Path(page)], Settings(), now, Silent(), None, dying))


if __name__ == "__main__":
    assert expectations.gate
    assert warehouse.published
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                run(**json.loads(line))
            except BaseException as error:  # said to the test, which shows it
                sys.stderr.write(f"{error!r}\n")
                sys.stderr.flush()
                os._exit(1)
            os._exit(0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()
