"""twinpost: the post office of two school classes that write letters to each other."""

__version__ = "0.1.0"
