"""The JSON formats on real files: how many papers they have, and that nothing in them is unknown."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.bronze import Bronze

pytestmark = pytest.mark.corpus
Read = Callable[..., Bronze]
COUNTS = {
    "kaggle/arxiv-metadata-oai-snapshot.head.json": ("arxiv_snapshot", 200),
    "openalex/W-api-response.json": ("openalex", 1),
    "openalex/W2741809807.json": ("openalex", 1),
    "openalex/api_page.json": ("openalex", 50),
    "crossref/1item.json.gz": ("crossref", 1),
    "crossref/2item-references.json.gz": ("crossref", 2),
    "crossref/3items.json.gz": ("crossref", 3),
    "crossref/affiliations.json.gz": ("crossref", 1),
    "crossref/crossref-2025.jsonl.gz": ("crossref", 3),
    "crossref/fatcat__crossref-works.single.json": ("crossref", 1),
    "crossref/funded.json.gz": ("crossref", 1),
    "crossref/orcid-work.json.gz": ("crossref", 1),
    "crossref/same-author.json.gz": ("crossref", 2),
    "crossref/updated.json.gz": ("crossref", 1),
}


def data_of(corpus: Path, name: str) -> bytes:
    raw = (corpus / "samples" / name).read_bytes()
    return gzip.decompress(raw) if name.endswith(".gz") else raw


@pytest.mark.parametrize("name", COUNTS)
def test_every_record_is_kept_and_every_path_known(corpus: Path, read: Read, name: str) -> None:
    data = data_of(corpus, name)
    found = read(data)
    assert (found.documents["format"][0], found.records.height, found.rejects.height) == (*COUNTS[name], 0)
    assert found.paths.filter(~found.paths["is_known"]).is_empty()
    for row in found.records.iter_rows(named=True):
        value = json.loads(data[row["byte_offset"] : row["byte_offset"] + row["byte_length"]])
        assert value.get("id") == row["source_id"] or row["source_id"] in (value.get("id") or value["DOI"])


def test_the_snapshot_has_what_it_should(corpus: Path, read: Read) -> None:
    records = read(data_of(corpus, "kaggle/arxiv-metadata-oai-snapshot.head.json")).records
    assert records.select("abstract", "authors", "published_on", "updated_on", "arxiv_id").null_count().row(0) == (0, 0, 0, 0, 0)
    assert records["doi"].count() == 117
    assert records["identifiers"].drop_nulls().sort().to_list() == ['{"doi":["10.1016/j.jqsrt.2015.11.025"]}', '{"doi":["10.1364/JOSAA.32.002407"]}']
    assert records["status"].drop_nulls().to_list() == ["withdrawn"]
    assert sum(len(json.loads(authors)) for authors in records["authors"]) == 537


def test_abstracts_of_works_are_whole(corpus: Path, read: Read) -> None:
    data = data_of(corpus, "openalex/api_page.json")
    records = {row["source_id"]: row for row in read(data).records.iter_rows(named=True)}
    for work in json.loads(data)["results"]:
        index = work["abstract_inverted_index"] or {}
        record = records[work["id"].rpartition("/")[2]]
        assert len((record["abstract"] or "").split(" ")) == max(1, sum(map(len, index.values())))
        assert len(json.loads(record["authors"] or "[]")) == len(work["authorships"])


def test_a_correction_is_one(corpus: Path, read: Read) -> None:
    record = read(data_of(corpus, "crossref/updated.json.gz")).records.row(0, named=True)
    assert (record["kind"], record["status"], record["published_on"]) == ("journal-article", "correction", "2022-04-30")
