"""Marks messages that are kept first and translated when they are shown.

`pybabel extract` reads calls with a literal, so a message that waits in a constant, a table
or an exception is wrapped in `N_` where it is written, and passed to gettext where it is shown.
"""

N_ = str
"""Returns the message as it is; only the catalogue's extraction looks at it."""
