"""Running suites with Great Expectations against a DuckDB file, and writing its Data Docs.

This is the one module that imports Great Expectations. That takes some three seconds, so it is imported only when checks run.
"""

import gc
import logging
import shutil
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from expectations import duckdb_connection
from expectations.model import Expectation, Failure, Suite
from warehouse.store import MEMORY

# Nothing that is imported here ever becomes garbage: looking for some while it comes in would cost a fifth of the time.
gc.disable()
with warnings.catch_warnings():
    # Great Expectations 1.24 imports modules that Python deprecates; that is not ours to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    import great_expectations as gx
    from great_expectations import expectations as native
    from great_expectations.core import ExpectationSuite, ValidationDefinition
    from great_expectations.datasource.fluent.interfaces import TestConnectionError
gc.enable()

_KEYS_NAMED = 5
# Great Expectations 1.24 writes failing values into its pages as they are, and a value from outside may be a script. It also asks the web for styles.
_INERT = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:">"""
# It logs one line per query that it found no dialect of its own for DuckDB, and asks SQLAlchemy instead, as it should.
logging.getLogger("great_expectations").setLevel(logging.ERROR)


class Gate:
    """One context of Great Expectations: checks files, remembers the results, and writes them as Data Docs."""

    def __init__(self) -> None:
        duckdb_connection.register()
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False, "metric_calculations": False}

    def check(self, database: Path, suites: Sequence[Suite], when_done: Callable[[], None] = lambda: None) -> list[Failure]:
        """Every expectation of the suites that the file does not meet; `when_done` is called after each suite.

        The file is opened read-only and may not be open for writing.
        """
        # Beside the address, and quoted: a folder's name may have signs that mean something in one, or to Great Expectations (`${HOME}`).
        arguments = {"connect_args": {"database": quote(str(database)), "read_only": True, "config": {"memory_limit": MEMORY}}}
        source = self._context.data_sources.add_or_update_sql(name=database.stem, connection_string=duckdb_connection.URL, kwargs=arguments)
        failures: list[Failure] = []
        try:
            for suite in suites:
                failures += self._check_table(source, suite)
                when_done()
            return failures
        finally:
            # The file is about to be changed or moved: no handle may stay, neither the execution engine's nor the data source's.
            source.get_execution_engine().engine.dispose()
            source.get_engine().dispose()

    def _check_table(self, source: Any, suite: Suite) -> list[Failure]:
        try:
            asset = source.add_table_asset(name=suite.full_name, table_name=suite.table, schema_name=suite.schema)
        except TestConnectionError as error:
            return [Failure(suite.full_name, "table_is_there", "the table can be read", 0, error=str(error).splitlines()[0])]
        batch = asset.add_batch_definition_whole_table(name="whole")
        defined = ExpectationSuite(name=suite.full_name, expectations=[_defined(expectation) for expectation in suite.expectations])
        validation = ValidationDefinition(name=suite.full_name, data=batch, suite=self._context.suites.add_or_update(defined))
        validation = self._context.validation_definitions.add_or_update(validation)
        shape = {"result_format": "COMPLETE", "unexpected_index_column_names": list(suite.key), "include_unexpected_rows": False}
        result = validation.run(result_format=shape)
        by_name = {expectation.name: expectation for expectation in suite.expectations}
        failed = (one for one in result.results if not one.success)
        return [_failure(suite, by_name[one.expectation_config.meta["name"]], one.result, one.exception_info) for one in failed]

    def write_docs(self, folder: Path) -> None:
        """The results of all checks so far as a static site, in place of the one that is there."""
        building = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(building, ignore_errors=True)
        backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(building)}
        index = {"class_name": "DefaultSiteIndexBuilder"}
        site = {"class_name": "SiteBuilder", "site_index_builder": index, "store_backend": backend, "show_how_to_buttons": False}
        name = "paperhouse"
        if name in self._context.get_site_names():
            self._context.update_data_docs_site(site_name=name, site_config=site)
        else:
            self._context.add_data_docs_site(site_name=name, site_config=site)
        self._context.build_data_docs(site_names=[name])
        for page in building.rglob("*.html"):
            page.write_text(page.read_text(encoding="utf-8").replace("<head>", f"<head>{_INERT}", 1), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        building.rename(folder)


def _defined(expectation: Expectation) -> Any:
    common = {"meta": {"name": expectation.name}, "description": expectation.about}
    if expectation.native:
        return getattr(native, expectation.native)(**expectation.arguments, **common)
    return native.UnexpectedRowsExpectation(unexpected_rows_query=expectation.query, **common)


def _failure(suite: Suite, expectation: Expectation, result: Mapping[str, Any], trouble: Mapping[str, Any]) -> Failure:
    if error := _error(trouble):
        return Failure(suite.full_name, expectation.name, expectation.about, 0, error=error)
    if expectation.native:
        # Of a key of several columns Great Expectations gives the values and no index.
        rows = result.get("unexpected_index_list") or [row for row in result.get("unexpected_list", []) if isinstance(row, Mapping)]
        count = result.get("unexpected_count", len(rows))
    else:
        rows = result.get("details", {}).get("unexpected_rows", [])
        count = result.get("observed_value", len(rows))
    keys: dict[str, None] = {}
    for row in rows:
        named = [str(row[name]) for name in suite.key if name in row] or [str(value) for value in row.values()]
        keys[" ".join(named)] = None
    return Failure(suite.full_name, expectation.name, expectation.about, int(count), tuple(keys)[:_KEYS_NAMED])


def _error(trouble: Mapping[str, Any]) -> str | None:
    """The first line of the exception that kept an expectation from being checked, if there was one."""
    found = [trouble, *(value for value in trouble.values() if isinstance(value, Mapping))]
    messages = [one["exception_message"] for one in found if one.get("raised_exception") and one.get("exception_message")]
    return str(messages[0]).splitlines()[0] if messages else None
