"""The paths of a Crossref work that the parser knows: those of the API's documentation and of real works, exports of a database included."""

from transforms.paths import known_paths

_DATE = {"date-parts": "array", "date-parts[]": "array", "date-parts[][]": "integer string"}
_TIMED = _DATE | {"date-time": "string", "timestamp": "integer object", "timestamp.$numberLong": "string", "version": "string"}
_AFFILIATION = {
    "name": "string",
    "id": "array",
    "id[]": "object",
    "id[].id": "string",
    "id[].id-type": "string",
    "id[].asserted-by": "string",
    "place": "array",
    "place[]": "string",
    "department": "array",
    "department[]": "string",
    "acronym": "array",
    "acronym[]": "string",
}
_PERSON = {
    "given": "string",
    "family": "string",
    "suffix": "string",
    "prefix": "string",
    "name": "string",
    "sequence": "string",
    "ORCID": "string",
    "authenticated-orcid": "boolean",
    "affiliation": "array",
    "affiliation[]": "object",
    **{f"affiliation[].{path}": types for path, types in _AFFILIATION.items()},
}
_UPDATE = {"DOI": "string", "type": "string", "label": "string", "source": "string", "record-id": "string", "updated": "object"}
_UPDATE |= {f"updated.{path}": types for path, types in _TIMED.items()}
_LINK = {"URL": "string", "content-type": "string", "content-version": "string", "intended-application": "string"}
_LICENSE = {"URL": "string", "content-version": "string", "delay-in-days": "integer", "start": "object"}
_LICENSE |= {f"start.{path}": types for path, types in _TIMED.items()}
_REFERENCE_TEXTS = [
    "key",
    "DOI",
    "doi-asserted-by",
    "article-title",
    "author",
    "edition",
    "first-page",
    "issue",
    "journal-title",
    "medium",
    "series-title",
    "unstructured",
    "volume",
    "volume-title",
    "year",
    "component",
    "ISBN",
    "ISSN",
    "isbn-type",
    "issn-type",
    "standard-designator",
    "standards-body",
    "type",
    "id",
    "id-type",
]
_ASSERTION = {"name": "string", "value": "string", "label": "string", "URL": "string", "order": "integer", "group": "object"}
_ASSERTION |= {"group.name": "string", "group.label": "string", "explanation": "object", "explanation.URL": "string"}
_RELATION = {"id": "string", "id-type": "string", "asserted-by": "string"}
_RELATIONS = [
    "cites",
    "has-review",
    "is-identical-to",
    "is-preprint-of",
    "has-preprint",
    "is-review-of",
    "has-version",
    "is-version-of",
    "is-related-material",
    "has-related-material",
    "is-supplement-to",
    "is-supplemented-by",
    "is-part-of",
    "has-part",
    "references",
    "is-referenced-by",
    "is-comment-on",
    "has-comment",
    "is-reply-to",
    "has-reply",
    "is-translation-of",
    "has-translation",
]
_NUMBERED = {"type": "string", "value": "string"}
_FUNDER = {"name": "string", "DOI": "string", "doi-asserted-by": "string", "award": "array", "award[]": "string", "id": "array"}
_FUNDER |= {f"id[]{path}": types for path, types in {"": "object", ".id": "string", ".id-type": "string", ".asserted-by": "string"}.items()}

_TEXTS = [
    "DOI",
    "URL",
    "abstract",
    "type",
    "subtype",
    "language",
    "publisher",
    "publisher-location",
    "volume",
    "issue",
    "page",
    "prefix",
    "member",
    "source",
    "update-policy",
    "article-number",
    "edition-number",
    "part-number",
    "group-title",
    "component-number",
    "special_numbering",
]
_TEXT_LISTS = [
    "title",
    "subtitle",
    "short-title",
    "original-title",
    "container-title",
    "short-container-title",
    "ISBN",
    "ISSN",
    "archive",
    "subject",
    "alternative-id",
    "degree",
    "proceedings-subject",
]
_COUNTS = ("is-referenced-by-count", "reference-count", "references-count")
_OBJECTS = {
    **dict.fromkeys(("indexed", "created", "deposited"), _TIMED),
    **dict.fromkeys(("issued", "published", "published-print", "published-online", "published-other", "accepted", "approved", "posted"), _DATE),
    **dict.fromkeys(("content-created", "content-updated"), _DATE),
    "content-domain": {"domain": "array", "domain[]": "string", "crossmark-restriction": "boolean"},
    "resource": {"primary": "object", "primary.URL": "string", "secondary": "array", "secondary[]": "object", "secondary[].URL": "string"},
    "journal-issue": {
        "issue": "string",
        **{f"{name}{path}": types for name in ("published-print", "published-online") for path, types in {"": "object"}.items()},
        **{f"{name}.{path}": types for name in ("published-print", "published-online") for path, types in _DATE.items()},
    },
    "event": {
        **dict.fromkeys(("name", "acronym", "location", "theme", "number"), "string"),
        "sponsor": "array",
        "sponsor[]": "string",
        **{f"{name}{path}": types for name in ("start", "end") for path, types in {"": "object"}.items()},
        **{f"{name}.{path}": types for name in ("start", "end") for path, types in _DATE.items()},
    },
    "relation": {
        **dict.fromkeys(_RELATIONS, "array"),
        **{f"{name}[]": "object" for name in _RELATIONS},
        **{f"{name}[].{path}": types for name in _RELATIONS for path, types in _RELATION.items()},
    },
    "free-to-read": {f"{name}-date": "object" for name in ("start", "end")},
    "_id": {"$oid": "string"},
}
_ARRAYS = {
    **dict.fromkeys(("author", "editor", "translator", "chair"), _PERSON),
    **dict.fromkeys(("update-to", "updated-by"), _UPDATE),
    "link": _LINK,
    "license": _LICENSE,
    "reference": dict.fromkeys(_REFERENCE_TEXTS, "string"),
    "assertion": _ASSERTION,
    "isbn-type": _NUMBERED,
    "issn-type": _NUMBERED,
    "funder": _FUNDER,
    "institution": _AFFILIATION,
}

KNOWN = known_paths(
    {
        **dict.fromkeys(_TEXTS, "string"),
        **dict.fromkeys(_COUNTS, "integer"),
        "score": "number integer",
        **dict.fromkeys(_TEXT_LISTS, "array"),
        **{f"{name}[]": "string" for name in _TEXT_LISTS},
        **dict.fromkeys(_OBJECTS, "object"),
        **{f"{name}.{path}": types for name, paths in _OBJECTS.items() for path, types in paths.items()},
        **dict.fromkeys(_ARRAYS, "array"),
        **{f"{name}[]": "object" for name in _ARRAYS},
        **{f"{name}[].{path}": types for name, paths in _ARRAYS.items() for path, types in paths.items()},
    }
)
