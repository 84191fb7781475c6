"""What a second reader, a language model, is asked about a post, and which of its answers stands (pure)."""
