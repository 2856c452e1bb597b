"""`csv`: tables of papers with a header (comma, tab or semicolon between the fields), as reference managers, indexes and data frames write them."""

from collections import Counter
from collections.abc import Iterator

from transforms.content import HEAD_BYTES, Content
from transforms.parsed import Page, Part, Record, Reject, Told
from transforms.sources.csv_columns import Columns, columns_of, is_table_of_papers
from transforms.sources.csv_rows import Row, declared_delimiter, delimiter_of, rows, split_fields
from transforms.sources.table_values import values_of_row

_MAX_HEADER_BYTES = 16_384
_MAX_NAME_LETTERS = 80


def matches(head: bytes) -> bool:
    """Whether the first row names a title and something else that papers have, and nothing follows it or a second row does."""
    if b"\0" in head:
        return False
    lines = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    delimiter = declared_delimiter(lines[0])
    if delimiter:
        lines = lines[1:]
    header = next((line for line in lines if line.strip()), b"")
    if not header or len(header) > _MAX_HEADER_BYTES or header[:1] in (b"{", b"[", b"<", b"@"):
        return False
    delimiter = delimiter or delimiter_of(header)
    names = split_fields(header.decode("utf-8", "replace"), delimiter)
    if len(names) < 2 or any(len(name) > _MAX_NAME_LETTERS for name in names) or not is_table_of_papers(columns_of(names)):
        return False
    following = [line for line in lines[lines.index(header) + 1 :] if line.strip()]
    # A second line of prose has no delimiter; a quoted field may be open at its end.
    return len(head) < HEAD_BYTES if not following else delimiter.encode("latin-1") in b"".join(following[:200])


def parse(content: Content, told: Told) -> Iterator[Part]:
    """One record per row, placed at the line where the row begins."""
    filled: Counter[int] = Counter()
    columns: Columns | None = None
    is_empty = True
    with content.stream() as stream:
        for row in rows(stream, told.limits.max_line_bytes, told.limits.max_line_bytes):
            if columns is None and row.fields:
                columns = columns_of(row.fields, told.ignored)
                continue
            is_empty = False
            if row.fault or columns is None:
                yield _reject(row, row.code, row.fault or "it stands before the header")
                continue
            filled.update([place for place, value in enumerate(row.fields) if value])
            values = values_of_row(row.fields, columns)
            if "title" in values:
                yield Record(row.line, row.offset, row.length, values)
            else:
                yield _reject(row, "no_title", "it has no title; add one", values.get("source_id"))
    if columns:
        for place, count in filled.items():
            told.paths.note(columns.paths[place], "field", count)
    if is_empty:
        yield Reject("no_paper", "the table has a header and no row; export it again")
        yield Page(listing_state=None)
    else:
        yield Page()


def _reject(row: Row, code: str, why: str, source_id: str | None = None) -> Reject:
    return Reject(code, f"row at line {row.line}: {why}", row.line, row.offset, row.length, row.raw or None, source_id)
