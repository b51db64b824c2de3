-- What an office owns carries its path; everything else is reached through it. Without a scope the role sees nothing.
ALTER TABLE segmentation.segment ENABLE ROW LEVEL SECURITY;

ALTER TABLE segmentation.segment_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE segmentation.snapshot ENABLE ROW LEVEL SECURITY;

ALTER TABLE segmentation.snapshot_member ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON segmentation.segment TO zhike_segmentation_request
USING (starts_with(office_path, nullif(current_setting('zhike.office_path', true), '')));

CREATE POLICY office_scope ON segmentation.segment_version TO zhike_segmentation_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON segmentation.snapshot TO zhike_segmentation_request
USING (starts_with(office_path, nullif(current_setting('zhike.office_path', true), '')));

CREATE POLICY office_scope ON segmentation.snapshot_member TO zhike_segmentation_request
USING (length(current_setting('zhike.office_path', true)) > 0);

GRANT USAGE ON SEQUENCE segmentation.segment_id TO zhike_segmentation_request;

GRANT SELECT, INSERT ON segmentation.segment, segmentation.segment_version TO zhike_segmentation_request;

GRANT UPDATE (version) ON segmentation.segment TO zhike_segmentation_request;

GRANT SELECT ON segmentation.snapshot, segmentation.snapshot_member, segmentation.visible_segment_version,
segmentation.visible_snapshot, segmentation.visible_snapshot_member
TO zhike_segmentation_request;

-- Those who follow the log read it in bulk; no person's call does.
ALTER TABLE segmentation.log ENABLE ROW LEVEL SECURITY;

CREATE POLICY bulk ON segmentation.log FOR SELECT TO zhike_campaign, zhike_kpi USING (true);

GRANT USAGE ON SCHEMA segmentation TO zhike_campaign, zhike_kpi;

GRANT SELECT ON segmentation.log, segmentation.log_head TO zhike_campaign, zhike_kpi;
