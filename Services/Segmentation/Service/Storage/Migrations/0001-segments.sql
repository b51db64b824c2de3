-- Libraries: small, the same on every node of a distributed database.
CREATE SEQUENCE segmentation.segment_id AS bigint;

CREATE TABLE segmentation.segment (
    segment_id bigint PRIMARY KEY,
    office_path text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1)
);

CREATE INDEX segment_office ON segmentation.segment (office_path text_pattern_ops);

-- Every version that ever was, so that a snapshot can name the one it was made from.
CREATE TABLE segmentation.segment_version (
    segment_id bigint NOT NULL REFERENCES segmentation.segment (segment_id),
    version bigint NOT NULL,
    name text NOT NULL,
    rule_text text NOT NULL,
    rule_json text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (segment_id, version)
);

CREATE VIEW segmentation.visible_segment_version WITH (security_invoker = true) AS
SELECT s.segment_id, s.office_path, s.version AS newest_version, v.version, v.name, v.rule_text, v.rule_json,
    v.changed_by, v.changed_at
FROM segmentation.segment s
JOIN segmentation.segment_version v ON v.segment_id = s.segment_id;
