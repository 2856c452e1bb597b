-- gold.papers: one row per work, as the paper that stands for it; with the policy keep_both one row per paper.
-- chr(59) is a semicolon. Counts are those of the last time a source showed them, the larger where two showed them at once.
-- The variable policy says what becomes of the versions of a work. merge: the preferred paper, what it lacks filled from the other versions, which are
-- not notices, in the order of silver/works.sql, and the lists and counts of all. prefer_published: the preferred paper alone. keep_both: each paper.
-- It is run for one range of works after the other (variables first and last; without them, for all), because what it gathers for each paper must be
-- in memory at once.
WITH spoken_for AS (
    -- Each row's paper, shown_id, and the papers that it speaks for, itself among them.
    SELECT
        papers.paper_id,
        CASE WHEN coalesce(getvariable('policy'), '') = 'keep_both' THEN papers.paper_id ELSE works.preferred_paper_id END AS shown_id
    FROM silver.papers
    JOIN silver.works USING (work_id)
    WHERE
        papers.work_id BETWEEN coalesce(getvariable('first'), '') AND coalesce(getvariable('last'), chr(127))
        AND (coalesce(getvariable('policy'), '') <> 'prefer_published' OR papers.paper_id = works.preferred_paper_id)
),
named AS (
    SELECT paper_id, string_agg(name, chr(59) || ' ' ORDER BY position) AS authors, count(*) AS author_count
    FROM silver.authorships
    SEMI JOIN spoken_for USING (paper_id)
    GROUP BY paper_id
),
others AS (
    SELECT
        spoken_for.shown_id,
        papers.*,
        CASE WHEN papers.year IS NOT NULL
            THEN {'published_on': papers.published_on, 'date_is_inferred': papers.date_is_inferred, 'year': papers.year}
        END AS dated,
        -- A preprint's venue is an archive, and says nothing of where the article stands.
        CASE WHEN papers.manifestation <> 'preprint' OR shown.manifestation = 'preprint' THEN papers.venue END AS own_venue,
        named.authors AS names,
        CASE WHEN named.authors IS NOT NULL THEN coalesce(papers.author_count, named.author_count) END AS name_count,
        row_number() OVER (
            PARTITION BY spoken_for.shown_id
            ORDER BY
                list_position(['published', 'unknown', 'preprint', 'notice'], papers.manifestation),
                papers.field_count DESC,
                coalesce(papers.published_on, make_date(papers.year, 12, 31)) NULLS LAST,
                papers.paper_id
        ) AS place
    FROM spoken_for
    JOIN silver.papers USING (paper_id)
    JOIN silver.papers AS shown ON shown.paper_id = spoken_for.shown_id
    LEFT JOIN named ON named.paper_id = papers.paper_id
    WHERE spoken_for.paper_id <> spoken_for.shown_id AND papers.manifestation <> 'notice'
),
given AS (
    SELECT
        shown_id,
        arg_min(abstract, place) AS abstract,
        arg_min(dated, place) FILTER (dated IS NOT NULL) AS dated,
        arg_min(own_venue, place) AS venue,
        arg_min(names, place) AS authors,
        arg_min(name_count, place) AS author_count,
        arg_min(author_count, place) AS printed_author_count,
        arg_min(arxiv_id, place) AS arxiv_id,
        arg_min(doi, place) AS doi,
        arg_min(organization_id, place) AS organization_id
    FROM others
    GROUP BY shown_id
),
listed AS (
    SELECT spoken_for.shown_id, records.source, records.document_id, count(*) AS record_count
    FROM spoken_for
    JOIN silver.record_papers USING (paper_id)
    JOIN bronze.records USING (record_id)
    GROUP BY ALL
),
seen AS (
    SELECT
        listed.shown_id,
        array_to_string(list_sort(list_distinct(list(listed.source))), ', ') AS sources,
        CAST(sum(listed.record_count) AS BIGINT) AS record_count,
        count(DISTINCT listed.document_id) AS document_count,
        min(documents.observed_at) AS first_observed_at,
        max(documents.observed_at) AS last_observed_at
    FROM listed
    JOIN bronze.documents USING (document_id)
    GROUP BY listed.shown_id
),
counted AS (
    SELECT
        spoken_for.shown_id,
        arg_max(upvotes, (observed_at, upvotes)) AS upvotes,
        arg_max(comments, (observed_at, comments)) AS comments,
        arg_max(citations, (observed_at, citations)) AS citations
    FROM silver.observations
    JOIN spoken_for USING (paper_id)
    GROUP BY spoken_for.shown_id
),
addressed AS (
    SELECT DISTINCT spoken_for.shown_id, links.url, links.kind
    FROM silver.links
    JOIN spoken_for USING (paper_id)
),
linked AS (
    SELECT
        shown_id,
        count(*) AS link_count,
        string_agg(url, ' ' ORDER BY url) AS links,
        min(url) FILTER (WHERE kind = 'github') AS code_url
    FROM addressed
    GROUP BY shown_id
),
grouped AS (
    SELECT shown_id, count(*) AS paper_count
    FROM spoken_for
    GROUP BY shown_id
)
SELECT
    papers.work_id,
    papers.paper_id,
    papers.title,
    coalesce(papers.abstract, given.abstract) AS abstract,
    -- The date, whether it is inferred, and the year are one fact.
    CASE WHEN papers.year IS NULL THEN given.dated.published_on ELSE papers.published_on END AS published_on,
    CASE WHEN papers.year IS NULL THEN given.dated.date_is_inferred ELSE papers.date_is_inferred END AS date_is_inferred,
    coalesce(papers.year, given.dated.year) AS year,
    coalesce(papers.venue, given.venue) AS venue,
    coalesce(named.authors, given.authors) AS authors,
    coalesce(papers.author_count, named.author_count, given.author_count, given.printed_author_count) AS author_count,
    coalesce(papers.arxiv_id, given.arxiv_id) AS arxiv_id,
    coalesce(papers.doi, given.doi) AS doi,
    organizations.name AS organization,
    nullif(concat_ws(
        ', ',
        CASE WHEN papers.abstract IS NULL AND given.abstract IS NOT NULL THEN 'abstract' END,
        CASE WHEN papers.year IS NULL AND given.dated.published_on IS NOT NULL THEN 'published_on' END,
        CASE WHEN papers.year IS NULL AND given.dated IS NOT NULL THEN 'year' END,
        CASE WHEN papers.venue IS NULL AND given.venue IS NOT NULL THEN 'venue' END,
        CASE WHEN named.authors IS NULL AND given.authors IS NOT NULL THEN 'authors' END,
        CASE WHEN papers.arxiv_id IS NULL AND given.arxiv_id IS NOT NULL THEN 'arxiv_id' END,
        CASE WHEN papers.doi IS NULL AND given.doi IS NOT NULL THEN 'doi' END,
        CASE WHEN papers.organization_id IS NULL AND given.organization_id IS NOT NULL THEN 'organization' END
    ), '') AS filled,
    grouped.paper_count,
    seen.sources,
    seen.record_count,
    seen.document_count,
    seen.first_observed_at,
    seen.last_observed_at,
    counted.upvotes,
    counted.comments,
    counted.citations,
    coalesce(linked.link_count, 0) AS link_count,
    linked.links,
    linked.code_url
FROM grouped
JOIN silver.papers ON papers.paper_id = grouped.shown_id
JOIN seen ON seen.shown_id = grouped.shown_id
LEFT JOIN given ON given.shown_id = grouped.shown_id
LEFT JOIN named ON named.paper_id = grouped.shown_id
LEFT JOIN counted ON counted.shown_id = grouped.shown_id
LEFT JOIN linked ON linked.shown_id = grouped.shown_id
LEFT JOIN silver.organizations ON organizations.organization_id = coalesce(papers.organization_id, given.organization_id)
