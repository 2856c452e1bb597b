"""Known: what an earlier run found, for a batch to be matched against without matching everything again."""

from typing import Protocol

import polars as pl


class Known(Protocol):
    """The facts, blocks and judged pairs of the records that are known, and the papers that they make. Records that are asked for and not known are
    left out of the answers; each answer is small where the question is."""

    def facts(self, record_ids: pl.Series) -> pl.DataFrame:
        """Rows of facts.facts, with `group` (block.group_keys) and `representative` (null for a record without title)."""
        ...

    def representatives(self, record_ids: pl.Series) -> pl.DataFrame:
        """record_id, representative of these records."""
        ...

    def of_groups(self, groups: pl.Series) -> pl.DataFrame:
        """record_id, group, representative of the records of these groups."""
        ...

    def of_representatives(self, record_ids: pl.Series) -> pl.DataFrame:
        """record_id, representative of the records that these represent, themselves among them."""
        ...

    def of_blocks(self, blocks: pl.Series) -> pl.DataFrame:
        """block, record_id: the representatives in these blocks."""
        ...

    def judged(self, record_ids: pl.Series) -> pl.DataFrame:
        """The judged pairs (match.judged_pairs) that have one of these records."""
        ...

    def of_sources(self, keys: pl.DataFrame) -> pl.DataFrame:
        """record_id, source, source_id, has_title of the records with these keys (source, source_id)."""
        ...

    def papers(self, record_ids: pl.Series) -> pl.DataFrame:
        """record_id, paper_id of these records."""
        ...

    def records(self, paper_ids: pl.Series) -> pl.DataFrame:
        """record_id, paper_id of the records of these papers."""
        ...

    def siblings(self, paper_ids: pl.Series) -> pl.DataFrame:
        """paper_id of all papers that are in one work with one of these, themselves among them."""
        ...
