"""Stub."""
from pathlib import Path
from typing import Any
ENDINGS = (".bib", ".ris", ".csv", ".jsonl", ".parquet")
def write_merged(*a: Any) -> int:
    return 0
