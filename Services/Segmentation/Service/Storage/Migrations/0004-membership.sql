-- The newest snapshot of each segment that has one: what the next is compared with. One freeze of a segment at a time holds
-- its row.
CREATE TABLE segmentation.current_snapshot (
    segment_id bigint PRIMARY KEY REFERENCES segmentation.segment (segment_id),
    snapshot_id bigint REFERENCES segmentation.snapshot (snapshot_id)
);

INSERT INTO segmentation.current_snapshot (segment_id, snapshot_id)
SELECT segment_id, max(snapshot_id) FROM segmentation.snapshot GROUP BY segment_id;
