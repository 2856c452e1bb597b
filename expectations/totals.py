"""What a declaration cannot say: counts that must agree, and facts that tables tell about one another. Any failure stops the publish."""

from expectations.model import Expectation
from expectations.values import RULES

_POLICY = "(SELECT any_value(policy) FROM gold.quality WHERE state = 'running')"

TOTALS: dict[str, tuple[Expectation, ...]] = {
    "bronze.documents": (
        Expectation(
            "read_is_kept_plus_rejected",
            "every record read was kept or rejected",
            "SELECT document_id, read_count, kept_count, rejected_count FROM {batch} WHERE read_count <> kept_count + rejected_count",
        ),
        Expectation(
            "kept_is_in_records",
            "kept_count is the number of its rows in bronze.records",
            """SELECT document_id, kept_count, count(record_id) AS found FROM {batch} LEFT JOIN bronze.records USING (document_id)
            GROUP BY document_id, kept_count HAVING kept_count <> count(record_id)""",
        ),
        Expectation(
            "rejected_is_in_rejects",
            "rejected_count is the number of its rows in bronze.rejects that stand",
            """SELECT document_id, rejected_count, count(reject_id) AS found FROM {batch}
            LEFT JOIN (FROM bronze.rejects WHERE resolved_at IS NULL) USING (document_id)
            GROUP BY document_id, rejected_count HAVING rejected_count <> count(reject_id)""",
        ),
    ),
    "bronze.records": (
        Expectation(
            "lies_within_its_document",
            "a record's bytes are bytes of its document",
            """SELECT record_id, byte_offset, byte_length FROM {batch} JOIN bronze.documents USING (document_id)
            WHERE byte_offset + byte_length > bytes""",
        ),
        Expectation(
            "has_a_title",
            "a title has a character that can be seen",
            r"SELECT record_id, title FROM {batch} WHERE NOT regexp_matches(title, '[^\pZ\pC]')",
        ),
        Expectation(
            "belongs_to_a_paper",
            "every record with a title belongs to a paper; an abstract that a source keeps apart may wait for its paper",
            "SELECT record_id FROM {batch} ANTI JOIN silver.record_papers USING (record_id) WHERE title IS NOT NULL",
        ),
    ),
    "bronze.rejects": (
        Expectation(
            "says_why",
            "a reject has a reason that a person can read",
            "SELECT reject_id, reason FROM {batch} WHERE length(trim(reason)) < 10",
        ),
        Expectation("raw_is_bounded", "at most 64 KiB are kept of a reject", "SELECT reject_id FROM {batch} WHERE length(raw) > 4 * 65536"),
    ),
    "silver.papers": (
        Expectation("has_a_record", "no paper without a record", "SELECT paper_id FROM {batch} ANTI JOIN silver.record_papers USING (paper_id)"),
        Expectation(
            "record_count_is_true",
            "record_count is the number of its rows in silver.record_papers",
            """SELECT paper_id, record_count, count(record_id) AS found FROM {batch} JOIN silver.record_papers USING (paper_id)
            GROUP BY paper_id, record_count HAVING record_count <> count(record_id)""",
        ),
        Expectation(
            "year_is_that_of_the_date",
            "with a date, year agrees with it; date_is_inferred is there exactly with a date",
            """SELECT paper_id, published_on, year FROM {batch}
            WHERE (published_on IS NOT NULL AND year IS DISTINCT FROM extract('year' FROM published_on))
            OR (date_is_inferred IS NULL) <> (published_on IS NULL)""",
        ),
    ),
    "silver.works": (
        Expectation(
            "prefers_one_of_its_papers",
            "the preferred paper is a paper of the work",
            """SELECT works.work_id, preferred_paper_id FROM {batch} AS works LEFT JOIN silver.papers
            ON papers.paper_id = works.preferred_paper_id AND papers.work_id = works.work_id WHERE papers.paper_id IS NULL""",
        ),
        Expectation(
            "paper_count_is_true",
            "paper_count is the number of its rows in silver.papers",
            """SELECT works.work_id, paper_count, count(papers.paper_id) AS found FROM {batch} AS works LEFT JOIN silver.papers USING (work_id)
            GROUP BY works.work_id, paper_count HAVING paper_count <> count(papers.paper_id)""",
        ),
        Expectation(
            "prefers_no_notice",
            "a notice stands for a work only where there is nothing else",
            """SELECT works.work_id FROM {batch} AS works JOIN silver.papers AS shown ON shown.paper_id = works.preferred_paper_id
            WHERE shown.manifestation = 'notice' AND EXISTS (
                FROM silver.papers AS other WHERE other.work_id = works.work_id AND other.manifestation <> 'notice'
            )""",
        ),
        Expectation(
            "reason_fits_the_count",
            "the preferred paper is called the only one exactly where there is no other",
            "SELECT work_id FROM {batch} WHERE (preferred_because = 'only_paper') <> (paper_count = 1)",
        ),
    ),
    "silver.record_papers": (
        Expectation(
            "was_matched_within_the_paper",
            "the record it was joined to is of the same paper",
            """SELECT members.record_id, members.matched_record_id FROM {batch} AS members
            JOIN silver.record_papers AS matched ON matched.record_id = members.matched_record_id WHERE matched.paper_id <> members.paper_id""",
        ),
        Expectation(
            "only_record_is_alone",
            "a record is called the only one exactly where its paper has no other",
            """SELECT record_id, rule, record_count FROM {batch} JOIN silver.papers USING (paper_id)
            WHERE (rule = 'only_record') <> (record_count = 1)""",
        ),
    ),
    "silver.work_papers": (
        Expectation(
            "work_is_that_of_the_paper",
            "silver.papers names the same work",
            """SELECT grouped.paper_id, grouped.work_id FROM {batch} AS grouped JOIN silver.papers USING (paper_id)
            WHERE papers.work_id <> grouped.work_id""",
        ),
        Expectation(
            "every_paper_has_a_work", "every paper has its row", "SELECT papers.paper_id FROM silver.papers ANTI JOIN {batch} USING (paper_id)"
        ),
        Expectation(
            "was_matched_within_the_work",
            "the paper it was joined to is of the same work",
            """SELECT grouped.paper_id, grouped.matched_paper_id FROM {batch} AS grouped
            JOIN silver.work_papers AS matched ON matched.paper_id = grouped.matched_paper_id WHERE matched.work_id <> grouped.work_id""",
        ),
        Expectation(
            "only_paper_is_alone",
            "a paper is called the only one exactly where its work has no other",
            "SELECT paper_id, rule, paper_count FROM {batch} JOIN silver.works USING (work_id) WHERE (rule = 'only_paper') <> (paper_count = 1)",
        ),
    ),
    "silver.id_redirects": (
        Expectation(
            "old_id_is_out_of_use",
            "an id that is redirected is no paper's id",
            "SELECT old_paper_id FROM {batch} SEMI JOIN silver.papers ON papers.paper_id = old_paper_id",
        ),
    ),
    "silver.identifiers": (
        Expectation(
            "identifier_has_its_form",
            "arXiv ids and DOIs look like ones",
            """SELECT paper_id, scheme, value FROM {batch} WHERE NOT CASE scheme
            WHEN 'arxiv' THEN regexp_matches(value, '^([0-9]+[.][0-9]+|[a-z-]+([.][A-Za-z]+)?/[0-9]+)$')
            WHEN 'doi' THEN regexp_matches(value, '^10[.][0-9]+[^ ]*/[^ ]+$') ELSE value <> '' END""",
        ),
    ),
    "silver.authorships": (
        Expectation(
            "orcid_is_the_authors",
            "two different ORCIDs are two authors",
            """SELECT paper_id, position, authorships.orcid FROM {batch} AS authorships JOIN silver.authors USING (author_id)
            WHERE authorships.orcid IS NOT NULL AND 'orcid:' || authorships.orcid <> author_id""",
        ),
    ),
    "silver.authors": (
        Expectation(
            "paper_count_is_true",
            "paper_count is the number of papers in silver.authorships",
            """SELECT author_id, paper_count, count(DISTINCT paper_id) AS found FROM {batch} LEFT JOIN silver.authorships USING (author_id)
            GROUP BY author_id, paper_count HAVING paper_count <> count(DISTINCT paper_id)""",
        ),
        Expectation(
            "name_alone_joins_nobody",
            "who has neither an ORCID nor a source's id is an author of one paper",
            """SELECT author_id, rule, paper_count FROM {batch} SEMI JOIN (
                FROM silver.authorships WHERE orcid IS NULL AND source_author_ids IS NULL
            ) AS nameless USING (author_id) WHERE rule <> 'one_paper' OR paper_count <> 1""",
        ),
    ),
    "silver.id_repairs": (
        Expectation(
            "repaired_id_is_of_its_paper",
            "the repaired identifier is one of the paper that the record belongs to",
            """SELECT record_id, scheme FROM {batch} ANTI JOIN (
                SELECT record_id, scheme, value AS repaired_value FROM silver.record_papers JOIN silver.identifiers USING (paper_id)
            ) AS known USING (record_id, scheme, repaired_value)""",
        ),
        Expectation(
            "is_proven_by_another_record",
            "a damaged identifier was changed, and another record is the proof",
            "SELECT record_id, scheme FROM {batch} WHERE proof_record_id = record_id OR repaired_value = printed_value",
        ),
    ),
    "silver.organizations": (
        Expectation(
            "handle_has_no_blank",
            "an organisation's handle is one word in lower case",
            "SELECT organization_id FROM {batch} WHERE organization_id <> lower(organization_id) OR regexp_matches(organization_id, '[ /]')",
        ),
    ),
    "silver.links": (
        Expectation(
            "is_an_address",
            "an address has a scheme and a host and no blank",
            "SELECT paper_id, url FROM {batch} WHERE NOT regexp_matches(url, '^(?i)https?[:]//[^ /]+[.][^ ]+$')",
        ),
    ),
    "silver.observations": (
        Expectation(
            "shows_a_count",
            "an observation has at least one count",
            "SELECT paper_id, source, observed_at FROM {batch} WHERE coalesce(upvotes, comments, stars, citations) IS NULL",
        ),
    ),
    "silver.field_sources": (
        Expectation(
            "has_one_winner",
            "each field of a paper has one winner, and that is the first by rank",
            """SELECT paper_id, field, count(*) FILTER (is_winner) AS winners FROM {batch} GROUP BY paper_id, field
            HAVING count(*) FILTER (is_winner) <> 1 OR min(rank) FILTER (is_winner) <> 1""",
        ),
        Expectation(
            "loser_keeps_its_value",
            "a losing value is kept, a winning one stands in silver.papers",
            "SELECT paper_id, field, rank FROM {batch} WHERE is_winner <> (value IS NULL)",
        ),
    ),
    "gold.papers": (
        Expectation(
            "every_work_is_shown",
            "no work is missing",
            "SELECT works.work_id, preferred_paper_id AS paper_id FROM silver.works ANTI JOIN {batch} AS shown ON shown.work_id = works.work_id",
        ),
        Expectation(
            "work_is_shown_once",
            "each work has one row, unless the policy of the run that made the file is keep_both",
            f"SELECT work_id, paper_id FROM {{batch}} WHERE {_POLICY} <> 'keep_both' QUALIFY count(*) OVER (PARTITION BY work_id) > 1",
        ),
        Expectation(
            "every_paper_is_shown",
            "with the policy keep_both each paper has its row",
            f"SELECT work_id, paper_id FROM silver.papers ANTI JOIN {{batch}} USING (work_id, paper_id) WHERE {_POLICY} = 'keep_both'",
        ),
        Expectation(
            "only_merge_fills",
            "another version fills a column only with the policy merge",
            f"SELECT work_id, paper_id, filled FROM {{batch}} WHERE filled IS NOT NULL AND {_POLICY} <> 'merge'",
        ),
        Expectation(
            "links_are_counted",
            "link_count is the number of addresses in links",
            """SELECT work_id, paper_id, link_count, links FROM {batch}
            WHERE link_count <> coalesce(length(links) - length(replace(links, ' ', '')) + 1, 0)""",
        ),
    ),
    "gold.organizations": (
        Expectation(
            "paper_count_is_true",
            "paper_count is the number of papers under the organisation",
            """SELECT listed.organization_id, paper_count, count(papers.paper_id) AS found FROM {batch} AS listed
            LEFT JOIN silver.papers USING (organization_id)
            GROUP BY listed.organization_id, paper_count HAVING paper_count <> count(papers.paper_id)""",
        ),
    ),
    "gold.monthly": (
        Expectation(
            "every_dated_paper_is_in_a_month",
            "each month has every paper with a date in it, once",
            """SELECT month, paper_count, found FROM {batch} FULL JOIN (
                SELECT CAST(date_trunc('month', published_on) AS DATE) AS month, count(*) AS found
                FROM silver.papers WHERE published_on IS NOT NULL GROUP BY ALL
            ) USING (month) WHERE paper_count IS DISTINCT FROM found""",
        ),
    ),
    "gold.quality": (
        Expectation(
            "read_is_kept_plus_rejected",
            "every record read in this run was kept or rejected",
            # Earlier runs are history, also those that were stopped for just this.
            "SELECT run_id, read, kept, rejected FROM {batch} WHERE state = 'running' AND read <> kept + rejected",
        ),
    ),
    "gold.quality_issues": (
        Expectation(
            "names_a_checked_column",
            "only values of columns that have a value expectation are set aside, and arXiv ids that are damaged beyond repair",
            f"SELECT record_id, column_name FROM {{batch}} WHERE column_name NOT IN ('arxiv_id', {', '.join(repr(rule.column) for rule in RULES)})",
        ),
    ),
}
