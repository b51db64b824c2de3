-- Contracts for bulk readers, as binding as a .proto file: columns are added, never changed. published_customer gains a
-- column trait_<name> with every trait that is declared.
CREATE VIEW profile.published_customer WITH (security_invoker = true) AS
SELECT c.partition, c.customer_id, c.customer_number, c.office_path, c.manager, c.created_at
FROM profile.customer c
LEFT JOIN profile.customer_trait t ON t.partition = c.partition AND t.customer_id = c.customer_id;

CREATE VIEW profile.published_event WITH (security_invoker = true) AS
SELECT l.partition, l.customer_id, l.subject AS event_type, l.occurred_at, l.properties, l.log_offset
FROM profile.log l
WHERE l.kind = 1;

CREATE VIEW profile.published_identity WITH (security_invoker = true) AS
SELECT i.partition, i.customer_id, i.kind, i.value
FROM profile.identity i;

CREATE VIEW profile.published_consent WITH (security_invoker = true) AS
SELECT n.partition, n.customer_id, n.purpose, n.channel, n.granted, n.valid_from, n.valid_until
FROM profile.consent n;

CREATE VIEW profile.published_suppression WITH (security_invoker = true) AS
SELECT s.partition, s.customer_id, s.suppressed, s.reason
FROM profile.suppression s;

CREATE VIEW profile.published_trait AS
SELECT t.name, t.type, t.meaning, t.source, t.refresh, t.sensitivity, t.known
FROM profile.trait t;

CREATE VIEW profile.published_dictionary AS
SELECT d.version
FROM profile.dictionary d;
