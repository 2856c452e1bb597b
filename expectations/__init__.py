"""What must hold of each tier before it is published, checked by Great Expectations in place in DuckDB."""
