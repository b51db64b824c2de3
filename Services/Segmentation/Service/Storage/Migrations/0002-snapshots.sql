CREATE SEQUENCE segmentation.snapshot_id AS bigint;

-- profile_offsets: the last offset of each partition of profile.log, from partition 0 on, at the moment of the freeze.
CREATE TABLE segmentation.snapshot (
    snapshot_id bigint PRIMARY KEY,
    segment_id bigint NOT NULL,
    segment_version bigint NOT NULL,
    office_path text NOT NULL,
    dictionary_version bigint NOT NULL,
    profile_offsets bigint[] NOT NULL,
    as_of timestamptz NOT NULL,
    member_count bigint NOT NULL,
    checksum text NOT NULL,
    frozen_by text NOT NULL,
    frozen_at timestamptz NOT NULL,
    FOREIGN KEY (segment_id, segment_version) REFERENCES segmentation.segment_version (segment_id, version)
);

CREATE TABLE segmentation.snapshot_member (
    partition smallint NOT NULL,
    snapshot_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    PRIMARY KEY (partition, snapshot_id, customer_id)
);

-- The order in which a snapshot is listed.
CREATE INDEX snapshot_member_listing ON segmentation.snapshot_member (snapshot_id, partition, customer_id);

CREATE VIEW segmentation.visible_snapshot WITH (security_invoker = true) AS
SELECT n.snapshot_id, n.segment_id, n.segment_version, n.office_path, n.dictionary_version, n.profile_offsets, n.as_of,
    n.member_count, n.checksum, v.rule_json
FROM segmentation.snapshot n
JOIN segmentation.segment_version v ON v.segment_id = n.segment_id AND v.version = n.segment_version;

CREATE VIEW segmentation.visible_snapshot_member WITH (security_invoker = true) AS
SELECT m.partition, m.snapshot_id, m.customer_id
FROM segmentation.snapshot n
JOIN segmentation.snapshot_member m ON m.snapshot_id = n.snapshot_id;
