-- Organisation scope in the data layer. Request roles see customers of their office and nothing without one; the other suite
-- services' own roles read in bulk and see all; the owner of the tables is not subject to policies.
ALTER TABLE profile.customer ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile.customer_trait ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile.identity ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile.consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile.suppression ENABLE ROW LEVEL SECURITY;

ALTER TABLE profile.log ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON profile.customer FOR SELECT
TO zhike_profile_request, zhike_segmentation_request, zhike_campaign_request, zhike_kpi_request
USING (starts_with(office_path, nullif(current_setting('zhike.office_path', true), '')));

CREATE POLICY office_scope ON profile.customer_trait FOR SELECT
TO zhike_profile_request, zhike_segmentation_request, zhike_campaign_request, zhike_kpi_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON profile.identity FOR SELECT
TO zhike_profile_request, zhike_segmentation_request, zhike_campaign_request, zhike_kpi_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON profile.consent FOR SELECT
TO zhike_profile_request, zhike_segmentation_request, zhike_campaign_request, zhike_kpi_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON profile.suppression FOR SELECT
TO zhike_profile_request, zhike_segmentation_request, zhike_campaign_request, zhike_kpi_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY office_scope ON profile.log FOR SELECT
TO zhike_profile_request, zhike_segmentation_request, zhike_campaign_request, zhike_kpi_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE POLICY bulk ON profile.customer FOR SELECT TO zhike_segmentation, zhike_campaign, zhike_kpi USING (true);

CREATE POLICY bulk ON profile.customer_trait FOR SELECT TO zhike_segmentation, zhike_campaign, zhike_kpi USING (true);

CREATE POLICY bulk ON profile.identity FOR SELECT TO zhike_segmentation, zhike_campaign, zhike_kpi USING (true);

CREATE POLICY bulk ON profile.consent FOR SELECT TO zhike_segmentation, zhike_campaign, zhike_kpi USING (true);

CREATE POLICY bulk ON profile.suppression FOR SELECT TO zhike_segmentation, zhike_campaign, zhike_kpi USING (true);

CREATE POLICY bulk ON profile.log FOR SELECT TO zhike_segmentation, zhike_campaign, zhike_kpi USING (true);

GRANT USAGE ON SCHEMA profile TO zhike_profile_request, zhike_segmentation, zhike_segmentation_request, zhike_campaign,
zhike_campaign_request, zhike_kpi, zhike_kpi_request;

GRANT SELECT ON profile.customer, profile.customer_trait, profile.identity, profile.consent, profile.suppression, profile.log,
profile.visible_customer, profile.visible_trait, profile.visible_identity, profile.visible_consent, profile.visible_entry,
profile.trait, profile.dictionary, profile.office
TO zhike_profile_request;

GRANT SELECT ON profile.customer, profile.customer_trait, profile.identity, profile.consent, profile.suppression, profile.log,
profile.log_head, profile.published_customer, profile.published_event, profile.published_identity, profile.published_consent,
profile.published_suppression, profile.published_trait, profile.published_dictionary, profile.consent_guard
TO zhike_segmentation, zhike_campaign, zhike_kpi;

GRANT SELECT ON profile.customer, profile.customer_trait, profile.identity, profile.consent, profile.suppression, profile.log,
profile.published_customer, profile.published_event, profile.published_identity, profile.published_consent,
profile.published_suppression, profile.published_trait, profile.published_dictionary
TO zhike_segmentation_request, zhike_campaign_request, zhike_kpi_request;

-- FOR SHARE needs UPDATE on one column at least.
GRANT UPDATE (lock_only) ON profile.consent_guard TO zhike_campaign;
