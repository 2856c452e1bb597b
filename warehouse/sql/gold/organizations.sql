-- gold.organizations: one row per organisation that a listing names.
WITH code AS (
    SELECT DISTINCT paper_id FROM silver.links WHERE kind = 'github'
)
SELECT
    organizations.organization_id,
    organizations.name,
    count(papers.paper_id) AS paper_count,
    count(code.paper_id) AS code_count,
    min(papers.published_on) AS first_published_on,
    max(papers.published_on) AS last_published_on
FROM silver.organizations
LEFT JOIN silver.papers USING (organization_id)
LEFT JOIN code ON code.paper_id = papers.paper_id
GROUP BY organizations.organization_id, organizations.name
