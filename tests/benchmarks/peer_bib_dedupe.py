"""bib-dedupe on one file, as its documentation says: prep, block, match, cluster. Run by peers.py in an environment of its own.

python peer_bib_dedupe.py RECORDS.csv CLUSTERS.csv

RECORDS.csv has ID, ENTRYTYPE, title, author, year, journal, volume, number, pages, abstract, doi, and search_set where a source lists each paper
once.
"""

import sys

import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep


def main() -> None:
    read, written = sys.argv[1:]
    records = pd.read_csv(read, dtype=str, keep_default_na=False)
    found = cluster(match(block(prep(records, verbosity_level=0))))
    paper = {record: members[0] for members in found for record in members}
    pd.DataFrame({"record_id": records["ID"], "paper": [paper.get(record, record) for record in records["ID"]]}).to_csv(written, index=False)


if __name__ == "__main__":
    main()
