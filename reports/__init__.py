"""Reports: a report is a figure with a name; one module per area."""

from reports import complaints, governance, governance_gaps, ledger, meetings, projects, requests
from reports.base import Report

REPORTS: dict[str, Report] = {
    report.key: report
    for report in (
        *governance.REPORTS,
        *governance_gaps.REPORTS,
        *meetings.REPORTS,
        *ledger.REPORTS,
        *requests.REPORTS,
        *projects.REPORTS,
        *complaints.REPORTS,
    )
}
"""Every report by its key, in the order of the menu."""
