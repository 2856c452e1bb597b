"""Pure steps from bytes to tables: recognise, parse, normalise, deduplicate.

Nothing here touches a clock, the network, a file, a database or chance: time, limits and corrections are arguments.
"""
