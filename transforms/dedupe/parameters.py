"""Every number that deduplication depends on, with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameters:
    """Thresholds of block and match."""

    # Candidates by abstract share this many first characters of the abstract's key: about a sentence, which two papers do not share.
    abstract_block_length: int = 80
    # A title or the beginning of an abstract that more records share, equal ones counted once, is a kind of text and names no paper: of 170 real
    # papers none has the title of another, while "Editorial" and "Preface" have hundreds.
    max_block: int = 50
    # An abstract with fewer two-word sequences ("Abstract", "To appear.") says nothing about identity.
    min_bigrams: int = 8
    # Share of the shorter abstract's two-word sequences that the other has. In the text dumps two different papers of one field share under
    # 0.15; an abstract shortened or with its TeX eaten keeps above 0.6 (tests/transforms/dedupe/cases.jsonl has the cases).
    same_abstract_overlap: float = 0.5
    different_abstract_overlap: float = 0.2
    # Nearly the same abstract lets a title differ by a typing mistake or a word, but not by a number (Part I, Part II).
    near_abstract_overlap: float = 0.8
    near_title_similarity: float = 0.85
    # A preprint and its listing may name days of revision; more than a year apart is another paper.
    max_days_apart: int = 400
    # One identifier under two titles is one paper that was renamed, or a copying mistake: half of the letters must agree.
    same_identifier_title_similarity: float = 0.5
    score_same_facts: float = 0.8
