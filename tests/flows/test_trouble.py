import errno
import os
import re
from pathlib import Path

import duckdb
import pytest

from flows.trouble import explained
from warehouse.errors import InputError, TroubleError


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT], ids=["no space", "no quota"])
def test_a_full_disk_is_said_with_what_is_free_and_what_to_do(tmp_path: Path, number: int) -> None:
    with pytest.raises(TroubleError) as raised, explained(tmp_path):
        raise OSError(number, os.strerror(number))
    expected = rf"^{re.escape(str(tmp_path))}: the disk is full \([\d,]+ MB free\); the published warehouse stands as it was\. Free some space, or"
    assert re.search(expected, str(raised.value))


def test_a_disk_that_is_full_while_duckdb_writes_is_a_full_disk_too(tmp_path: Path) -> None:
    with pytest.raises(TroubleError, match=r": the disk is full \("), explained(tmp_path):
        raise duckdb.IOException('Could not write all bytes to file "x": wanted=262144 wrote=0 (No space left on device)')


def test_a_full_disk_is_said_also_where_the_home_could_not_even_be_made(tmp_path: Path) -> None:
    with pytest.raises(TroubleError, match="the disk is full"), explained(tmp_path / "not" / "there"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_another_fault_of_the_file_system_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(TroubleError) as raised, explained(tmp_path):
        raise OSError(errno.EIO, "Input/output error", "/disk/raw/ab")
    assert str(raised.value) == "/disk/raw/ab: Input/output error; the published warehouse stands as it was. Mend that and run again"


@pytest.mark.parametrize(
    "error",
    [InputError("yours"), ValueError("ours"), duckdb.ParserException("syntax error"), duckdb.CatalogException("no such namespace: x")],
    ids=["explained already", "a fault of ours", "our SQL", "our SQL, with space in a word"],
)
def test_what_is_no_trouble_of_the_machine_goes_by(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as raised, explained(tmp_path):
        raise error
    assert raised.value is error
