ALTER TABLE kpi.cell ENABLE ROW LEVEL SECURITY;

ALTER TABLE kpi.fact ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON kpi.cell FOR SELECT TO zhike_kpi_request
USING (starts_with(office_path, nullif(current_setting('zhike.office_path', true), '')));

CREATE VIEW kpi.visible_cell WITH (security_invoker = true) AS
SELECT c.campaign_id, c.office_path, c.day, c.arm, c.is_control, c.measure, c.reason, c.amount
FROM kpi.cell c;

CREATE VIEW kpi.visible_campaign WITH (security_invoker = true) AS
SELECT n.campaign_id, n.name, n.currency
FROM kpi.campaign n
WHERE length(current_setting('zhike.office_path', true)) > 0;

GRANT USAGE ON SCHEMA kpi TO zhike_kpi_request;

GRANT SELECT ON kpi.cell, kpi.campaign, kpi.visible_cell, kpi.visible_campaign TO zhike_kpi_request;
