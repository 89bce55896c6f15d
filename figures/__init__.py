"""The office's figures: pure queries; one module per area."""
