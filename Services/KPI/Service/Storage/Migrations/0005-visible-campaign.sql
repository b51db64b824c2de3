-- A campaign is visible where one of its cells is: whoever counts through the numbers learns nothing of other branches.
CREATE OR REPLACE VIEW kpi.visible_campaign WITH (security_invoker = true) AS
SELECT n.campaign_id, n.name, n.currency
FROM kpi.campaign n
WHERE EXISTS (SELECT FROM kpi.visible_cell c WHERE c.campaign_id = n.campaign_id AND c.amount <> 0);
