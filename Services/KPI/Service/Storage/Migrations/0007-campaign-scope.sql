-- Names of campaigns are read through their cells; without a scope the table shows nothing either.
ALTER TABLE kpi.campaign ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_scope ON kpi.campaign FOR SELECT TO zhike_kpi_request
USING (length(current_setting('zhike.office_path', true)) > 0);
