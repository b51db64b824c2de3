public import Postgres

/// The tables that every suite service has in its own schema, besides those of the event log's consumers.
public enum KitSchema {
    /// Applied by each suite service before its own migrations, as `zhike_<schema>`.
    public static func migrations(schema: String) -> [Migration] {
        [Migration(name: "kit-0001-idempotency", text: idempotency(schema))]
    }

    /// Keyed by the idempotency key first: where tables are distributed, it is the distribution column.
    ///
    /// A stored reply may hold a customer's data, so that a person's role sees none of it without a scope.
    private static func idempotency(_ schema: String) -> String {
        """
        CREATE TABLE \(schema).idempotency (
            idempotency_key text NOT NULL,
            caller text NOT NULL,
            person text NOT NULL,
            method text NOT NULL,
            request_hash bytea NOT NULL,
            reply bytea,
            claimed_at timestamptz NOT NULL,
            PRIMARY KEY (idempotency_key, caller, person)
        );
        CREATE INDEX idempotency_claimed_at ON \(schema).idempotency (claimed_at);
        ALTER TABLE \(schema).idempotency ENABLE ROW LEVEL SECURITY;
        CREATE POLICY request_scope ON \(schema).idempotency
            USING (length(current_setting('zhike.office_path', true)) > 0);
        GRANT SELECT, INSERT, UPDATE ON \(schema).idempotency TO zhike_\(schema)_request;
        """
    }
}
