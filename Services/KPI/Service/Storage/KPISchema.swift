internal import EventLog
public import Postgres

/// The schema of the kpi service, step by step.
public enum KPISchema {
    public static var migrations: [Migration] {
        [
            Migration(name: "0000-consumer", statements: EventLogSchema.consumerStatements(schema: "kpi")),
            Migration(name: "0001-facts", bytes: PackageResources._001_facts_sql),
            Migration(name: "0002-cells", bytes: PackageResources._002_cells_sql),
            Migration(name: "0003-scope", bytes: PackageResources._003_scope_sql),
            Migration(
                name: "0000-log-reading",
                statements: EventLogSchema.readingStatements(schema: "kpi", log: "campaign")),
            Migration(name: "0004-wide-sums", bytes: PackageResources._004_wide_sums_sql),
            Migration(name: "0005-visible-campaign", bytes: PackageResources._005_visible_campaign_sql),
            Migration(name: "0006-activity", bytes: PackageResources._006_activity_sql),
            Migration(
                name: "0006-log-reading",
                statements: EventLogSchema.readingStatements(schema: "kpi", log: "profile")
                    + EventLogSchema.readingStatements(schema: "kpi", log: "segmentation")),
            Migration(name: "0007-campaign-scope", bytes: PackageResources._007_campaign_scope_sql),
            Migration(name: "0008-visible-cursor", bytes: PackageResources._008_visible_cursor_sql),
        ]
    }
}
