"""Pages for people, rendered from jinja2 templates."""
