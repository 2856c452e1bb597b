from dataclasses import fields
from pathlib import Path

import pytest

from flows.settings import SECRETS, Settings, read_settings
from transforms.parsed import Limits
from warehouse.errors import InputError
from warehouse.schema.gold import Policy

KNOWN = ", ".join(sorted(field.name for field in fields(Settings)))


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


def test_the_policy_is_one_of_three(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings(file).policy is Policy.MERGE
    file.write_text('policy = "keep_both"')
    assert read_settings(file).policy is Policy.KEEP_BOTH
    monkeypatch.setenv("PAPERHOUSE_POLICY", "prefer_published")
    assert read_settings(file).policy is Policy.PREFER_PUBLISHED
    assert read_settings(file, policy="merge").policy is Policy.MERGE
    with pytest.raises(InputError) as raised:
        read_settings(file, policy="both")
    assert str(raised.value) == "--policy: policy is 'both'; it must be one of merge, prefer_published, keep_both"


def test_a_name_that_is_not_known_is_refused_with_those_that_are(file: Path) -> None:
    file.write_text("wait_second = 1\n")
    with pytest.raises(InputError) as raised:
        read_settings(file)
    assert str(raised.value) == f"{file}: no setting is called wait_second; there are: {KNOWN}"


def test_a_misspelt_variable_is_refused_with_the_one_that_was_meant(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERHOUSE_CONTCT", "me@example.org")
    with pytest.raises(InputError, match=r"^PAPERHOUSE_CONTCT: there is no such variable; did you mean PAPERHOUSE_CONTACT\?$"):
        read_settings(file)
    monkeypatch.delenv("PAPERHOUSE_CONTCT")
    monkeypatch.setenv("PAPERHOUSE_QQ", "1")
    with pytest.raises(InputError, match=r"^PAPERHOUSE_QQ: there is no such variable; there are PAPERHOUSE_\.\.\. ALLOW_PRIVATE_ADDRESSES, "):
        read_settings(file)


def test_variables_that_are_no_settings_may_be_set(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "CORPUS", "HF_TOKEN", "OPENALEX_KEY", "CROSSREF_TOKEN"):
        monkeypatch.setenv(f"PAPERHOUSE_{name}", "x")
    assert read_settings(file) == Settings()


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


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hf_pace_seconds", "0.5", 0.5),
        ("hf_pace_seconds", "2", 2.0),
        ("contact", "' a@example.org '", "a@example.org"),
        ("hf_url", "'http://127.0.0.1:8000/mirror/'", "http://127.0.0.1:8000/mirror"),
        ("allow_private_addresses", "true", True),
        ("allow_private_addresses", "false", False),
    ],
)
def test_each_type_of_setting_is_read_from_file_and_variable(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    file.write_text(f"{name} = {text}\n")
    assert getattr(read_settings(file), name) == value
    file.unlink()
    monkeypatch.setenv(f"PAPERHOUSE_{name.upper()}", text.strip("'"))
    assert getattr(read_settings(file), name) == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("hf_pace_seconds", "-0.1", "hf_pace_seconds is -0.1; it must be a number of at least 0"),
        ("hf_pace_seconds", "nan", "hf_pace_seconds is nan; it must be a number of at least 0"),
        ("hf_pace_seconds", "inf", "hf_pace_seconds is inf; it must be a number of at least 0"),
        ("hf_pace_seconds", "true", "hf_pace_seconds is True; it must be a number of at least 0"),
        ("contact", "3", "contact is 3; it must be text in plain letters, on one line"),
        ("contact", '"a\\r\\nX-Header: b"', "contact is 'a\\r\\nX-Header: b'; it must be text in plain letters, on one line"),
        ("allow_private_addresses", "'yes'", "allow_private_addresses is 'yes'; it must be true or false"),
        ("hf_url", "'ftp://example.org'", "hf_url is 'ftp://example.org'; it must be an address that begins with http:// or https://"),
        ("hf_url", "'https://me:geheim@example.org'", "hf_url is 'https://...@example.org'; it must be an address"),
        ("hf_url", "'https://example.org/?token=1'", "hf_url is "),
    ],
)
def test_a_value_of_another_type_is_refused(file: Path, name: str, text: str, message: str) -> None:
    file.write_text(f"{name} = {text}\n")
    with pytest.raises(InputError) as raised:
        read_settings(file)
    assert str(raised.value).startswith(f"{file}: {message}")
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize("name", ["openalex_key", "crossref_token", "hf_token", "OPENALEX_KEY", "my_password"])
def test_a_secret_in_the_file_is_refused_and_not_repeated(file: Path, name: str) -> None:
    file.write_text(f"{name} = 'abc123'\n")
    with pytest.raises(InputError) as raised:
        read_settings(file)
    assert str(raised.value) == (f"{file}: {name} is a secret, and files are copied about; remove it there and set PAPERHOUSE_{name.upper()} instead")


def test_the_readme_has_every_setting_and_every_secret() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(Settings) if f"`{field.name}`" not in text] == []
    assert [name for name in SECRETS if f"`PAPERHOUSE_{name.upper()}`" not in text] == []
