"""`parquet`: tables of papers in Parquet files.

A row has no bytes of its own: it is placed by its number, at the file's beginning, and a reject shows it as JSON.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.content import Content, TooLarge
from transforms.json_text import dumps
from transforms.parsed import Page, Part, Record, Reject, Told, refused
from transforms.sources.csv_columns import columns_of, is_table_of_papers
from transforms.sources.object_values import values_of_object

_MAGIC = b"PAR1"
# What reading raises for damage, a date beyond any calendar among it.
FAULTS = (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError)
# Few, for one value may stand in every row and be stored once.
_ROWS_AT_ONCE = 200


def matches(head: bytes) -> bool:
    """Whether a document begins like a Parquet file."""
    return head.startswith(_MAGIC)


def parse(content: Content, told: Told) -> Iterator[Part]:
    """One record per row, numbered from 1. Memory is bounded by some rows and the pages that hold them."""
    read = 0
    try:
        # A mapped file costs no memory, whatever its size.
        data = content.whole(told.limits.max_whole_bytes, is_mapped_free=True)
        table = pq.ParquetFile(pa.BufferReader(pa.py_buffer(data)))
        names = table.schema_arrow.names
        if fault := _unfit(table, names, told):
            yield from refused(fault)
            return
        filled: Counter[str] = Counter()
        called = dict(zip(names, columns_of(names).paths, strict=True))
        for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE):
            for row in batch.to_pylist(maps_as_pydicts="lossy"):
                read += 1
                filled.update(name for name, value in row.items() if value is not None)
                yield _judged(row, read, told)
        for name, count in filled.items():
            told.paths.note(called[name], "field", count)
    except TooLarge as error:
        yield from refused(Reject("too_large", f"{error} (setting max_whole_bytes); unpack it, or raise the limit"))
        return
    except FAULTS as error:
        what = f"{str(error).splitlines()[0][:200] if str(error) else type(error).__name__}"
        why = f"it begins like a Parquet file and cannot be read as one ({what}); write it again"
        if not read:
            yield from refused(Reject("malformed", why))
            return
        yield Reject("malformed", f"behind row {read}: {why}", read + 1, 0, 0, b"")
        read += 1
    if read:
        yield Page(read_count=read)
    else:
        yield from refused(Reject("no_paper", "the table has no row; write it again"))


def _unfit(table: Any, names: list[str], told: Told) -> Reject | None:
    """Why the file is not read at all."""
    if not is_table_of_papers(columns_of(names)):
        listed = ", ".join(names[:20])
        return Reject("unknown_format", f"its columns have no title and something else that papers have (found: {listed[:300]}); rename one to title")
    most, groups = told.limits.max_whole_bytes, table.metadata.num_row_groups
    for number in range(groups):
        if (size := table.metadata.row_group(number).total_byte_size) > most:
            why = f"row group {number + 1} unpacks to {size:,} bytes, more than the {most:,} allowed (setting max_whole_bytes); write smaller ones"
            return Reject("too_large", why)
    return None


def _judged(row: Mapping[str, Any], number: int, told: Told) -> Record | Reject:
    values = values_of_object(row, told.ignored)
    if "title" in values:
        return Record(number, 0, 0, values)
    raw = dumps({name: value for name, value in row.items() if value is not None}).encode()
    return Reject("no_title", f"row {number}: it has no title; add one", number, 0, 0, raw, values.get("source_id"))
