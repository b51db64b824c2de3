-- Of what is published, a person's calls to other suite services may read customers alone, by their office. The other views
-- are for bulk readers: they do not look at the customer's office.
REVOKE SELECT ON profile.identity, profile.consent, profile.suppression, profile.log, profile.published_event,
profile.published_identity, profile.published_consent, profile.published_suppression
FROM zhike_segmentation_request, zhike_campaign_request, zhike_kpi_request;
