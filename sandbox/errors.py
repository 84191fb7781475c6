"""What a person who starts the sandbox can put right."""


class SandboxError(Exception):
    """The sandbox cannot start or stop; the text says why and what to do. Shown without a traceback."""
