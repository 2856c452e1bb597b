from typing import Any

import polars as pl
import pytest

from transforms.manifestations import manifestations


def of(**fields: Any) -> str:
    columns = ("title", "kind", "venue", "status", "doi", "arxiv_id")
    row = {"title": "On Lamps"} | fields
    (found,) = manifestations(pl.DataFrame({name: [row.get(name)] for name in columns}, schema=dict.fromkeys(columns, pl.String)))
    return str(found)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"kind": "journal-article"}, "published"),
        ({"kind": "inproceedings", "venue": "ACL"}, "published"),
        ({"kind": "CONF"}, "published"),
        ({"venue": "Nature"}, "published"),
        ({"doi": "10.1145/3292500"}, "published"),
        ({"kind": "paper", "arxiv_id": "2401.00001"}, "published"),
        # A journal's article that is on the arXiv too.
        ({"kind": "article", "venue": "Journal of Lamps", "arxiv_id": "2401.00001"}, "published"),
        ({"kind": "article", "venue": "CoRR"}, "preprint"),
        ({"kind": "article", "venue": "arXiv preprint arXiv:2401.00001"}, "preprint"),
        ({"kind": "article", "venue": "bioRxiv"}, "preprint"),
        ({"kind": "posted-content", "doi": "10.1101/2020.01.01.123456"}, "preprint"),
        ({"kind": "article", "doi": "10.48550/arxiv.2401.00001"}, "preprint"),
        ({"arxiv_id": "2401.00001"}, "preprint"),
        ({"kind": "preprint", "venue": "Zenodo"}, "preprint"),
        ({"venue": "ICLR 2024", "status": "Reject"}, "preprint"),
        ({"venue": "ICLR 2024", "status": "Withdrawn Submission"}, "preprint"),
        ({"venue": "ICLR 2024", "status": "Poster"}, "published"),
        ({"kind": "erratum", "venue": "Nature"}, "notice"),
        ({"title": "Corrigendum to: On Lamps", "venue": "Nature"}, "notice"),
        ({"title": "Retraction: On Lamps", "venue": "Nature"}, "notice"),
        ({"title": "RETRACTED: On Lamps", "venue": "Nature"}, "published"),
        ({"title": "Correction of Lamps by Colour"}, "notice"),
        ({"title": "Error Correction with Lamps", "venue": "Nature"}, "published"),
        ({}, "unknown"),
        ({"kind": "misc"}, "unknown"),
    ],
)
def test_the_first_fact_that_says_it_decides(fields: dict[str, str], wanted: str) -> None:
    assert of(**fields) == wanted


def test_each_paper_has_its_own() -> None:
    papers = pl.DataFrame({"title": ["Erratum", "A", "B"], "kind": [None, "preprint", None], **dict.fromkeys(("venue", "status", "doi", "arxiv_id"))})
    papers = papers.with_columns(pl.col("kind", "venue", "status", "doi", "arxiv_id").cast(pl.String))
    assert manifestations(papers).to_list() == ["notice", "preprint", "unknown"]
    assert manifestations(papers.clear()).to_list() == []
