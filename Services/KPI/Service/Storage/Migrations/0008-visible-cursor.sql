-- How far the logs are counted, for who reads a report: read in the transaction of the numbers, it says what they contain, also
-- beside a rebuild.
ALTER TABLE kpi.log_cursor ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON kpi.log_cursor FOR SELECT TO zhike_kpi_request
USING (length(current_setting('zhike.office_path', true)) > 0);

CREATE VIEW kpi.visible_cursor WITH (security_invoker = true) AS
SELECT c.consumer, c.log, c.partition, c.applied_offset
FROM kpi.log_cursor c
WHERE c.applied_offset > 0;

GRANT SELECT ON kpi.log_cursor, kpi.visible_cursor TO zhike_kpi_request;
