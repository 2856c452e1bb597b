-- gold.papers: one row per work, as the paper that stands for it.
-- chr(59) is a semicolon. Counts are those of the last time a source showed them.
WITH seen AS (
    SELECT
        record_papers.paper_id,
        string_agg(DISTINCT records.source, ', ' ORDER BY records.source) AS sources,
        count(DISTINCT records.document_id) AS document_count,
        min(documents.observed_at) AS first_observed_at,
        max(documents.observed_at) AS last_observed_at
    FROM silver.record_papers
    JOIN bronze.records USING (record_id)
    JOIN bronze.documents USING (document_id)
    GROUP BY record_papers.paper_id
),
counted AS (
    SELECT
        paper_id,
        arg_max(upvotes, observed_at) AS upvotes,
        arg_max(comments, observed_at) AS comments
    FROM silver.observations
    GROUP BY paper_id
),
linked AS (
    SELECT
        paper_id,
        count(*) AS link_count,
        string_agg(url, ' ' ORDER BY url) AS links,
        min(url) FILTER (WHERE kind = 'github') AS code_url
    FROM silver.links
    GROUP BY paper_id
),
named AS (
    SELECT paper_id, string_agg(name, chr(59) || ' ' ORDER BY position) AS authors
    FROM silver.authorships
    GROUP BY paper_id
)
SELECT
    works.work_id,
    papers.paper_id,
    papers.title,
    papers.abstract,
    papers.published_on,
    papers.date_is_inferred,
    papers.year,
    papers.venue,
    named.authors,
    papers.author_count,
    organizations.name AS organization,
    seen.sources,
    papers.record_count,
    seen.document_count,
    seen.first_observed_at,
    seen.last_observed_at,
    counted.upvotes,
    counted.comments,
    coalesce(linked.link_count, 0) AS link_count,
    linked.links,
    linked.code_url
FROM silver.works
JOIN silver.papers ON papers.paper_id = works.preferred_paper_id
JOIN seen ON seen.paper_id = papers.paper_id
LEFT JOIN named ON named.paper_id = papers.paper_id
LEFT JOIN counted ON counted.paper_id = papers.paper_id
LEFT JOIN linked ON linked.paper_id = papers.paper_id
LEFT JOIN silver.organizations ON organizations.organization_id = papers.organization_id
