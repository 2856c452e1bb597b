"""Entity resolution in four stages, block, match, cluster, merge: which records are one paper, and what the paper then says."""
