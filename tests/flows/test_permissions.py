import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from flows.summary import Summary

pytestmark = [pytest.mark.store, pytest.mark.slow]

USER = 65534  # nobody
CANNOT = 77


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Path]:
    """A folder of the unprivileged user's own; pytest's folders are closed to others."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="paperhouse-test-") as name:
        os.chown(name, USER, USER)
        yield Path(name)


@pytest.fixture
def as_user(tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line as a user whom permissions bind: exit status, standard output, standard error."""

    def call(*arguments: object, goes_far: bool = False) -> tuple[int, str, str]:
        warm = tmp_path / "warm"
        warm.mkdir(exist_ok=True)
        program = Path(__file__).with_name("unprivileged.py")
        command = [sys.executable, str(program), str(USER), str(warm) if goes_far else "-", *map(str, arguments)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAPERHOUSE_", "PREFECT_"))}
        with (tmp_path / "out").open("w+") as out:
            done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, env=kept, timeout=120, check=False)
            out.seek(0)
            text = out.read()
        if done.returncode == CANNOT:
            pytest.skip("this machine lets no test become another user, or that user cannot read the checkout")
        return done.returncode, text, done.stderr

    return call


def give(path: Path) -> Path:
    """Everything below the path is the user's."""
    if os.geteuid() == 0:
        for one in (path, *path.rglob("*")):
            os.chown(one, USER, USER)
    return path


def test_a_file_that_may_not_be_read_is_a_reject_and_the_others_are_kept(theirs: Path, saved: Callable[..., Path], as_user) -> None:
    saved(theirs / "pages" / "open.txt", 0)
    closed = saved(theirs / "pages" / "closed.txt", 1)
    give(theirs / "pages")
    closed.chmod(0o000)
    status, out, err = as_user("run", "--home", theirs / "home", theirs / "pages", "--json", goes_far=True)
    facts = json.loads(out)
    assert (status, facts["state"], facts["kept"], facts["rejects_by_code"]) == (0, "published", 1, {"unreadable": 1})
    with duckdb.connect(str(theirs / "home" / "warehouse.duckdb"), read_only=True) as connection:
        (row,) = connection.execute("SELECT path, reason FROM bronze.rejects").fetchall()
    assert row == (str(closed), f"{closed}: permission denied; the file was not read")
    assert "Traceback" not in err


def test_a_folder_that_may_not_be_read_is_said_and_nothing_is_loaded(theirs: Path, saved: Callable[..., Path], as_user) -> None:
    saved(theirs / "pages" / "below" / "page.txt", 0)
    give(theirs / "pages")
    (theirs / "pages" / "below").chmod(0o000)
    status, out, err = as_user("run", "--home", theirs / "home", theirs / "pages")
    (theirs / "pages" / "below").chmod(0o700)
    assert (status, out) == (2, "")
    assert err == f"paperhouse: {theirs / 'pages' / 'below'}: the folder cannot be read (permission denied)\n"
    assert not (theirs / "home").exists()


@pytest.fixture
def home(theirs: Path, saved: Callable[..., Path], run_load: Callable[..., Summary]) -> Path:
    """A loaded home of the user's, and a page beside it."""
    run_load(theirs / "home", saved(theirs / "first.txt", 0))
    saved(theirs / "second.txt", 1)
    return give(theirs) / "home"


def test_a_home_that_may_not_be_written_is_said_and_the_warehouse_is_still_asked(home: Path, as_user) -> None:
    before = (home / "warehouse.duckdb").read_bytes()
    for folder in (home, *(path for path in home.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    status, out, err = as_user("run", "--home", home, home.parent / "second.txt")
    asked = as_user("sql", "--home", home, "select count(*) as n from gold.papers", "--json")
    looked = as_user("status", "--home", home, "--json")
    for folder in (home, *(path for path in home.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    assert (status, out) == (2, "")
    assert err == f"paperhouse: {home}: the home cannot be written (permission denied); choose another with --home, or change its permissions\n"
    assert (home / "warehouse.duckdb").read_bytes() == before
    assert (asked[0], json.loads(asked[1])) == (0, [{"n": 1}])
    assert (looked[0], json.loads(looked[1])["documents_landed"]) == (0, 1)


def test_a_home_below_a_folder_that_may_not_be_entered_is_said(theirs: Path, saved: Callable[..., Path], as_user) -> None:
    page = give(saved(theirs / "page.txt", 0))
    (theirs / "closed").mkdir()
    give(theirs / "closed").chmod(0o000)
    home = theirs / "closed" / "home"
    found = [as_user(*command) for command in (("run", "--home", home, page), ("sql", "--home", home, "select 1"), ("status", "--home", home))]
    (theirs / "closed").chmod(0o700)
    for status, out, err in found:
        assert (status, out) == (2, "")
        assert err.startswith(f"paperhouse: {home}")
        assert "permission denied" in err
        assert "Traceback" not in err


def test_a_raw_store_that_may_not_be_written_is_said(home: Path, as_user) -> None:
    for folder in (home / "raw").glob("*"):
        folder.chmod(0o555)
    (home / "raw").chmod(0o555)
    status, _, err = as_user("run", "--home", home, home.parent / "second.txt")
    for folder in (home / "raw", *(home / "raw").glob("*")):
        folder.chmod(0o755)
    assert status == 2
    assert (
        err == f"paperhouse: {home / 'raw'}: the home cannot be written (permission denied); choose another with --home, or change its permissions\n"
    )


def test_an_export_where_one_may_not_write_is_the_users_to_mend(home: Path, as_user) -> None:
    shutil.rmtree(home.parent / "closed", ignore_errors=True)
    (home.parent / "closed").mkdir()
    give(home.parent / "closed").chmod(0o555)
    status, out, err = as_user("export", "--home", home, home.parent / "closed" / "tables")
    assert (status, out) == (2, "")
    assert "permission denied" in err
    assert "Traceback" not in err
