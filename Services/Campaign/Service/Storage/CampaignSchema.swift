internal import EventLog
public import Postgres

/// The schema of the campaign service, step by step.
public enum CampaignSchema {
    public static var migrations: [Migration] {
        [
            Migration(name: "0000-log", statements: EventLogSchema.statements(schema: "campaign")),
            Migration(name: "0000-log-consumer", statements: EventLogSchema.consumerStatements(schema: "campaign")),
            Migration(name: "0001-offers", bytes: PackageResources._001_offers_sql),
            Migration(name: "0002-campaigns", bytes: PackageResources._002_campaigns_sql),
            Migration(name: "0003-audience", bytes: PackageResources._003_audience_sql),
            Migration(name: "0004-contacts", bytes: PackageResources._004_contacts_sql),
            Migration(name: "0005-outcomes", bytes: PackageResources._005_outcomes_sql),
            Migration(name: "0006-request-views", bytes: PackageResources._006_request_views_sql),
            Migration(name: "0007-scope", bytes: PackageResources._007_scope_sql),
            Migration(name: "0008-repeatable-contacts", bytes: PackageResources._008_repeatable_contacts_sql),
            Migration(name: "0009-contact-functions", bytes: PackageResources._009_contact_functions_sql),
            Migration(name: "0010-early-triggers", bytes: PackageResources._010_early_triggers_sql),
            Migration(name: "0011-words", bytes: PackageResources._011_words_sql),
            Migration(name: "0012-present-office", bytes: PackageResources._012_present_office_sql),
            Migration(name: "0013-first-contact", bytes: PackageResources._013_first_contact_sql),
            Migration(name: "0014-guards-passed-over", bytes: PackageResources._014_guards_passed_over_sql),
            Migration(name: "0015-left-by", bytes: PackageResources._015_left_by_sql),
            Migration(
                name: "0000-log-reading",
                statements: EventLogSchema.readingStatements(schema: "campaign", log: "profile")),
        ]
    }
}
