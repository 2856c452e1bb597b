"""A home: the folder that holds one warehouse and everything it is made from."""

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import InputError

DEFAULT = Path("paperhouse-data")
SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Home:
    """Where things are in a home. Nothing is made before `prepare`."""

    path: Path

    @classmethod
    def chosen(cls, option: Path | None, is_sample: bool = False) -> "Home":
        """--home, else $PAPERHOUSE_HOME, else ./paperhouse-data; the sample always lives in a folder of its own inside."""
        path = option or Path(os.environ.get("PAPERHOUSE_HOME") or DEFAULT)
        home = cls(path.expanduser().absolute())
        return home.sample if is_sample else home

    @property
    def sample(self) -> "Home":
        """The home of the bundled sample, inside this one."""
        return Home(self.path / SAMPLE)

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse.duckdb"

    @property
    def matching(self) -> Path:
        """What the run that made the warehouse found of its records; where it is missing, the next run matches all of them."""
        return self.path / "matching.duckdb"

    @property
    def raw(self) -> Path:
        return self.path / "raw"

    @property
    def journal(self) -> Path:
        return self.path / "journal"

    @property
    def work(self) -> Path:
        # Its content is deleted, so it must be a name that nobody else gives a folder of theirs.
        return self.path / ".paperhouse-work"

    @property
    def fetching(self) -> Path:
        """What a fetch has in hand and has not landed. Only the holder of the fetch lock may touch it."""
        return self.path / ".paperhouse-fetch"

    @property
    def data_docs(self) -> Path:
        return self.path / "data-docs"

    @property
    def lock(self) -> Path:
        return self.path / "run.lock"

    @property
    def fetch_lock(self) -> Path:
        # Another than a run's: a fetch waits for its source most of the time, and loads may go on meanwhile.
        return self.path / "fetch.lock"

    @property
    def settings(self) -> Path:
        return self.path / "paperhouse.toml"

    def owns(self, file: Path) -> bool:
        """Whether paperhouse itself wrote the (resolved) file."""
        own = (
            self.raw,
            self.journal,
            self.work,
            self.fetching,
            self.data_docs,
            self.warehouse,
            self.matching,
            self.lock,
            self.fetch_lock,
            self.settings,
        )
        return any(file.is_relative_to(place.resolve()) for place in own)

    def prepare(self) -> None:
        """Make the home's folders. Raises InputError where that cannot be."""
        try:
            for folder in (self.path, self.raw, self.journal, self.work):
                folder.mkdir(parents=True, exist_ok=True)
                if not os.access(folder, os.W_OK | os.X_OK):
                    raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        except (FileExistsError, NotADirectoryError) as error:
            raise InputError(f"{error.filename}: this is a file, and the home needs a folder there; choose another home with --home") from None
        except (PermissionError, OSError) as error:
            if isinstance(error, PermissionError) or error.errno == errno.EROFS:
                found = f"{error.filename or self.path}: the home cannot be written ({(error.strerror or '').lower()})"
                raise InputError(f"{found}; choose another with --home, or change its permissions") from None
            raise

    def clear_work(self) -> None:
        """Remove what a run that was killed has left. Only the holder of the lock may."""
        for left in self.work.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def need_warehouse(self) -> Path:
        """The published file. Raises InputError where there is none yet."""
        if self.warehouse.exists():
            return self.warehouse
        hint = "load something first: paperhouse run PATH..."
        if self.sample.warehouse.exists():
            hint = f"the sample's is there: --home {self.sample.path}"
        raise InputError(f"{self.warehouse}: there is no warehouse yet; {hint}")
