"""Asking the sources for what is new, politely, and landing their answers as they came."""
