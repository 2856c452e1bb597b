"""Fetches that die at a chosen moment. Run as a program: a line of JSON in (what to fetch, and when to die), the fate of the fetch out.

All that is heavy is imported once, and each fetch runs in a fork of its own.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import flows.fetch.client
import flows.fetch.log
import flows.fetch.waiting
import flows.raw_store
from flows.commands.fetch import fetch
from flows.fetch.log import FetchLog
from flows.fetch.source import Options
from flows.fetch.waiting import Waiting

# Where each moment is: an object, the name of its function, and whether that function is still done.
MOMENTS = {
    "downloaded in part": (flows.fetch.client, "save", "half"),
    "downloaded, not noted": (flows.fetch.waiting, "write_atomically", "before"),
    "noted, not landed": (Waiting, "_land", "before"),
    "moved, without its note": (flows.raw_store, "write_atomically", "before"),
    "landed, not in the journal": (FetchLog, "note", "before"),
    "half a line in the journal": (flows.fetch.log, "append_line", "half"),
    "in the journal, still waiting": (FetchLog, "note", "after"),
    "done with one answer": (Waiting, "_land", "after"),
}


def die(*_):
    """As the system kills a process: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def half_of(name, arguments):
    if name == "save":
        arguments[1].write_bytes(b'[{"paper"')
    else:
        with arguments[0].open("ab") as file:
            file.write(b'{"event": "lan')


def plant(moment, nth):
    place, name, how = MOMENTS[moment]
    real, calls = getattr(place, name), []

    def dying(*arguments, **options):
        calls.append(1)
        if len(calls) < nth:
            return real(*arguments, **options)
        if how == "half":
            half_of(name, arguments)
        elif how == "after":
            real(*arguments, **options)
        return die()

    setattr(place, name, dying)


def run(home, source, days, moment, nth):
    if moment:
        plant(moment, nth)
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
    return fetch(source, Options(first=days[0], last=days[1]), Path(home), 0, False, True)


if __name__ == "__main__":
    # The system survives, so what was written is there.
    os.fsync = lambda _: None
    for line in sys.stdin:
        order = json.loads(line)
        after = order.pop("after")
        os.environ.update(order.pop("environment"))
        child = os.fork()
        if not child:
            try:
                os._exit(run(**order))
            except BaseException as error:  # said to the test, which shows it
                sys.stderr.write(f"{error!r}\n")
                sys.stderr.flush()
                os._exit(99)
        if after is not None:
            time.sleep(after)
            os.kill(child, signal.SIGKILL)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()
