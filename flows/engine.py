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
    profiles = found.get("profiles")
    profile = profiles.get(active) if isinstance(profiles, dict) else None
    address = profile.get("PREFECT_API_URL") if isinstance(profile, dict) else None
    return address if isinstance(address, str) and address else None


def is_reachable(address: str) -> bool:
    """Whether a Prefect server answers there."""
    import httpx

    try:
        return httpx.get(f"{address.rstrip('/')}/health", timeout=_TIMEOUT_SECONDS).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
