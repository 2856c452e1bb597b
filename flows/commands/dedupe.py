"""paperhouse dedupe."""

import json
import signal
import sys
from dataclasses import asdict

from flows.dedupe.job import Done, Options, run
from flows.wording import counted, printable

_MOST_SAID = 10
# What a shell says of a process that was ended so.
_STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}


def dedupe(options: Options) -> int:
    """Deduplicate the files, say what happened, and give the exit status."""
    ended: list[int] = []

    def end(number: int, _frame: object) -> None:
        ended.append(_STATUS[signal.Signals(number)])
        sys.exit(ended[0])

    # Whoever ends the process, what was kept while it ran is removed.
    for one in _STATUS:
        signal.signal(one, end)
    try:
        done = run(options)
    except Exception:
        # Within a library's own call back into Python the exit becomes an error of that library.
        if ended:
            sys.exit(ended[0])
        raise
    if options.is_quiet:
        facts = {name: value for name, value in asdict(done).items() if value is not None}
        print(json.dumps(facts | {"exit_status": 0}))
    else:
        print(printable(_as_text(done, options)), file=sys.stderr)
    return 0


def _as_text(done: Done, options: Options) -> str:
    merged = f"{counted(done.merged, 'record')} merged into others"
    lines = [f"{counted(done.records, 'record')}, {counted(done.papers, 'paper')} ({merged}), {counted(done.works, 'work')} ({done.seconds:.1f} s)."]
    if options.output:
        lines.append(f"  written    {options.output}")
    if options.merged:
        lines.append(f"  merged     {options.merged}: {done.papers - (done.left_out or 0):,} of {counted(done.papers, 'paper')}")
    if options.merged and done.left_out:
        lines.append(f"  left out   {counted(done.left_out, 'record')} that could not be read, and so not be written either")
    if options.review:
        lines.append(
            f"  to review  {options.review}: {counted(done.to_review or 0, 'pair')} to decide, {done.answered} decided; write yes or no under same"
        )
    if done.rejected:
        codes = ", ".join(f"{code} {count:,}" for code, count in done.rejected.items())
        lines.append(f"  alone      {counted(sum(done.rejected.values()), 'record')} with nothing to compare, each a paper of its own: {codes}")
    lines += [f"  refused    {one}" for one in done.refused[:_MOST_SAID]]
    if len(done.refused) > _MOST_SAID:
        lines.append(f"  ...        and {len(done.refused) - _MOST_SAID:,} more")
    return "\n".join(lines)
