"""The pace that a source states, kept across fetches too: one that is killed and started again must not ask twice in a moment."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Pace:
    """Sees to it that requests of one name start at least so many seconds apart. The modification times of empty files remember the last."""

    folder: Path
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    # What answers have said: the least seconds between two requests, and when the next may start.
    _least: dict[str, float] = field(default_factory=dict)
    _not_before: dict[str, float] = field(default_factory=dict)

    def wait(self, name: str, seconds: float) -> None:
        """Wait until the next request may start, and note that it does."""
        file = self.folder / f"asked-{''.join(char if char.isalnum() else '-' for char in name)}"
        seconds = max(seconds, self._least.get(name, 0.0))
        now = self.clock()
        asked = file.stat().st_mtime if file.exists() else None
        # A clock that was set back must not stop us.
        left = min(seconds, asked + seconds - now) if asked is not None else 0.0
        left = max(left, self._not_before.pop(name, now) - now)
        if left > 0:
            self.sleep(left)
        file.touch()
        os.utime(file, (self.clock(), self.clock()))

    def told(self, name: str, least: float, pause: float) -> None:
        """Take what an answer said of the pace."""
        if least:
            self._least[name] = least
        if pause:
            self._not_before[name] = self.clock() + pause
