"""splink on one file: a Fellegi-Sunter model of bibliographic fields, trained without labels on the file itself, with DuckDB. Run by peers.py in an
environment of its own.

python peer_splink.py RECORDS.parquet CLUSTERS.csv

RECORDS.parquet has unique_id, source_dataset and the fields below, normalised as paperhouse compares them. Where source_dataset has more than one
value, each source lists a paper once: then sources are linked, each record to its single best. The order of steps and the 0.95 are those of splink's
README; u is estimated from 10^7 pairs, as its documentation has for models under test.
"""

import sys

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_THRESHOLD = 0.95
_PREDICT_ON = (
    ("title",),
    ("substr(title, 1, 20)", "year"),
    ("first_family", "year"),
    ("first_family", "first_page"),
    ("volume", "first_page", "year"),
    ("doi",),
    ("arxiv_id",),
)
# Each leaves out what it blocks on, so together they train every comparison. Most pairs in these blocks are one paper: with the first author and the
# year instead, training took the authors' other papers for matches.
_TRAIN_ON = (("title",), ("first_family", "first_page"))


def _settings(link_type: str) -> SettingsCreator:
    year = cl.CustomComparison([cll.NullLevel("year"), cll.ExactMatchLevel("year"), cll.AbsoluteDifferenceLevel("year", 1), cll.ElseLevel()], "year")
    return SettingsCreator(
        link_type=link_type,
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.97, 0.92, 0.85]),
            cl.JaroWinklerAtThresholds("names", [0.95, 0.85]),
            year,
            cl.JaroWinklerAtThresholds("venue", [0.95, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("volume"),
            cl.ExactMatch("issue"),
            cl.ExactMatch("first_page"),
            cl.ExactMatch("doi"),
            cl.ExactMatch("arxiv_id"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in _PREDICT_ON],
    )


def main() -> None:
    read, written = sys.argv[1:]
    connection = duckdb.connect()
    connection.execute("CREATE TABLE every AS SELECT * FROM read_parquet(?)", [read])
    sources = [name for (name,) in connection.execute("SELECT DISTINCT source_dataset FROM every ORDER BY 1").fetchall()]
    tables = []
    api = DuckDBAPI(connection)
    for number, name in enumerate(sources):
        connection.execute(f"CREATE TABLE records_{number} AS SELECT * EXCLUDE (source_dataset) FROM every WHERE source_dataset = ?", [name])
        tables.append(api.register(f"records_{number}", dataset_display_name=f"source_{number}"))
    several = len(tables) > 1
    linker = Linker(tables if several else tables[0], _settings("link_only" if several else "dedupe_only"))
    linker.training.estimate_probability_two_random_records_match([block_on("title", "first_family", "year"), block_on("doi")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for columns in _TRAIN_ON:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns), max_pairs=1e7)
    predictions = linker.inference.predict(threshold_match_probability=0.5)
    if several:
        names = [f"source_{number}" for number in range(len(tables))]
        found = linker.clustering.cluster_using_single_best_links(predictions, names, threshold_match_probability=_THRESHOLD)
    else:
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_probability=_THRESHOLD)
    found.as_duckdbpyrelation().project("unique_id AS record_id, cluster_id AS paper").write_csv(written)


if __name__ == "__main__":
    main()
