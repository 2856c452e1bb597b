-- gold.monthly: one row per month in which a paper with a known date was published.
WITH code AS (
    SELECT DISTINCT paper_id FROM silver.links WHERE kind = 'github'
)
SELECT
    CAST(date_trunc('month', papers.published_on) AS DATE) AS month,
    count(*) AS paper_count,
    count(*) FILTER (WHERE papers.date_is_inferred) AS inferred_count,
    count(code.paper_id) AS code_count,
    count(DISTINCT papers.organization_id) AS organization_count
FROM silver.papers
LEFT JOIN code USING (paper_id)
WHERE papers.published_on IS NOT NULL
GROUP BY ALL
