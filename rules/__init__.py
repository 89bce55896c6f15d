"""The office's rules: verbs that change records, checks that must hold; one module per area."""
