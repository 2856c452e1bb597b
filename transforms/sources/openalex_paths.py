"""The paths of an OpenAlex work that the parser knows: works.json of the telescope's schema, and what real works have beside it."""

from transforms.paths import known_paths

# Each written `path: types`; what several places have in common is written once, relative to the place.
_NAMED = {"id": "string", "display_name": "string"}
_SOURCE = _NAMED | {
    "issn_l": "string",
    "issn": "array",
    "issn[]": "string",
    "is_oa": "boolean",
    "is_in_doaj": "boolean",
    "is_indexed_in_scopus": "boolean",
    "is_core": "boolean",
    "host_organization": "string",
    "host_organization_name": "string",
    "host_organization_lineage": "array",
    "host_organization_lineage[]": "string",
    "host_organization_lineage_names": "array",
    "host_organization_lineage_names[]": "string",
    "type": "string",
    "publisher": "string",
    "url": "string",
}
_LOCATION = {
    "is_oa": "boolean",
    "id": "string",
    "landing_page_url": "string",
    "pdf_url": "string",
    "source": "object",
    **{f"source.{path}": types for path, types in _SOURCE.items()},
    "source_text": "string",
    "raw_source_name": "string",
    "raw_type": "string",
    "license": "string",
    "license_id": "string",
    "version": "string",
    "is_accepted": "boolean",
    "is_published": "boolean",
}
_TOPIC = _NAMED | {"score": "number integer"}
# In February 2024 some topics had numbers as ids.
_TOPIC |= {
    f"{level}{path}": types
    for level in ("subfield", "field", "domain")
    for path, types in {"": "object", ".id": "string integer", ".display_name": "string"}.items()
}
_SCORED = _NAMED | {"score": "number integer"}
_PRICE = {"value": "integer", "currency": "string", "value_usd": "integer", "provenance": "string"}
_AUTHORSHIP = {
    "author_position": "string",
    "author": "object",
    "author.id": "string",
    "author.display_name": "string",
    "author.orcid": "string",
    "institutions": "array",
    "institutions[]": "object",
    "institutions[].id": "string",
    "institutions[].display_name": "string",
    "institutions[].ror": "string",
    "institutions[].country_code": "string",
    "institutions[].type": "string",
    "institutions[].lineage": "array",
    "institutions[].lineage[]": "string",
    "countries": "array",
    "countries[]": "string",
    "is_corresponding": "boolean",
    "raw_author_name": "string",
    "raw_affiliation_string": "string",
    "raw_affiliation_strings": "array",
    "raw_affiliation_strings[]": "string",
    "affiliations": "array",
    "affiliations[]": "object",
    "affiliations[].raw_affiliation_string": "string",
    "affiliations[].institution_ids": "array",
    "affiliations[].institution_ids[]": "string",
}
_MESH = {"descriptor_name": "string", "descriptor_ui": "string", "is_major_topic": "boolean", "qualifier_name": "string", "qualifier_ui": "string"}
_OBJECTS = {
    "primary_location": _LOCATION,
    "best_oa_location": _LOCATION,
    "host_venue": _SOURCE,
    "primary_topic": _TOPIC,
    "apc_list": _PRICE,
    "apc_paid": _PRICE,
    "ids": {"openalex": "string", "doi": "string", "mag": "string integer", "pmid": "string", "pmcid": "string"},
    "biblio": {"volume": "string", "issue": "string", "first_page": "string", "last_page": "string"},
    "open_access": {"is_oa": "boolean", "oa_status": "string", "oa_url": "string", "any_repository_has_fulltext": "boolean"},
    "citation_normalized_percentile": {
        "value": "number integer",
        "is_in_top_1_percent": "boolean",
        "is_in_top_10_percent": "boolean",
    },
    "cited_by_percentile_year": {"min": "integer", "max": "integer"},
    "has_content": {"pdf": "boolean", "grobid_xml": "boolean"},
}
_ARRAYS = {
    "authorships": _AUTHORSHIP,
    "locations": _LOCATION,
    "alternate_host_venues": _SOURCE | {"license": "string", "version": "string"},
    "topics": _TOPIC,
    "keywords": _SCORED | {"keyword": "string"},
    "concepts": _SCORED | {"wikidata": "string", "level": "integer"},
    "sustainable_development_goals": _SCORED,
    "mesh": _MESH,
    "counts_by_year": {"year": "integer", "cited_by_count": "integer", "works_count": "integer"},
    "grants": {"funder": "string", "funder_display_name": "string", "award_id": "string"},
    "institution_assertions": _NAMED | {"ror": "string", "country_code": "string", "type": "string", "lineage": "array", "lineage[]": "string"},
    "versions": {},
    "datasets": {},
    "awards": _NAMED | {"funder_award_id": "string", "funder_id": "string", "funder_display_name": "string"},
    "funders": _NAMED | {"ror": "string"},
}
_TEXT_LISTS = ("corresponding_author_ids", "corresponding_institution_ids", "indexed_in", "referenced_works", "related_works")
_TEXTS = [
    "id",
    "doi",
    "title",
    "display_name",
    "abstract",
    "language",
    "type",
    "type_crossref",
    "publication_date",
    "created_date",
    "updated_date",
    "fulltext_origin",
    "cited_by_api_url",
    "ngrams_url",
]
_FLAGS = ("has_fulltext", "is_retracted", "is_paratext", "is_xpac", "is_oa", "is_in_doaj")
_COUNTS = [
    "publication_year",
    "cited_by_count",
    "referenced_works_count",
    "related_works_count",
    "locations_count",
    "authors_count",
    "countries_distinct_count",
    "institutions_distinct_count",
]

KNOWN = known_paths(
    {
        **dict.fromkeys(_TEXTS, "string"),
        **dict.fromkeys(_FLAGS, "boolean"),
        **dict.fromkeys(_COUNTS, "integer"),
        "fwci": "number integer",
        "abstract_inverted_index": "object",
        "abstract_inverted_index_v3": "object",
        **dict.fromkeys(_TEXT_LISTS, "array"),
        **{f"{name}[]": "string" for name in _TEXT_LISTS},
        **dict.fromkeys(_OBJECTS, "object"),
        **{f"{name}.{path}": types for name, paths in _OBJECTS.items() for path, types in paths.items()},
        **dict.fromkeys(_ARRAYS, "array"),
        **{f"{name}[]": "object string" for name in _ARRAYS},
        **{f"{name}[].{path}": types for name, paths in _ARRAYS.items() for path, types in paths.items()},
    }
)
# Objects whose keys are the words of an abstract.
OPAQUE = frozenset({"abstract_inverted_index", "abstract_inverted_index_v3"})
