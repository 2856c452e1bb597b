import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.errors import TroubleError
from warehouse.published import publish, read_table
from warehouse.schema import Column, Table, Type
from warehouse.store import opened, stage

pytestmark = pytest.mark.store

TABLE = Table(
    "silver", "names", "One row per name.", ("name",), (Column("name", Type.TEXT, "The name."), Column("count", Type.INTEGER, "How often."))
)


def stored(file: Path, *names: str) -> Path:
    stage(file, TABLE, [TABLE.conform(pl.DataFrame({"name": names, "count": range(len(names))}, schema=TABLE.polars_schema()))])
    return file


def names_in(file: Path) -> list[str] | None:
    found = read_table(file, TABLE)
    return None if found is None else found["name"].to_list()


@contextmanager
def other_process(code: str, *arguments: object) -> Iterator[Callable[[], str]]:
    """A Python process that runs the code up to each of its prints only when asked for the next line."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert process.stdin
    assert process.stdout

    def next_line() -> str:
        process.stdin.write("go on\n")
        return process.stdout.readline().strip()

    try:
        yield next_line
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=30)


HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
for line in sys.stdin:
    rows = connection.execute("SELECT name FROM silver.names ORDER BY name").fetchall()
    print(*[name for (name,) in rows], flush=True)
"""


def test_rows_come_back_conformed(tmp_path: Path) -> None:
    found = read_table(stored(tmp_path / "warehouse.duckdb", "b", "a"), TABLE)
    assert found is not None
    assert found.schema == TABLE.polars_schema()
    assert found.rows() == [("a", 1), ("b", 0)]


def test_absent_file_is_none_and_is_not_made(tmp_path: Path) -> None:
    assert read_table(tmp_path / "warehouse.duckdb", TABLE) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database", b"\0" * 20_000], ids=["empty", "text", "zero bytes"])
def test_file_that_is_no_database_is_none(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    file.write_bytes(content)
    assert read_table(file, TABLE) is None
    assert file.read_bytes() == content


# A folder's name with the word `lock` in it must not be taken for a lock: it stands in every message about a file in it.
@pytest.mark.parametrize("folder", ["plain", "block-storage", "Locker"])
def test_damaged_file_is_none_whatever_its_folder_is_called(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir()
    file = tmp_path / folder / "warehouse.duckdb"
    file.write_bytes(b"no database")
    assert read_table(file, TABLE) is None


@pytest.mark.parametrize("kept", [0.0001, 0.3, 0.6, 0.99])
def test_cut_file_is_none(kept: float, tmp_path: Path) -> None:
    whole = stored(tmp_path / "warehouse.duckdb", *(f"name {number}" for number in range(200_000))).read_bytes()
    file = tmp_path / "warehouse.duckdb"
    file.write_bytes(whole[: int(len(whole) * kept)])
    assert read_table(file, TABLE) is None


def test_file_with_changed_bytes_is_none_or_what_it_was(tmp_path: Path) -> None:
    file = stored(tmp_path / "warehouse.duckdb", *(f"name {number}" for number in range(5_000)))
    whole, before = file.read_bytes(), read_table(file, TABLE)
    assert before is not None
    refused = 0
    for at in range(0, len(whole), len(whole) // 40):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        found = read_table(file, TABLE)
        refused += found is None
        # A byte that no table uses may change; rows that differ may never come back.
        assert found is None or found.equals(before), at
    assert refused > 20


@pytest.mark.parametrize(
    "columns",
    [
        (Column("name", Type.TEXT, "The name."),),
        (Column("name", Type.TEXT, "The name."), Column("count", Type.INTEGER, "How often."), Column("more", Type.TEXT, "More.")),
        (Column("count", Type.INTEGER, "How often."), Column("name", Type.TEXT, "The name.")),
        (Column("name", Type.TEXT, "The name."), Column("count", Type.REAL, "How often.")),
        (Column("name", Type.TEXT, "The name."), Column("count", Type.DATE, "How often.")),
        (Column("name", Type.INTEGER, "The name."), Column("count", Type.INTEGER, "How often.")),
    ],
    ids=["one fewer", "one more", "other order", "type that fits", "type that would make dates of counts", "type that does not fit"],
)
def test_file_made_by_other_declarations_is_none(columns: tuple[Column, ...], tmp_path: Path) -> None:
    file = stored(tmp_path / "warehouse.duckdb", "a")
    assert read_table(file, Table("silver", "names", TABLE.grain, ("name",), columns)) is None


def test_file_without_the_table_is_none(tmp_path: Path) -> None:
    file = stored(tmp_path / "warehouse.duckdb", "a")
    assert read_table(file, Table("silver", "others", TABLE.grain, TABLE.key, TABLE.columns)) is None


def test_file_open_for_writing_elsewhere_is_an_error_that_names_it_and_the_process(tmp_path: Path) -> None:
    file = stored(tmp_path / "warehouse.duckdb", "a")
    with other_process(HOLDER, file, "write") as next_line:
        assert next_line() == "a"
        with pytest.raises(TroubleError, match="another program has it open for writing") as caught:
            read_table(file, TABLE)
    assert str(file) in str(caught.value)
    assert "PID" in str(caught.value)
    assert names_in(file) == ["a"]


def test_publish_moves_the_built_file_and_what_was_there_is_gone(tmp_path: Path) -> None:
    target, built = stored(tmp_path / "warehouse.duckdb", "old"), stored(tmp_path / "built.duckdb", "new")
    number, content = built.stat().st_ino, built.read_bytes()
    publish(built, target)
    assert [entry.name for entry in tmp_path.iterdir()] == ["warehouse.duckdb"]
    assert target.stat().st_ino == number
    assert target.read_bytes() == content
    assert names_in(target) == ["new"]


def test_publish_works_where_nothing_was_published_before(tmp_path: Path) -> None:
    publish(stored(tmp_path / "built.duckdb", "new"), tmp_path / "warehouse.duckdb")
    assert names_in(tmp_path / "warehouse.duckdb") == ["new"]


KILLED = """
import os, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("INSERT INTO silver.names VALUES ('unpublished', 1)")
os._exit(9)
"""


def test_publish_removes_the_log_that_a_killed_writer_left(tmp_path: Path) -> None:
    target, built = stored(tmp_path / "warehouse.duckdb", "old"), stored(tmp_path / "built.duckdb", "new")
    # A writer that dies before its checkpoint: what it wrote is in the log alone.
    assert subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False).returncode == 9
    log = tmp_path / "warehouse.duckdb.wal"
    assert log.exists()
    publish(built, target)
    assert not log.exists()
    assert names_in(target) == ["new"]
    with opened(target) as connection:
        assert connection.execute("SELECT name FROM silver.names").fetchall() == [("new",)]


def test_reader_of_the_old_file_goes_on_undisturbed_and_a_new_one_sees_the_new(tmp_path: Path) -> None:
    old = [f"old{number:06}" for number in range(100_000)]
    target, built = stored(tmp_path / "warehouse.duckdb", *old), stored(tmp_path / "built.duckdb", "new")
    with other_process(HOLDER, target, "read") as ask_old:
        assert ask_old().split() == old
        publish(built, target)
        with other_process(HOLDER, target, "read") as ask_new:
            assert ask_new() == "new"
            assert ask_old().split() == old


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from warehouse.published import publish
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    publish(Path(sys.argv[1]), Path(sys.argv[2]))
except PermissionError as error:
    print("refused", error.filename)
"""


@pytest.mark.parametrize("has_log", [False, True], ids=["no log", "log"])
def test_folder_that_cannot_be_written_keeps_its_file(has_log: bool) -> None:
    # Not tmp_path: its folders are closed to the user that the child becomes, because root may write everywhere.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "home").mkdir()
        (folder / "work").mkdir()
        target, built = stored(folder / "home" / "warehouse.duckdb", "old"), stored(folder / "work" / "built.duckdb", "new")
        if has_log:
            (folder / "home" / "warehouse.duckdb.wal").touch()
        for path, mode in ((folder, 0o755), (folder / "work", 0o777), (built, 0o666), (folder / "home", 0o555)):
            path.chmod(mode)
        before = target.read_bytes()
        done = subprocess.run([sys.executable, "-c", UNPRIVILEGED, str(built), str(target)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("refused "), done.stdout
        assert str(folder) in done.stdout
        assert target.read_bytes() == before
        assert built.exists()
        (folder / "home").chmod(0o755)


def test_publish_of_a_file_that_is_not_there_leaves_the_old_one(tmp_path: Path) -> None:
    target = stored(tmp_path / "warehouse.duckdb", "old")
    with pytest.raises(FileNotFoundError):
        publish(tmp_path / "built.duckdb", target)
    assert names_in(target) == ["old"]


def test_opened_read_only_refuses_to_write_and_closes_at_an_error(tmp_path: Path) -> None:
    file = stored(tmp_path / "warehouse.duckdb", "a")
    with pytest.raises(duckdb.InvalidInputException, match="read-only"), opened(file, read_only=True) as connection:
        connection.execute("DELETE FROM silver.names")
    # DuckDB refuses a second configuration of one file while a handle of the first is open.
    with opened(file) as connection:
        connection.execute("DELETE FROM silver.names")
    assert names_in(file) == []
