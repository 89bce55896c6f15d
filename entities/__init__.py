"""The schema: one module per area, and the value types that every area shares."""
