"""What goes wrong in a tool, told so that an agent can mend it."""


class ToolError(Exception):
    """A tool cannot do what it was asked for: the message says what is wrong, and what to do."""
