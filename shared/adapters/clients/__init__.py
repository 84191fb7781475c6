"""How the outside is reached: HTTP, Graph, and our own identity."""
