"""`--merged`: one entry per paper, in the format that the file's name says."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flows.dedupe.documents import Document, content_of
from flows.dedupe.tables import replacing
from transforms.json_text import dumps
from transforms.library import bibtex, ris, tables
from transforms.library.again import BIBTEX, NATIVE, RIS, TABLE, Again, read_again
from transforms.library.entry import Entry, Vocabulary, merged
from transforms.parsed import Limits, Told
from transforms.recognize import recognize
from transforms.sources import Format
from warehouse.store import MEMORY_TO_READ, opened

_FORMS = {".bib": BIBTEX, ".ris": RIS, ".csv": TABLE, ".jsonl": TABLE, ".ndjson": TABLE, ".parquet": TABLE}
ENDINGS = tuple(_FORMS)
_AT_ONCE = 5_000
_MOST_TEXTS = 1_000
_CELLS = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}


class _Library:
    """What is read again: entries to a file in order of papers, and what is said once of all."""

    def __init__(self, form: str) -> None:
        self.form = form
        # Columns of the person's tables with what they tell of, in order, and the types of their values.
        self.things: dict[str, str] = {}
        self.columns: dict[str, set[type]] = {}
        self.texts: dict[str, None] = {}

    def entry(self, again: Again, name: str, native: str | None) -> Entry:
        """The record in the words of the format that is written."""
        key = again.key or name
        if native == self.form and again.fields is not None:
            said = {
                field: left for field, values in again.fields.items() if (left := [one for one in values if one is not None and str(one).strip()])
            }
            return Entry(again.kind, key, name, said, is_native=True)
        match self.form:
            case "bibtex":
                return bibtex.from_values(again.values, key, name)
            case "ris":
                return ris.from_values(again.values, key, name)
            case _:
                return tables.from_values(again.values, key, name, self.things)

    def note(self, fields: Mapping[str, list[Any]]) -> None:
        """Take note of a table's columns, those without a value too."""
        for column, values in fields.items():
            self.columns.setdefault(column, set()).update(type(value) for value in values if value is not None)

    @property
    def vocabulary(self) -> Vocabulary:
        return {BIBTEX: bibtex.VOCABULARY, RIS: ris.VOCABULARY}.get(self.form) or tables.vocabulary(self.things)


def write_merged(target: Path, documents: Sequence[Document], limits: Limits, listing: pl.DataFrame, rows: pl.DataFrame, folder: Path) -> int:
    """Read the documents once more and write one entry per paper, in order of their first records. `rows` has id, record_id and paper of each
    record. Gives the number of papers that could not be written, because nothing of them could be read.

    Entries wait in a file in `folder`, where they are brought into order: memory does not grow with them.
    """
    library = _Library(_FORMS[target.suffix.lower()])
    first = dict(zip(rows["record_id"], range(rows.height), strict=True))
    paper = pl.Series([first[key] for key in rows["paper"]], dtype=pl.Int64)
    places = listing.select("document", "position", "number", "key").with_columns(paper=paper)
    with opened(folder / "entries.duckdb", memory=MEMORY_TO_READ) as connection:
        connection.execute("CREATE TABLE entries (paper BIGINT, number BIGINT, entry VARCHAR)")
        # Tables come first, so that what comes from elsewhere takes their columns' names.
        forms = [(document, form) for document in documents if isinstance(form := _form_of(document), Format)]
        for document, form in sorted(forms, key=lambda one: NATIVE.get(one[1].name) != library.form):
            of_document = places.filter(pl.col("document") == document.number)
            where = {position: (paper, number, key) for position, number, key, paper in of_document.drop("document").iter_rows()}
            _read_document(document, form, limits, where, library, connection)
        with replacing(target) as part:
            written = _write(part, target.suffix.lower(), library, _papers(connection, library))
    return rows["paper"].n_unique() - written


def _form_of(document: Document) -> Format | Any:
    with content_of(document) as content:
        return recognize(content.head())


def _read_document(
    document: Document,
    form: Format,
    limits: Limits,
    where: Mapping[int, tuple[int, int, str]],
    library: _Library,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    waiting: list[tuple[int, int, str]] = []

    def flush() -> None:
        frame = pl.DataFrame(waiting, schema={"paper": pl.Int64, "number": pl.Int64, "entry": pl.String}, orient="row")
        connection.from_arrow(frame.to_arrow()).insert_into("entries")
        waiting.clear()

    native = NATIVE.get(form.name)
    with content_of(document) as content:
        for again in read_again(form, content, Told(document.landed.capture, limits, document.landed.name)):
            if not again.position:
                if library.form == BIBTEX and len(library.texts) < _MOST_TEXTS:
                    library.texts[again.text] = None
                continue
            if again.position not in where:
                continue
            if native == TABLE and library.form == TABLE and again.fields is not None and again.fields.keys() - library.things.keys():
                library.things |= {name: thing for name, thing in tables.things_of(again.fields).items() if name not in library.things}
            paper, number, key = where[again.position]
            entry = library.entry(again, key, native)
            if library.form == TABLE:
                library.note(again.fields if native == TABLE and again.fields is not None else entry.fields)
            waiting.append((paper, number, dumps([entry.kind, entry.key, entry.name, entry.fields, entry.is_native])))
            if len(waiting) >= _AT_ONCE:
                flush()
    if waiting:
        flush()


def _papers(connection: duckdb.DuckDBPyConnection, library: _Library) -> Iterator[tuple[Entry, list[Entry]]]:
    """The merged entry of each paper, and the entries that it is made of."""
    vocabulary = library.vocabulary
    found = connection.execute("SELECT paper, entry FROM entries ORDER BY paper, number")

    def entries() -> Iterator[tuple[int, Entry]]:
        while some := found.fetchmany(_AT_ONCE):
            for paper, text in some:
                yield paper, Entry(*json.loads(text))

    for _, group in groupby(entries(), key=itemgetter(0)):
        of_paper = [entry for _, entry in group]
        yield merged(of_paper, vocabulary), of_paper


def _write(part: Path, ending: str, library: _Library, papers: Iterator[tuple[Entry, list[Entry]]]) -> int:
    if library.form == TABLE:
        return _write_table(part, ending, library, papers)
    writer: Callable[..., str] = bibtex.text_of if library.form == BIBTEX else ris.text_of
    as_key = bibtex.safe_key if library.form == BIBTEX else ris.line
    count, taken = 0, set[str]()
    with part.open("w", encoding="utf-8", errors="replace", newline="") as file:
        for text in library.texts:
            file.write(text + "\n\n")
        for entry, of_paper in papers:
            count += 1
            key = _free_key(entry, taken, as_key)
            # A key that a paper before has stands for that one.
            others = [one for other in of_paper if (one := as_key(other.key)) and one not in taken]
            taken.update(others)
            file.write(writer(entry, key, others) + ("\n" if library.form == BIBTEX else ""))
    return count


def _free_key(entry: Entry, taken: set[str], as_key: Callable[[str], str]) -> str:
    """The entry's own key; where a paper before has that, what the table of records calls it."""
    key = as_key(entry.key) or as_key(entry.name) or "entry"
    if key in taken:
        key = as_key(entry.name) or key
    wanted, count = key, 1
    while key in taken:
        count += 1
        key = f"{wanted}-{count}"
    taken.add(key)
    return key


def _write_table(part: Path, ending: str, library: _Library, papers: Iterator[tuple[Entry, list[Entry]]]) -> int:
    keys = [name for name, thing in library.things.items() if thing == "source_id"]
    key_column = keys[0] if keys else tables.NAMES["source_id"]
    columns = [*([] if key_column in library.columns else [key_column]), *library.columns]
    columns += [] if tables.OTHER_KEYS in columns else [tables.OTHER_KEYS]
    count = 0

    def table_rows() -> Iterator[dict[str, Any]]:
        nonlocal count
        for entry, of_paper in papers:
            count += 1
            yield tables.row_of(entry, key_column, [one.name for one in of_paper])

    if ending == ".csv":
        with part.open("w", encoding="utf-8", newline="") as file:
            _write_csv(file, columns, table_rows())
    elif ending == ".parquet":
        _write_parquet(part, columns, library.columns, table_rows())
    else:
        with part.open("w", encoding="utf-8") as file:
            file.writelines(dumps({name: value for name, value in row.items() if value is not None}) + "\n" for row in table_rows())
    return count


def _write_csv(file: IO[str], columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)


def _cell(value: Any) -> Any:
    return dumps(value) if isinstance(value, (list, dict)) else "" if value is None else value


def _write_parquet(part: Path, columns: Sequence[str], kinds: Mapping[str, set[type]], rows: Iterator[dict[str, Any]]) -> None:
    """A column has the type that all of its values have, else text."""
    types = {}
    for name in columns:
        found = kinds.get(name) or {str}
        types[name] = _CELLS.get(next(iter(found)), pa.string()) if len(found) == 1 else pa.float64() if found == {int, float} else pa.string()
    schema = pa.schema(list(types.items()))
    with pq.ParquetWriter(part, schema) as writer:
        waiting: list[dict[str, Any]] = []

        def flush() -> None:
            cells = {name: pa.array([_typed(row.get(name), kind) for row in waiting], kind) for name, kind in types.items()}
            writer.write_table(pa.table(cells, schema=schema))
            waiting.clear()

        for row in rows:
            waiting.append(row)
            if len(waiting) >= _AT_ONCE:
                flush()
        flush()


def _typed(value: Any, kind: Any) -> Any:
    return value if value is None or kind != pa.string() else str(_cell(value))
