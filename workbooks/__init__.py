"""Workbooks and papers: exports, the meeting packet, minutes and invitations."""
