-- silver.authors: one row per author: a person whom an ORCID or a source's own id joins across papers, else one author of one paper.
-- An id that is a paper and a place there has one row, and needs no gathering. The best spelling is not in capitals, has given names in full, which is
-- more small letters, and keeps accents.
WITH joined AS (
    SELECT *
    FROM silver.authorships
    WHERE NOT starts_with(author_id, paper_id || '/')
),
spelled AS (
    SELECT *
    FROM joined
    QUALIFY row_number() OVER (
        PARTITION BY author_id
        ORDER BY
            name <> upper(name) DESC,
            length(regexp_replace(name, '[^\p{Ll}\p{Lo}]', '', 'g')) DESC,
            strlen(name) - length(name) DESC,
            family IS NOT NULL DESC,
            name,
            paper_id,
            position
    ) = 1
),
counted AS (
    SELECT author_id, count(*) AS paper_count, max(orcid) AS orcid
    FROM (SELECT author_id, paper_id, max(orcid) AS orcid FROM joined GROUP BY author_id, paper_id)
    GROUP BY author_id
)
SELECT
    spelled.author_id,
    spelled.name,
    spelled.given,
    spelled.family,
    counted.orcid,
    CASE WHEN starts_with(spelled.author_id, 'orcid:') THEN 'orcid' ELSE 'source_author_id' END AS rule,
    counted.paper_count
FROM spelled
JOIN counted USING (author_id)
UNION ALL
SELECT author_id, name, given, family, orcid, 'one_paper' AS rule, 1 AS paper_count
FROM silver.authorships
WHERE starts_with(author_id, paper_id || '/')
