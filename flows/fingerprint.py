"""Fingerprints: of the code that makes a warehouse, and of what it is made from."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from transforms.bronze import Landed, Unreadable
from transforms.parsed import Limits
from warehouse.schema.gold import Policy

# What decides the rows. The flows move bytes and frames, and do not.
_PACKAGES = ("transforms", "warehouse", "expectations")


@cache
def code_fingerprint(limits: Limits = Limits()) -> str:
    """Changes with every line of code and every setting that decides rows: a file made by others is made anew from the raw store and the journal."""
    digest = sha256(json.dumps(asdict(limits), sort_keys=True).encode())
    for package in _PACKAGES:
        for name, content in sorted(_sources(files(package), package)):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def inputs_fingerprint(
    documents: Iterable[Landed],
    unreadable: Iterable[Unreadable],
    decisions: Iterable[Mapping[str, Any]] = (),
    policy: Policy = Policy.MERGE,
) -> str:
    """Changes with every document, every path that could not be read, every decision of a person, and the policy."""
    facts: list[Any] = [
        [[one.document_id, str(one.capture.at), one.capture.source] for one in documents],
        [[one.path, one.code, str(one.resolved_at)] for one in unreadable],
        list(decisions),
        policy.value,
    ]
    return sha256(json.dumps(facts).encode()).hexdigest()


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, path)
        elif entry.name.endswith((".py", ".sql", ".toml")):
            yield path, entry.read_bytes()
