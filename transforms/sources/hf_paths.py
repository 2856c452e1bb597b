"""Every path that Hugging Face's papers are known to have, and its types, so that a new one shows up as drift."""

from transforms.paths import known_paths

_USER = {"_id": "string", "avatarUrl": "string", "fullname": "string", "isPro": "boolean", "name": "string", "type": "string", "user": "string"}
_ORGANIZATION = {"_id": "string", "avatar": "string", "fullname": "string", "name": "string"}
_PAPER = {
    "ai_keywords": "array",
    "ai_keywords[]": "string",
    "ai_summary": "string",
    "ai_summary_model": "string",
    "authors": "array",
    "authors[]": "object",
    "authors[]._id": "string",
    "authors[].hidden": "boolean",
    "authors[].name": "string",
    "authors[].status": "string",
    "authors[].statusLastChangedAt": "string",
    "authors[].user": "object",
    # From 23 July to 5 August 2024, before it was called _id.
    "authors[].user.id": "string",
    **{f"authors[].user.{name}": kind for name, kind in _USER.items()},
    "discussionId": "string",
    "githubRepo": "string",
    "githubRepoAddedBy": "string",
    "githubStars": "integer",
    "id": "string",
    "mediaUrls": "array",
    "mediaUrls[]": "string",
    "organization": "object",
    **{f"organization.{name}": kind for name, kind in _ORGANIZATION.items()},
    "projectPage": "string",
    "publishedAt": "string",
    "submittedOnDailyAt": "string",
    "submittedOnDailyBy": "object",
    **{f"submittedOnDailyBy.{name}": kind for name, kind in _USER.items()},
    "summary": "string",
    "title": "string",
    "upvotes": "integer",
    "withdrawnAt": "string",
}
_ITEM = {
    "isAuthorParticipating": "boolean",
    "mediaUrl": "string",
    "numComments": "integer",
    "paper": "object",
    "submittedBy": "object",
    **{f"submittedBy.{name}": kind for name, kind in _USER.items()},
    "submittedBy.followerCount": "integer",
    "submittedBy.isHf": "boolean",
    "submittedBy.isHfAdmin": "boolean",
    "submittedBy.isMod": "boolean",
    "submittedBy.isUserFollowing": "boolean",
    "submitterOrganization": "object",
    **{f"submitterOrganization.{name}": kind for name, kind in _ORGANIZATION.items()},
    "thumbnail": "string",
}
# An answer of papers/{id}, beside the paper's own fields.
_ALONE = {
    "linkedDatasets": "array",
    "linkedModels": "array",
    "linkedSpaces": "array",
    "numTotalDatasets": "integer",
    "numTotalModels": "integer",
    "numTotalSpaces": "integer",
    "thumbnailUrl": "string",
}
# Around the items: somebody's own wrapping of an answer, and the properties of pages.
_WRAPPING = {"count": "integer", "data": "array", "date": "string", "status": "string"}
_PAGE = {
    "acceptLanguages": "array",
    "acceptLanguages[]": "string",
    "canManagePapers": "boolean",
    "canReadDatabase": "boolean",
    "canSubmit": "boolean",
    "comments": "array",
    "dailyPaperRank": "integer",
    "dailyPapers": "array",
    "dateString": "string",
    "hasHfLevelAccess": "boolean",
    "markdownContentUrl": "string",
    "nextDate": "string",
    "periodType": "string",
    "prevDate": "string",
    "primaryEmailConfirmed": "boolean",
    "publisher": "object",
    **{f"publisher.{name}": kind for name, kind in _USER.items()},
    "query": "object string",
    "upvoted": "boolean",
    "upvoters": "array",
    "UpvoteControl": "object",
    "UpvoteControl.upvoters": "array",
    "UpvoteControl.upvotes": "integer",
}
KNOWN = known_paths({**_ITEM, **{f"paper.{name}": kind for name, kind in _PAPER.items()}, **_PAPER, **_ALONE, **_WRAPPING, **_PAGE})
# Objects of other kinds (models, people's comments): their own fields are no fields of papers.
OPAQUE = frozenset({"comments", "linkedDatasets", "linkedModels", "linkedSpaces", "query", "upvoters", "UpvoteControl.upvoters"})
