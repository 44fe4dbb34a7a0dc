"""The org's limits: Salesforce's names, and numbers that a large org has."""

from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource
from orgsmith.arena.sandbox.schemas import COUNT, shape

API_CALLS = "DailyApiRequests"

MOST = {
    "ActiveScratchOrgs": 0,
    "AnalyticsExternalDataSizeMB": 40_960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    API_CALLS: 5_000_000,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyDurableStreamingApiEvents": 1_000_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyScratchOrgs": 0,
    "DailyStandardVolumePlatformEvents": 25_000,
    "DailyStreamingApiEvents": 1_000_000,
    "DailyWorkflowEmails": 100_000,
    "DataStorageMB": 209_715,
    "DurableStreamingApiConcurrentClients": 2_000,
    "FileStorageMB": 209_715,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyODataCallout": 20_000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "MonthlyPlatformEvents": 1_250_000,
    "Package2VersionCreates": 6,
    "PermissionSets": 1_500,
    "SingleEmail": 5_000,
    "StreamingApiConcurrentClients": 2_000,
}
"""What each limit allows. Nothing is ever refused for one: they are here for clients that look."""


def used(calls: int) -> int:
    """How many of the daily calls are spent, after so many."""
    return min(calls, MOST[API_CALLS])


def _limits(call: Call) -> Reply:
    spent = {API_CALLS: used(call.desk.calls)}
    return Reply(
        200,
        {
            name: {"Max": most, "Remaining": most - spent.get(name, 0)}
            for name, most in MOST.items()
        },
    )


RESOURCES = (
    Resource(
        "GET",
        "limits",
        _limits,
        "List the org's limits",
        {
            200: {
                "type": "object",
                "additionalProperties": shape({"Max": COUNT, "Remaining": COUNT}),
            }
        },
    ),
)
