"""Authors across papers: which ORCIDs and ids of sources are one person's.

Whoever stands under two ids in one paper has both. So ids hang together, and those that hang together are one person, unless two ORCIDs do: two
different ORCIDs are two people. Then an id belongs to the one ORCID that it stands beside, and one that stands beside several to nobody.
"""

import duckdb

# Both directions of each two ids that one authorship has.
_EDGES = """
    CREATE TEMP TABLE person_edges AS
    WITH ids AS (
        SELECT DISTINCT list_concat(
            CASE WHEN orcid IS NULL THEN [] ELSE ['orcid:' || orcid] END, coalesce(CAST(source_author_ids AS VARCHAR[]), [])
        ) AS ids
        FROM silver.authorships
        WHERE source_author_ids IS NOT NULL
    ),
    pairs AS (SELECT ids[1] AS one, unnest(ids[2:]) AS other FROM ids WHERE len(ids) > 1)
    SELECT one, other FROM pairs UNION SELECT other, one FROM pairs
"""
_START = "CREATE TEMP TABLE person_labels AS SELECT DISTINCT one AS id, one AS label FROM person_edges"
# Each id takes the smallest label around it, and then the label of that: a chain of ids is half as long after each round.
_ROUND = """
    CREATE OR REPLACE TEMP TABLE person_labels AS
    WITH near AS (
        SELECT own.id, least(own.label, min(other.label)) AS label
        FROM person_labels AS own
        JOIN person_edges ON person_edges.one = own.id
        JOIN person_labels AS other ON other.id = person_edges.other
        GROUP BY own.id, own.label
    )
    SELECT near.id, least(near.label, behind.label) AS label FROM near JOIN near AS behind ON behind.id = near.label
"""
_PEOPLE = """
    CREATE TEMP TABLE people AS
    WITH groups AS (
        SELECT label, count(*) FILTER (starts_with(id, 'orcid:')) AS orcid_count, min(id) FILTER (starts_with(id, 'orcid:')) AS orcid
        FROM person_labels GROUP BY label
    ),
    beside AS (
        SELECT one AS id, min(other) AS orcid FROM person_edges WHERE starts_with(other, 'orcid:') GROUP BY one HAVING count(*) = 1
    )
    SELECT
        person_labels.id,
        CASE
            WHEN groups.orcid_count = 0 THEN person_labels.label
            WHEN groups.orcid_count = 1 THEN groups.orcid
            WHEN starts_with(person_labels.id, 'orcid:') THEN person_labels.id
            ELSE coalesce(beside.orcid, person_labels.id)
        END AS author_id
    FROM person_labels
    JOIN groups USING (label)
    LEFT JOIN beside ON beside.id = person_labels.id
"""
_SUM = "SELECT count(*), sum(hash(id, label)) FROM person_labels"
_JOIN = """
    UPDATE silver.authorships SET author_id = people.author_id
    FROM people WHERE people.id = authorships.author_id AND people.author_id <> people.id
"""


_PART = """
    UPDATE silver.authorships SET author_id = coalesce('orcid:' || orcid, source_author_id) WHERE orcid IS NOT NULL OR source_author_id IS NOT NULL
"""


def part_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Give each authorship the author_id of its own ORCID, or of its first id, as it was before people were joined: of a file that was published
    before, where people may now hang together in another way."""
    connection.execute(_PART)


def join_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the authorships of one person one author_id; until now each has that of its own ORCID, or of its first id."""
    connection.execute(_EDGES)
    connection.execute(_START)
    before, after = None, connection.execute(_SUM).fetchall()
    while before != after:
        connection.execute(_ROUND)
        before, after = after, connection.execute(_SUM).fetchall()
    connection.execute(_PEOPLE)
    connection.execute(_JOIN)
    for table in ("person_edges", "person_labels", "people"):
        connection.execute(f"DROP TABLE {table}")
