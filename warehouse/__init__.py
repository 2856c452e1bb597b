"""The store: tables declared once, gold SQL, and the file people open."""
