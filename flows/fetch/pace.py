"""The pace that a source states, kept across fetches too: one that is killed and started again must not ask twice in a moment."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flows.fetch.trouble import Stopped


@dataclass(slots=True)
class Pace:
    """Sees to it that requests of one name start at least so many seconds apart. The modification times of empty files remember the last."""

    folder: Path
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    # The longest pause that an answer may ask for.
    most_seconds: float
    # What answers have said: the least seconds between two requests, and when the next may start.
    _least: dict[str, float] = field(default_factory=dict)
    _not_before: dict[str, float] = field(default_factory=dict)

    def wait(self, name: str, seconds: float) -> None:
        """Wait until the next request may start, and note that it does. Raises Stopped where an answer asked for a pause too long to wait for."""
        file = self.folder / f"asked-{''.join(char if char.isalnum() else '-' for char in name)}"
        now, least = self.clock(), self._least.get(name, 0.0)
        pause = self._not_before.get(name, now) - now
        if max(least, pause) > self.most_seconds:
            raise Stopped(f"the source asks for a pause of {max(least, pause):,.0f} s; go on after that (setting max_wait_seconds)")
        if pause >= 5:
            self.say(f"the source asks for a pause of {pause:,.0f} s")
        seconds = max(seconds, least)
        asked = file.stat().st_mtime if file.exists() else now - seconds
        # A clock that was set back must not stop us.
        if (left := max(pause, min(seconds, asked + seconds - now))) > 0:
            self.sleep(left)
        file.touch()
        os.utime(file, (self.clock(), self.clock()))

    def told(self, name: str, least: float, pause: float) -> None:
        """Take what an answer said of the pace."""
        if least:
            self._least[name] = least
        if pause:
            self._not_before[name] = self.clock() + pause
