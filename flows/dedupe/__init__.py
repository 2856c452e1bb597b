"""`paperhouse dedupe`: anyone's export files deduplicated, without a warehouse."""
