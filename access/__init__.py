"""Who may do what, and who did what: viewer, policy, scope, audit, search."""
