"""What a change board asks of every change: a module for each kind of sentence, said from a source or not at all."""
