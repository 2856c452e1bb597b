"""Every number that deduplication depends on, with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of block and match."""

    # Candidates by abstract share this many first characters of the abstract's key: about a sentence, which two papers do not share.
    abstract_block_length: int = 80
    # In a block of more records each is compared with so many that follow it in order. Pairs of records that are one paper are less than ten places
    # apart in the labelled sets, where a paper has up to 238 records.
    window: int = 20
    # Where all else says with odds of ninety to one that it is one paper, abstracts are not read: sources shorten and translate them.
    certain_weight: float = 4.5
    # An abstract with fewer two-word sequences ("Abstract", "To appear.") says nothing about identity.
    min_bigrams: int = 8
    # Share of the shorter abstract's two-word sequences that the other has. In the text dumps two different papers of one field share under
    # 0.15; an abstract shortened or with its TeX eaten keeps above 0.6 (tests/transforms/dedupe/cases.jsonl has the cases).
    same_abstract_overlap: float = 0.5
    different_abstract_overlap: float = 0.2
    near_abstract_overlap: float = 0.8
    # Where a word of the titles tells two papers apart, their abstracts are one only if they differ in less than the name of what was renamed.
    series_abstract_overlap: float = 0.9
    # One identifier under two titles is one paper that was renamed, or a copying mistake: half of the letters must agree.
    same_identifier_title_similarity: float = 0.5
    score_same_facts: float = 0.8
    # Two abstracts a pair and their two-word sequences take some 30 kB while they are compared: 300 MB at a time, whatever the number of pairs.
    pairs_at_a_time: int = 10_000
