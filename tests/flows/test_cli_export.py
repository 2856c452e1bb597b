import json
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from warehouse.schema import TABLES

pytestmark = [pytest.mark.store, pytest.mark.slow]


@pytest.fixture
def home(home_to_read: Path) -> Path:
    return home_to_read


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_export_writes_every_table_with_a_manifest_that_is_true(paperhouse, home: Path, tmp_path: Path, one_json, form: str) -> None:
    done = paperhouse("export", "tables", "--home", home, "--format", form, "--json")
    manifest = json.loads((tmp_path / "tables" / "manifest.json").read_text())
    assert one_json(done.stdout) == manifest
    assert {entry["table"] for entry in manifest["tables"]} == {table.full_name for table in TABLES}
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {"manifest.json", *(entry["file"] for entry in manifest["tables"])}
    for entry in manifest["tables"]:
        file = tmp_path / "tables" / entry["file"]
        assert entry["sha256"] == sha256(file.read_bytes()).hexdigest()
        rows = (pl.read_parquet(file) if form == "parquet" else pl.read_csv(file, infer_schema=False)).height
        assert entry["rows"] == rows, entry["table"]
    before = {entry["file"]: entry["sha256"] for entry in manifest["tables"]}
    again = one_json(paperhouse("export", "tables", "--home", home, "--format", form, "--json").stdout)
    assert {entry["file"]: entry["sha256"] for entry in again["tables"]} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tables"]


@pytest.mark.parametrize(
    "files",
    [["thesis.tex"], ["manifest.json", "thesis.tex"], ["manifest.json"]],
    ids=["other files", "beside a manifest of another program", "only that"],
)
def test_export_into_a_folder_with_other_things_is_refused(paperhouse, home: Path, tmp_path: Path, files: list[str]) -> None:
    (tmp_path / "mine").mkdir()
    for name in files:
        (tmp_path / "mine" / name).write_text('{"name": "A web page", "icons": []}')
    done = paperhouse("export", "mine", "--home", home, check=2)
    assert "name a new or empty folder" in done.stderr
    assert {path.name: path.read_text()[:9] for path in (tmp_path / "mine").iterdir()} == dict.fromkeys(files, '{"name": ')


def test_a_file_that_a_user_put_beside_an_export_is_not_deleted_by_the_next(paperhouse, home: Path, tmp_path: Path) -> None:
    paperhouse("export", "tables", "--home", home)
    (tmp_path / "tables" / "notes.md").write_text("what I found")
    paperhouse("export", "tables", "--home", home, check=None)
    assert (tmp_path / "tables" / "notes.md").read_text() == "what I found"


def test_export_into_the_folder_one_is_in_works(paperhouse, home: Path, tmp_path: Path) -> None:
    done = paperhouse("export", ".", "--home", home)
    assert "Traceback" not in done.stderr
    assert (tmp_path / "manifest.json").exists()


def test_export_below_a_file_is_the_users_to_mend(paperhouse, home: Path, tmp_path: Path) -> None:
    (tmp_path / "file.txt").touch()
    done = paperhouse("export", "file.txt/tables", "--home", home, check=2)
    assert "file.txt" in done.stderr
    assert "Traceback" not in done.stderr
