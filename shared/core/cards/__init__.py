"""What a card says, whatever the channel."""
