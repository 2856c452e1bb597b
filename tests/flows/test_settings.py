from dataclasses import fields
from pathlib import Path

import pytest

from flows.settings import Settings, read_settings
from transforms.parsed import Limits
from warehouse.errors import InputError

KNOWN = "max_document_bytes, max_line_bytes, max_record_bytes, max_unpacked_bytes, max_unpacked_ratio, max_whole_bytes, wait_seconds"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAIT_SECONDS", "MAX_DOCUMENT_BYTES", "MAX_LINE_BYTES"):
        monkeypatch.delenv(f"PAPERHOUSE_{name}", raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "paperhouse.toml"


def test_without_a_file_the_defaults_hold(file: Path) -> None:
    assert read_settings(file) == Settings(wait_seconds=600, max_document_bytes=4 * 1024**3, max_line_bytes=1024**2)


def test_the_file_then_the_variable_then_the_option(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("wait_seconds = 1\nmax_line_bytes = 2_000\nmax_document_bytes = 5\n")
    assert read_settings(file) == Settings(wait_seconds=1, max_document_bytes=5, max_line_bytes=2000)
    monkeypatch.setenv("PAPERHOUSE_WAIT_SECONDS", "3")
    monkeypatch.setenv("PAPERHOUSE_MAX_LINE_BYTES", "4_000")
    assert read_settings(file) == Settings(wait_seconds=3, max_document_bytes=5, max_line_bytes=4000)
    assert read_settings(file, wait_seconds=0) == Settings(wait_seconds=0, max_document_bytes=5, max_line_bytes=4000)


def test_a_name_that_is_not_known_is_refused_with_those_that_are(file: Path) -> None:
    file.write_text("wait_second = 1\n")
    with pytest.raises(InputError) as raised:
        read_settings(file)
    assert str(raised.value) == f"{file}: no setting is called wait_second; there are: {KNOWN}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("'soon'", "'soon'"), ("1.5", "1.5"), ("-1", "-1"), ("true", "True"), ("[1]", "[1]"), ("2025-01-01", "datetime.date(2025, 1, 1)"), ("''", "''")],
    ids=["text", "fraction", "negative", "truth", "list", "date", "empty"],
)
def test_a_value_that_is_no_whole_number_is_refused(file: Path, text: str, shown: str) -> None:
    file.write_text(f"wait_seconds = {text}\n")
    with pytest.raises(InputError) as raised:
        read_settings(file)
    assert str(raised.value) == f"{file}: wait_seconds is {shown}; it must be a whole number of at least 0"


@pytest.mark.parametrize("value", ["soon", "-1", "", "1.5", " 3"])
def test_a_variable_that_is_no_whole_number_is_refused_by_its_name(file: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PAPERHOUSE_WAIT_SECONDS", value)
    with pytest.raises(InputError) as raised:
        read_settings(file)
    assert str(raised.value) == f"PAPERHOUSE_WAIT_SECONDS: wait_seconds is {value!r}; it must be a whole number of at least 0"


@pytest.mark.parametrize("content", [b"wait_seconds 3", b"wait_seconds = 1\nwait_seconds = 2", b"\xff\xfe"], ids=["no sign", "twice", "no UTF-8"])
def test_a_file_that_is_no_toml_is_named_with_what_to_do(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"this is no TOML: .*; mend it, or remove it to use the defaults") as raised:
        read_settings(file)
    assert str(raised.value).startswith(f"{file}: ")


def test_a_file_that_cannot_be_read_is_the_users_to_mend(file: Path) -> None:
    file.mkdir()
    with pytest.raises(InputError, match=r"paperhouse\.toml: "):
        read_settings(file)


def test_the_limits_of_parsers_are_settings_with_the_same_defaults(file: Path) -> None:
    assert read_settings(file).limits == Limits()
    file.write_text("".join(f"{field.name} = {number}\n" for number, field in enumerate(fields(Limits), 1)))
    assert read_settings(file).limits == Limits(*range(1, len(fields(Limits)) + 1))
