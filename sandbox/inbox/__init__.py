"""A Teams inbox that shows the cards as Teams would."""
