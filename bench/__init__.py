"""`python -m bench`: how fast the lists are, measured beside vanilla Flask-Admin in the same run."""
