"""Reading a document once more for its entries as the person wrote them, beside what the parser makes of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.content import Content
from transforms.json_text import BadJson, loads, loads_exactly
from transforms.parsed import Record, Reject, Told
from transforms.sources import Format
from transforms.sources.bibtex import draft_of
from transforms.sources.bibtex_reader import entries
from transforms.sources.csv_columns import Columns, columns_of
from transforms.sources.csv_rows import rows
from transforms.sources.object_values import values_of_object
from transforms.sources.parquet_table import FAULTS
from transforms.sources.ris import fields_of
from transforms.sources.table_values import values_of_row

BIBTEX, RIS, TABLE = "bibtex", "ris", "table"
# Whose own words these are; records of other formats have none.
NATIVE = {"bibtex": BIBTEX, "ris": RIS, "csv": TABLE, "json_table": TABLE, "parquet": TABLE}


@dataclass(frozen=True, slots=True)
class Again:
    """A record: its position as the parser gives it, columns of bronze.records, and its own type, key and fields where its format is a person's.

    Position 0 is what is no record and is kept all the same, as it is printed (`text`): a preamble, a comment.
    """

    position: int
    values: dict[str, Any]
    kind: str = ""
    key: str = ""
    fields: dict[str, list[Any]] | None = None
    text: str = ""


def read_again(form: Format, content: Content, told: Told) -> Iterator[Again]:
    """The records of the document in its order, those without title too where their format is a person's. Never raises for what the parser could
    read."""
    match form.name:
        case "bibtex":
            yield from _bibtex(content, told)
        case "csv":
            yield from _csv(content, told)
        case "parquet":
            yield from _parquet(content)
        case _:
            for part in form.parse(content, told):
                if isinstance(part, (Record, Reject)) and part.position is not None:
                    yield from _parsed(form.name, part, content)


def _bibtex(content: Content, told: Told) -> Iterator[Again]:
    number = 0
    with content.stream() as stream:
        for entry in entries(stream, told.limits.max_record_bytes):
            if entry.kind in ("comment", "preamble") and not entry.fault:
                yield Again(0, {}, text=content.slice(entry.offset, entry.length).decode("utf-8", "replace").strip())
            if not entry.kind or (entry.kind in ("comment", "preamble", "string") and not (entry.fault and entry.kind == "string")):
                continue
            number += 1
            if not entry.fault:
                fields: dict[str, list[Any]] = {}
                for name, value in entry.fields:
                    # BibTeX reads the first of two fields of one name; the second is kept under another.
                    while name in fields and fields[name] != [value]:
                        name += "-again"
                    fields[name] = [value]
                yield Again(number, draft_of(entry).done(), entry.kind, entry.key, fields)


def _csv(content: Content, told: Told) -> Iterator[Again]:
    columns: Columns | None = None
    with content.stream() as stream:
        for row in rows(stream, told.limits.max_line_bytes, told.limits.max_line_bytes):
            if columns is None and row.fields:
                columns = columns_of(row.fields)
            elif columns and not row.fault:
                fields = {name: [value] for name, value in zip(columns.printed, row.fields, strict=False)}
                values = values_of_row(row.fields, columns)
                yield Again(row.line, values, key=values.get("source_id", ""), fields=fields)


def _parquet(content: Content) -> Iterator[Again]:
    number = 0
    try:
        table = pq.ParquetFile(pa.BufferReader(pa.py_buffer(content.whole(1 << 62, is_mapped_free=True))))
        for batch in table.iter_batches(batch_size=1_000):
            for row in batch.to_pylist(maps_as_pydicts="lossy"):
                number += 1
                values = values_of_object(row, frozenset())
                yield Again(number, values, key=values.get("source_id", ""), fields={name: [value] for name, value in row.items()})
    except FAULTS:
        # The parser has said so.
        return


def _parsed(form: str, part: Record | Reject, content: Content) -> Iterator[Again]:
    position = part.position or 0
    values = part.values if isinstance(part, Record) else {}
    if isinstance(part, Reject) and part.code != "no_title":
        return
    if form not in NATIVE:
        if values:
            yield Again(position, values, key=values.get("source_id") or "")
        return
    raw = content.slice(part.offset, part.length or 0)
    if form == "ris":
        tagged = fields_of(raw)
        fields: dict[str, list[Any]] = {}
        for tag, value in tagged:
            if value.strip() and tag not in ("TY", "ER"):
                fields.setdefault(tag, []).append(value)
        kind = next((value.strip() for tag, value in tagged if tag == "TY"), "")
        yield Again(position, values, kind, next(iter(fields.get("ID", [])), "").strip(), fields)
    else:
        try:
            row = loads(raw)
            exact = loads_exactly(raw)
        except BadJson:
            return
        if isinstance(row, dict):
            # An id that someone wrote as a number keeps its digits.
            kept = {name: value if type(value) is not float or repr(value) == exact[name] else exact[name] for name, value in row.items()}
            yield Again(position, values, key=values.get("source_id") or "", fields={name: [value] for name, value in kept.items()})
