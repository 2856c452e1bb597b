import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.sources.arxiv_names import split_names


def named(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Quill", named("Ada Quill")),
        ("Ada Quill, Bo Reed and Cy\n  Stone", named("Ada Quill", "Bo Reed", "Cy Stone")),
        ("A. Quill, B. Reed, and C. Stone", named("A. Quill", "B. Reed", "C. Stone")),
        ("A. Quill; B. Reed & C. Stone", named("A. Quill", "B. Reed", "C. Stone")),
        ("Randy Sand and Andy Land", named("Randy Sand", "Andy Land")),
        (r"\'Edgar Rold\'an and Bj{\"o}rn {\O}re, Ana{, }x", named(r"\'Edgar Rold\'an", r"Bj{\"o}rn {\O}re", "Ana{, }x")),
        ("Ada Quill, Jr., Bo Reed, III", [{"name": "Ada Quill", "suffix": "Jr."}, {"name": "Bo Reed", "suffix": "III"}]),
        ("The LAMP Collaboration, B. Reed, et al", named("The LAMP Collaboration", "B. Reed")),
        ("B. Reed et al.", named("B. Reed")),
        ("LAMP Collaboration: A. Quill, B. Reed", named("LAMP Collaboration", "A. Quill", "B. Reed")),
        ("A. Quill for the LAMP Collaboration", [{"name": "A. Quill", "affiliations": ["for the LAMP Collaboration"]}]),
        ("A. Quill (on behalf of the LAMP team)", [{"name": "A. Quill", "affiliations": ["on behalf of the LAMP team"]}]),
        ("A. Quill (Oslo, NO), B. Reed", [{"name": "A. Quill", "affiliations": ["Oslo, NO"]}, {"name": "B. Reed"}]),
        ("A. Quill, (Oslo)", [{"name": "A. Quill", "affiliations": ["Oslo"]}]),
        (
            "A. Quill (1 and 2) and B. Reed (2) ((1) Oslo (Norway), NO, and (2) Bern)",
            [{"name": "A. Quill", "affiliations": ["Oslo (Norway), NO", "Bern"]}, {"name": "B. Reed", "affiliations": ["Bern"]}],
        ),
        (
            "A. Quill(a,b), B. Reed (c) ((a) Oslo; (b) Bern)",
            [{"name": "A. Quill", "affiliations": ["Oslo", "Bern"]}, {"name": "B. Reed", "affiliations": ["c"]}],
        ),
        ("A. Quill (Oslo", named("A. Quill (Oslo")),
        ("A. Quill) and B. Reed", named("A. Quill)", "B. Reed")),
        (" , ;:", []),
        ("", []),
    ],
)
def test_a_string_of_authors_is_taken_apart(text: str, expected: list[dict[str, Any]]) -> None:
    assert split_names(text) == expected


@given(st.text(st.sampled_from("ab ,;()&{}1\\and:*\n"), max_size=60) | st.text(max_size=60))
def test_any_text_gives_authors_with_names(text: str) -> None:
    for author in split_names(text):
        assert author["name"].strip()
        assert all(author.get("affiliations", ["x"]))


@pytest.mark.parametrize("part", ["(", ")", "()", "((1)", "a, ", " and ", ", ", "(1) ", "{", "for the ", "collaboration:", "et al ", " "])
def test_a_long_string_takes_a_moment(part: str) -> None:
    text = "A. Quill (1) " + part * (200_000 // len(part)) + " collaboration ((1) x)"
    start = time.process_time()
    split_names(text)
    assert time.process_time() - start < 5
