"""Which engine runs a load: a Prefect server that is there, or this process."""

import os
import tomllib
from pathlib import Path

_TIMEOUT_SECONDS = 2.0


def configured_server() -> str | None:
    """The address of the Prefect server that the environment or Prefect's active profile names; None where none does."""
    if address := os.environ.get("PREFECT_API_URL"):
        return address
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    file = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml")
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    active = os.environ.get("PREFECT_PROFILE") or found.get("active")
    profile = found.get("profiles", {}).get(active, {})
    return profile.get("PREFECT_API_URL") or None


def is_reachable(address: str) -> bool:
    """Whether a Prefect server answers there."""
    import httpx

    try:
        return httpx.get(f"{address.rstrip('/')}/health", timeout=_TIMEOUT_SECONDS).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
