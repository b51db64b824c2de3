internal import EventLog
public import Postgres

/// The steps of the schema `segmentation`, in their order.
public enum SegmentationMigrations {
    public static var all: [Migration] {
        [
            Migration(name: "0000-log", statements: EventLogSchema.statements(schema: "segmentation")),
            Migration(name: "0001-segments", bytes: PackageResources._001_segments_sql),
            Migration(name: "0002-snapshots", bytes: PackageResources._002_snapshots_sql),
            Migration(name: "0003-scope", bytes: PackageResources._003_scope_sql),
            Migration(name: "0004-membership", bytes: PackageResources._004_membership_sql),
            Migration(name: "0005-member-arrays", bytes: PackageResources._005_member_arrays_sql),
        ]
    }
}
