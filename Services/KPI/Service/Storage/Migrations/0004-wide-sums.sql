-- Sums of values may leave 64 bits; what is stored stays exact, and a report ends at the largest number it can show.
DROP VIEW kpi.visible_cell;

ALTER TABLE kpi.cell ALTER COLUMN amount TYPE numeric(38, 0);

CREATE VIEW kpi.visible_cell WITH (security_invoker = true) AS
SELECT c.campaign_id, c.office_path, c.day, c.arm, c.is_control, c.measure, c.reason, c.amount
FROM kpi.cell c;

GRANT SELECT ON kpi.visible_cell TO zhike_kpi_request;
