"""The paths of Semantic Scholar's papers and abstracts that the parser knows, as the datasets and the Graph API write them."""

from transforms.paths import known_paths

_SCHEMES = ("ACL", "DBLP", "ArXiv", "MAG", "PubMed", "PubMedCentral", "DOI")
_EXTERNAL = {**dict.fromkeys(_SCHEMES, "string"), "CorpusId": "string integer"}
_FIELDS = {"category": "string", "source": "string"}
_COUNTS = ("referencecount", "citationcount", "influentialcitationcount")
_API_COUNTS = ("referenceCount", "citationCount", "influentialCitationCount")
_JOURNAL = {"name": "string", "volume": "string", "pages": "string"}
_AUTHOR = {"authorId": "string", "name": "string", "url": "string", "affiliations": "array", "affiliations[]": "string", "externalIds": "object"}
_AUTHOR |= {"externalIds.ORCID": "string", "externalIds.DBLP": "array", "externalIds.DBLP[]": "string"}
_VENUE = {"id": "string", "name": "string", "type": "string", "url": "string", "issn": "string"}
_VENUE |= {f"{name}{path}": types for name in ("alternate_names", "alternate_urls") for path, types in {"": "array", "[]": "string"}.items()}

PAPERS = known_paths(
    {
        "corpusid": "integer",
        "corpusId": "integer",
        **dict.fromkeys(("paperId", "url", "title", "abstract", "venue", "updated"), "string"),
        **dict.fromkeys(("publicationvenueid", "publicationdate", "publicationDate"), "string"),
        "year": "integer",
        **dict.fromkeys((*_COUNTS, *_API_COUNTS), "integer"),
        **dict.fromkeys(("isopenaccess", "isOpenAccess"), "boolean"),
        **dict.fromkeys(("externalids", "externalIds"), "object"),
        **{f"{name}.{path}": types for name in ("externalids", "externalIds") for path, types in _EXTERNAL.items()},
        **dict.fromkeys(("s2fieldsofstudy", "s2FieldsOfStudy"), "array"),
        **{f"{name}[]": "object" for name in ("s2fieldsofstudy", "s2FieldsOfStudy")},
        **{f"{name}[].{path}": types for name in ("s2fieldsofstudy", "s2FieldsOfStudy") for path, types in _FIELDS.items()},
        **dict.fromkeys(("publicationtypes", "publicationTypes", "fieldsOfStudy"), "array"),
        **{f"{name}[]": "string" for name in ("publicationtypes", "publicationTypes", "fieldsOfStudy")},
        "authors": "array",
        "authors[]": "object",
        **{f"authors[].{path}": types for path, types in _AUTHOR.items()},
        "journal": "object",
        **{f"journal.{path}": types for path, types in _JOURNAL.items()},
        "publicationVenue": "object",
        **{f"publicationVenue.{path}": types for path, types in _VENUE.items()},
        "openAccessPdf": "object",
        **{f"openAccessPdf.{path}": "string" for path in ("url", "status", "license", "disclaimer")},
        "tldr": "object",
        "tldr.model": "string",
        "tldr.text": "string",
    }
)
ABSTRACTS = known_paths(
    {
        "corpusid": "integer",
        "abstract": "string",
        "updated": "string",
        "openaccessinfo": "object",
        "openaccessinfo.externalids": "object",
        **{f"openaccessinfo.externalids.{path}": types for path, types in _EXTERNAL.items()},
        **{f"openaccessinfo.{path}": "string" for path in ("license", "url", "status")},
    }
)
