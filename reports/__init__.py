"""Reports: a report is a figure with a name; one module per area."""

from reports import governance, meetings
from reports.base import Report

REPORTS: dict[str, Report] = {
    report.key: report for report in (*governance.REPORTS, *meetings.REPORTS)
}
"""Every report by its key, in the order of the menu."""
