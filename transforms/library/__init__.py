"""A person's library written again: one entry per paper, in the format that they use."""
