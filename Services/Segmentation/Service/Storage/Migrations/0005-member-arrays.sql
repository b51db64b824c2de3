-- The members of a snapshot, their ids in ascending order: one row for each partition that has any. A row for each member
-- made a freeze take ten times as long.
CREATE TABLE segmentation.snapshot_part (
    partition smallint NOT NULL,
    snapshot_id bigint NOT NULL,
    customer_ids bigint[] NOT NULL,
    member_count integer NOT NULL,
    PRIMARY KEY (partition, snapshot_id)
);

-- The order in which a snapshot is listed.
CREATE INDEX snapshot_part_listing ON segmentation.snapshot_part (snapshot_id, partition);

INSERT INTO segmentation.snapshot_part (partition, snapshot_id, customer_ids, member_count)
SELECT partition, snapshot_id, array_agg(customer_id ORDER BY customer_id), count(*)
FROM segmentation.snapshot_member GROUP BY partition, snapshot_id;

DROP VIEW segmentation.visible_snapshot_member;

DROP TABLE segmentation.snapshot_member;

CREATE VIEW segmentation.visible_snapshot_part WITH (security_invoker = true) AS
SELECT p.partition, p.snapshot_id, p.customer_ids, p.member_count
FROM segmentation.snapshot n
JOIN segmentation.snapshot_part p ON p.snapshot_id = n.snapshot_id;

ALTER TABLE segmentation.snapshot_part ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON segmentation.snapshot_part TO zhike_segmentation_request
USING (length(current_setting('zhike.office_path', true)) > 0);

GRANT SELECT ON segmentation.snapshot_part, segmentation.visible_snapshot_part TO zhike_segmentation_request;

-- Freezes whose changes are not all in the log yet. They are logged afterwards, a few partitions at a time, so that neither
-- a freeze nor anybody who writes to the log waits for a million entries.
CREATE TABLE segmentation.membership_task (
    snapshot_id bigint PRIMARY KEY REFERENCES segmentation.snapshot (snapshot_id),
    previous_snapshot_id bigint REFERENCES segmentation.snapshot (snapshot_id),
    next_partition smallint NOT NULL,
    partitions_at_once smallint NOT NULL
);
