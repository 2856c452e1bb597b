import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.durable import append_line, read_lines, write_atomically

TEXTS = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")), max_size=20)


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "note.json"
    write_atomically(file, b"first, and longer")
    inode = file.stat().st_ino
    with file.open("rb") as old:
        write_atomically(file, b"second")
        assert old.read() == b"first, and longer"
    assert file.read_bytes() == b"second"
    assert file.stat().st_ino != inode
    assert list(tmp_path.iterdir()) == [file]


def test_lines_come_back_in_the_order_they_were_added(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    assert read_lines(file) == []
    for number in range(3):
        append_line(file, {"run": number, "état": "größer"})
    assert read_lines(file) == [{"run": number, "état": "größer"} for number in range(3)]
    assert file.read_text(encoding="utf-8").splitlines()[0] == '{"run": 0, "état": "größer"}'


@pytest.mark.parametrize("half", ['{"run": 1, "sta', '{"run": 1}', '"', "\0\0\0\0", "{"], ids=["cut", "no line break", "quote", "zeros", "brace"])
def test_a_half_written_last_line_costs_itself_alone(tmp_path: Path, half: str) -> None:
    file = tmp_path / "runs.jsonl"
    append_line(file, {"run": 0})
    with file.open("a") as handle:
        handle.write(half)
    whole = [{"run": 1}] if half == '{"run": 1}' else []
    assert read_lines(file) == [{"run": 0}, *whole]
    append_line(file, {"run": 2})
    append_line(file, {"run": 3})
    assert read_lines(file) == [{"run": 0}, *whole, {"run": 2}, {"run": 3}]


def test_a_line_cut_within_a_letter_costs_itself_alone(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    file.write_bytes(b'{"a": 1}\n{"path": "caf\xc3')
    append_line(file, {"a": 2})
    assert read_lines(file) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("line", ["[1]", "3", "null", '"text"'])
def test_a_line_that_is_no_object_is_passed_over(tmp_path: Path, line: str) -> None:
    file = tmp_path / "runs.jsonl"
    file.write_text(f'{line}\n{{"a": 1}}\n')
    assert read_lines(file) == [{"a": 1}]


@given(st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=4))
def test_whatever_text_is_noted_is_read_back(entries: list[dict[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "runs.jsonl"
        for entry in entries:
            append_line(file, entry)
        assert read_lines(file) == entries


def test_each_entry_is_one_line_of_json_for_other_tools(tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    for entry in ({"path": "a\nb"}, {"path": "c"}):
        append_line(file, entry)
    assert [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]] == [{"path": "a\nb"}, {"path": "c"}]
