"""Screens generated from the entities; one module per area declares what differs."""
