"""The reference data that every deployment starts with, as plain facts."""
