-- gold.papers: one row per work, as the paper that stands for it.
-- chr(59) is a semicolon. Counts are those of the last time a source showed them.
-- It is run for one range of papers after the other (variables first_paper and last_paper; without them, for all), because what it gathers for each
-- paper must be in memory at once.
WITH listed AS (
    SELECT record_papers.paper_id, records.source, records.document_id
    FROM silver.record_papers
    JOIN bronze.records USING (record_id)
    WHERE record_papers.paper_id BETWEEN coalesce(getvariable('first_paper'), '') AND coalesce(getvariable('last_paper'), chr(127))
    GROUP BY ALL
),
seen AS (
    SELECT
        listed.paper_id,
        array_to_string(list_sort(list_distinct(list(listed.source))), ', ') AS sources,
        count(*) AS document_count,
        min(documents.observed_at) AS first_observed_at,
        max(documents.observed_at) AS last_observed_at
    FROM listed
    JOIN bronze.documents USING (document_id)
    GROUP BY listed.paper_id
),
counted AS (
    SELECT
        paper_id,
        arg_max(upvotes, observed_at) AS upvotes,
        arg_max(comments, observed_at) AS comments
    FROM silver.observations
    WHERE paper_id BETWEEN coalesce(getvariable('first_paper'), '') AND coalesce(getvariable('last_paper'), chr(127))
    GROUP BY paper_id
),
linked AS (
    SELECT
        paper_id,
        count(*) AS link_count,
        string_agg(url, ' ' ORDER BY url) AS links,
        min(url) FILTER (WHERE kind = 'github') AS code_url
    FROM silver.links
    WHERE paper_id BETWEEN coalesce(getvariable('first_paper'), '') AND coalesce(getvariable('last_paper'), chr(127))
    GROUP BY paper_id
),
named AS (
    SELECT paper_id, string_agg(name, chr(59) || ' ' ORDER BY position) AS authors
    FROM silver.authorships
    WHERE paper_id BETWEEN coalesce(getvariable('first_paper'), '') AND coalesce(getvariable('last_paper'), chr(127))
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
WHERE papers.paper_id BETWEEN coalesce(getvariable('first_paper'), '') AND coalesce(getvariable('last_paper'), chr(127))
