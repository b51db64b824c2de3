-- Organisation scope in the data layer. What an office owns carries its path; everything else is reached through it. Without
-- a scope the role of people sees nothing; the owner of the schema is not subject to policies.
ALTER TABLE campaign.campaign ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign.campaign_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign.audience ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign.audience_count ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign.wave_progress ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign.contact ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign.delivery_dead_letter ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign.log ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON campaign.campaign TO zhike_campaign_request
USING (starts_with(office_path, nullif(current_setting('zhike.office_path', true), '')));

CREATE POLICY office_scope ON campaign.campaign_version TO zhike_campaign_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON campaign.audience TO zhike_campaign_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON campaign.audience_count TO zhike_campaign_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON campaign.wave_progress TO zhike_campaign_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON campaign.contact TO zhike_campaign_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON campaign.delivery_dead_letter TO zhike_campaign_request
USING (length(current_setting('zhike.office_path', true)) > 0);

GRANT USAGE ON SEQUENCE campaign.campaign_id TO zhike_campaign_request;

GRANT SELECT, INSERT, UPDATE ON campaign.campaign TO zhike_campaign_request;

GRANT SELECT, INSERT, UPDATE (offer_title, offer_text) ON campaign.campaign_version TO zhike_campaign_request;

GRANT SELECT, UPDATE (number) ON campaign.revision TO zhike_campaign_request;

GRANT SELECT, INSERT, UPDATE ON campaign.product, campaign.offer TO zhike_campaign_request;

GRANT SELECT, INSERT ON campaign.contact_policy TO zhike_campaign_request;

GRANT SELECT ON campaign.audience, campaign.audience_count, campaign.wave_progress, campaign.contact,
campaign.delivery_dead_letter, campaign.visible_campaign, campaign.visible_contact, campaign.visible_progress,
campaign.visible_audience_count, campaign.visible_dead_letter, campaign.visible_offer,
campaign.visible_contact_policy
TO zhike_campaign_request;

-- Those who follow the log read it in bulk; no person's call does.
CREATE POLICY bulk ON campaign.log FOR SELECT TO zhike_kpi USING (true);

GRANT USAGE ON SCHEMA campaign TO zhike_kpi;

GRANT SELECT ON campaign.log, campaign.log_head TO zhike_kpi;
