"""Where a run says how far it is: a progress bar per stage, a log, or nowhere."""

from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows.wording import printable


class Reporter(Protocol):
    """Told of each stage, its size and its steps, and of what a person should know at once."""

    def begin(self, stage: str, total: int) -> None: ...
    def advance(self) -> None: ...
    def end(self) -> None: ...
    def say(self, message: str) -> None: ...


class Silent:
    """Says nothing but messages, on standard error."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)

    def begin(self, stage: str, total: int) -> None:
        """Not shown."""

    def advance(self) -> None:
        """Not shown."""

    def end(self) -> None:
        """Not shown."""

    def say(self, message: str) -> None:
        self._console.print(printable(message), markup=False, soft_wrap=True)


class Bars:
    """A progress bar per stage on standard error; where that is no terminal, one line per stage when it is done."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        columns = (TextColumn("{task.description:<10}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=self._console, disable=not self._console.is_terminal)
        self._bar: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, stage: str, total: int) -> None:
        self._bar = self._progress.add_task(stage, total=max(total, 1))

    def advance(self) -> None:
        if self._bar is not None:
            self._progress.advance(self._bar)

    def end(self) -> None:
        if self._bar is not None:
            task = next(task for task in self._progress.tasks if task.id == self._bar)
            self._progress.update(self._bar, completed=task.total)
        self._bar = None

    def say(self, message: str) -> None:
        self._console.print(printable(message), markup=False, soft_wrap=True)
