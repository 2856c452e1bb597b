-- silver.works: one row per work: the papers that are versions of one another, a preprint, the article, its corrigendum.
-- A version that is published comes before one of unknown kind and that before a preprint; a notice comes last. Among equals the more complete one,
-- then the earlier, then the smaller id. gold/papers.sql fills gaps in the same order.
WITH ranked AS (
    SELECT
        work_id,
        paper_id,
        manifestation,
        field_count,
        year,
        coalesce(published_on, make_date(year, 12, 31)) AS at_latest,
        count(*) OVER (PARTITION BY work_id) AS paper_count,
        row_number() OVER by_preference AS place,
        lead(manifestation) OVER by_preference AS next_manifestation,
        lead(field_count) OVER by_preference AS next_field_count,
        lead(coalesce(published_on, make_date(year, 12, 31))) OVER by_preference AS next_at_latest
    FROM silver.papers
    WINDOW by_preference AS (
        PARTITION BY work_id
        ORDER BY
            list_position(['published', 'unknown', 'preprint', 'notice'], manifestation),
            field_count DESC,
            coalesce(published_on, make_date(year, 12, 31)) NULLS LAST,
            paper_id
    )
)
SELECT
    work_id,
    paper_id AS preferred_paper_id,
    CASE
        WHEN paper_count = 1 THEN 'only_paper'
        WHEN manifestation <> next_manifestation AND next_manifestation = 'notice' THEN 'not_a_notice'
        WHEN manifestation <> next_manifestation AND manifestation = 'published' THEN 'published'
        WHEN manifestation <> next_manifestation THEN 'not_a_preprint'
        WHEN field_count > next_field_count THEN 'most_complete'
        WHEN at_latest IS DISTINCT FROM next_at_latest THEN 'earliest'
        ELSE 'first_id'
    END AS preferred_because,
    paper_count
FROM ranked
WHERE place = 1
