internal import EventLog
public import Postgres

/// The schema of the profile service, step by step.
public enum ProfileSchema {
    public static var migrations: [Migration] {
        [
            Migration(name: "0000-log", statements: EventLogSchema.statements(schema: "profile")),
            Migration(name: "0001-organisation", bytes: PackageResources._001_organisation_sql),
            Migration(name: "0002-dictionary", bytes: PackageResources._002_dictionary_sql),
            Migration(name: "0003-customers", bytes: PackageResources._003_customers_sql),
            Migration(name: "0004-consents", bytes: PackageResources._004_consents_sql),
            Migration(name: "0005-intake", bytes: PackageResources._005_intake_sql),
            Migration(name: "0006-published", bytes: PackageResources._006_published_sql),
            Migration(name: "0007-request-views", bytes: PackageResources._007_request_views_sql),
            Migration(name: "0008-scope", bytes: PackageResources._008_scope_sql),
            Migration(name: "0009-import-opener", bytes: PackageResources._009_import_opener_sql),
            Migration(name: "0010-head-office", bytes: PackageResources._010_head_office_sql),
            Migration(name: "0011-request-grants", bytes: PackageResources._011_request_grants_sql),
        ]
    }
}
