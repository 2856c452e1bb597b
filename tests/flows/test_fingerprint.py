from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows import fingerprint
from flows.fingerprint import code_fingerprint, inputs_fingerprint
from transforms.bronze import Landed, Unreadable
from transforms.parsed import Capture, Limits
from warehouse.schema.gold import Policy

AT = datetime(2026, 1, 15)


def landed(digest: str, path: str = "/a") -> Landed:
    return Landed(digest, path, 1, AT, Capture(AT, "option"))


def unreadable(path: str, code: str = "unreadable", resolved_at: datetime | None = None) -> Unreadable:
    return Unreadable(path, code, "a reason", AT, resolved_at)


PLAIN = inputs_fingerprint([landed("aa")], [unreadable("/b")])


def test_the_same_inputs_have_the_same_fingerprint_whatever_they_were_called() -> None:
    assert inputs_fingerprint([landed("aa", "/elsewhere")], [unreadable("/b")]) == PLAIN
    assert len(PLAIN) == 64


@pytest.mark.parametrize(
    ("documents", "paths"),
    [
        ([landed("ab")], [unreadable("/b")]),
        ([landed("aa"), landed("bb")], [unreadable("/b")]),
        ([], [unreadable("/b")]),
        ([landed("aa")], []),
        ([landed("aa")], [unreadable("/c")]),
        ([landed("aa")], [unreadable("/b", code="too_large")]),
        ([landed("aa")], [unreadable("/b", resolved_at=AT + timedelta(days=1))]),
    ],
    ids=["other bytes", "one more", "one less", "all readable", "other path", "other reason", "resolved"],
)
def test_every_change_of_the_inputs_changes_it(documents: list[Landed], paths: list[Unreadable]) -> None:
    assert inputs_fingerprint(documents, paths) != PLAIN


def test_another_policy_changes_it() -> None:
    inputs = [landed("aa")], [unreadable("/b")]
    assert len({inputs_fingerprint(*inputs, policy=policy) for policy in Policy}) == len(Policy)
    assert inputs_fingerprint(*inputs, policy=Policy.MERGE) == PLAIN


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of its own in place of ours, fingerprinted afresh each time."""
    (tmp_path / "package" / "sql").mkdir(parents=True)
    for name in ("__init__.py", "a.py", "sql/b.sql", "table.toml", "notes.md"):
        (tmp_path / "package" / name).write_text("1")
    monkeypatch.setattr(fingerprint, "_PACKAGES", ("package",))
    monkeypatch.setattr(fingerprint, "files", lambda name: tmp_path / name)
    monkeypatch.setattr(fingerprint, "code_fingerprint", code_fingerprint.__wrapped__)
    return tmp_path / "package"


@pytest.mark.parametrize("name", ["a.py", "sql/b.sql", "table.toml", "new.py", "sql/new.sql"])
def test_every_line_of_code_changes_the_fingerprint_of_the_code(copied: Path, name: str) -> None:
    before = fingerprint.code_fingerprint()
    assert fingerprint.code_fingerprint() == before
    (copied / name).write_text("2")
    assert fingerprint.code_fingerprint() != before


def test_a_moved_line_changes_it_and_notes_and_compiled_files_do_not(copied: Path) -> None:
    before = fingerprint.code_fingerprint()
    (copied / "notes.md").write_text("2")
    (copied / "__pycache__").mkdir()
    (copied / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"2")
    assert fingerprint.code_fingerprint() == before
    (copied / "a.py").rename(copied / "c.py")
    assert fingerprint.code_fingerprint() != before


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_every_limit_that_decides_rows_changes_it(copied: Path, name: str) -> None:
    del copied
    assert fingerprint.code_fingerprint(Limits(**{name: 12_345})) != fingerprint.code_fingerprint()
    assert fingerprint.code_fingerprint(Limits()) == fingerprint.code_fingerprint()


def test_our_own_code_is_all_read() -> None:
    root = Path(fingerprint.__file__).parents[1]
    found = {name for package in fingerprint._PACKAGES for name, _ in fingerprint._sources(root / package, package)}
    packages = ("transforms", "warehouse", "expectations")
    expected = {str(path.relative_to(root)) for package in packages for path in (root / package).rglob("*.*")}
    assert found == {name for name in expected if name.endswith((".py", ".sql", ".toml"))}
    assert {"transforms/keys.py", "transforms/dedupe/survivorship.toml", "warehouse/sql/gold/papers.sql", "expectations/values.py"} <= found


def test_a_decision_changes_what_a_warehouse_is_made_from() -> None:
    decision = {"decision_id": 1, "decision": "same", "records_a": ["r1"], "records_b": ["r2"]}
    found = inputs_fingerprint([landed("aa")], [unreadable("/b")], [decision])
    assert found != PLAIN
    assert found != inputs_fingerprint([landed("aa")], [unreadable("/b")], [decision | {"decision": "different"}])
