/// The tables of a log and of those who follow one, as statements for a migration.
public enum EventLogSchema {
    /// `<schema>.log` and its heads.
    public static func statements(schema: String) -> [String] {
        [
            """
            CREATE TABLE \(schema).log (
                partition smallint NOT NULL,
                log_offset bigint NOT NULL,
                customer_id bigint NOT NULL,
                kind smallint NOT NULL,
                subject text NOT NULL,
                dedupe_key text,
                occurred_at timestamptz NOT NULL,
                recorded_at timestamptz NOT NULL,
                properties jsonb,
                body bytea,
                PRIMARY KEY (partition, log_offset)
            )
            """,
            """
            CREATE UNIQUE INDEX log_dedupe ON \(schema).log (partition, customer_id, dedupe_key)
                WHERE dedupe_key IS NOT NULL
            """,
            "CREATE INDEX log_customer ON \(schema).log (partition, customer_id, subject, occurred_at)",
            // Room on each page for the next versions of its rows, so that moving a head touches no index.
            """
            CREATE TABLE \(schema).log_head (
                partition smallint PRIMARY KEY,
                last_offset bigint NOT NULL
            ) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0)
            """,
            """
            INSERT INTO \(schema).log_head (partition, last_offset)
            SELECT partition, 0 FROM generate_series(0, \(LogPartition.count - 1)) AS partition
            """,
            takeHeads(schema),
        ]
    }

    /// How a consumer reads a log: stretches of several partitions by one statement, of which each stretch is one shard's
    /// and one stretch of the index. It stands in the reader's schema, so that reader and writer are upgraded in any order.
    public static func readingStatements(schema: String, log: String) -> [String] {
        [
            """
            CREATE FUNCTION \(schema).log_entries_of_\(log)(
                partitions smallint[], afters bigint[], up_tos bigint[]
            ) RETURNS TABLE (
                partition smallint, log_offset bigint, customer_id bigint, kind smallint, subject text, dedupe_key text,
                occurred_at timestamptz, recorded_at timestamptz, properties jsonb, body bytea
            ) LANGUAGE plpgsql STABLE AS $$
            BEGIN
                FOR place IN 1 .. cardinality(partitions) LOOP
                    RETURN QUERY
                        SELECT l.partition, l.log_offset, l.customer_id, l.kind, l.subject, l.dedupe_key,
                            l.occurred_at, l.recorded_at, l.properties, l.body
                        FROM \(log).log l
                        WHERE l.partition = partitions[place] AND l.log_offset > afters[place]
                          AND l.log_offset <= up_tos[place]
                        ORDER BY l.log_offset;
                END LOOP;
            END
            $$
            """
        ]
    }

    /// Takes the heads one after another in the order given: the writer gives them in ascending order, so that two
    /// writers never wait for each other, and each statement names one partition, so that it goes to one shard.
    private static func takeHeads(_ schema: String) -> String {
        """
        CREATE FUNCTION \(schema).log_take_heads(partitions smallint[], counts bigint[]) RETURNS bigint[]
        LANGUAGE plpgsql AS $$
        DECLARE
            heads bigint[] := '{}';
            head bigint;
        BEGIN
            FOR position IN 1 .. cardinality(partitions) LOOP
                UPDATE \(schema).log_head SET last_offset = last_offset + counts[position]
                WHERE partition = partitions[position] RETURNING last_offset INTO STRICT head;
                heads := heads || head;
            END LOOP;
            RETURN heads;
        END
        $$
        """
    }

    /// What a suite service that follows logs needs in its own schema: cursors, members, dead letters.
    public static func consumerStatements(schema: String) -> [String] {
        [
            """
            CREATE TABLE \(schema).log_cursor (
                partition smallint NOT NULL,
                consumer text NOT NULL,
                log text NOT NULL,
                applied_offset bigint NOT NULL,
                lease_owner text,
                fencing_token bigint NOT NULL,
                PRIMARY KEY (partition, consumer, log)
            ) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0)
            """,
            """
            CREATE TABLE \(schema).log_member (
                consumer text NOT NULL,
                log text NOT NULL,
                member text NOT NULL,
                lease_until timestamptz NOT NULL,
                PRIMARY KEY (consumer, log, member)
            )
            """,
            """
            CREATE TABLE \(schema).dead_letter (
                partition smallint NOT NULL,
                consumer text NOT NULL,
                log text NOT NULL,
                log_offset bigint NOT NULL,
                customer_id bigint NOT NULL,
                reason text NOT NULL,
                attempts integer NOT NULL,
                failed_at timestamptz NOT NULL,
                PRIMARY KEY (partition, consumer, log, log_offset)
            )
            """,
            advanceCursors(schema),
            renewLeases(schema),
        ]
    }

    /// Moves cursors in the order given. A cursor moves only for the holder of its newest token and from where the
    /// holder believes it to be; returns how many moved.
    private static func advanceCursors(_ schema: String) -> String {
        """
        CREATE FUNCTION \(schema).log_advance_cursors(
            consumer_name text, log_name text, partitions smallint[], old_offsets bigint[], new_offsets bigint[],
            tokens bigint[]
        ) RETURNS integer LANGUAGE plpgsql AS $$
        DECLARE
            moved integer := 0;
        BEGIN
            FOR position IN 1 .. cardinality(partitions) LOOP
                UPDATE \(schema).log_cursor SET applied_offset = new_offsets[position]
                WHERE partition = partitions[position] AND consumer = consumer_name AND log = log_name
                  AND applied_offset = old_offsets[position] AND fencing_token = tokens[position];
                EXIT WHEN NOT FOUND;
                moved := moved + 1;
            END LOOP;
            RETURN moved;
        END
        $$
        """
    }

    /// Renews a member's lease, gives back what is above its fair share of partitions and takes what is free below it.
    /// A change of hands raises the token, so that the former holder can write no more. Rows that a running batch holds
    /// are passed over, so nobody waits here.
    private static func renewLeases(_ schema: String) -> String {
        """
        CREATE FUNCTION \(schema).log_renew_leases(
            consumer_name text, log_name text, member_name text, lease_seconds double precision
        ) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
            expiry timestamptz := clock_timestamp() + make_interval(secs => lease_seconds);
            live text[];
            missing integer;
            candidate smallint;
        BEGIN
            UPDATE \(schema).log_member SET lease_until = expiry
            WHERE consumer = consumer_name AND log = log_name AND member = member_name;
            IF NOT FOUND THEN
                INSERT INTO \(schema).log_member (consumer, log, member, lease_until)
                VALUES (consumer_name, log_name, member_name, expiry);
            END IF;
            SELECT array_agg(member) INTO live FROM \(schema).log_member
            WHERE consumer = consumer_name AND log = log_name AND lease_until > now();
            SELECT ceil(\(LogPartition.count).0 / cardinality(live)) - count(*) INTO missing FROM \(schema).log_cursor
            WHERE consumer = consumer_name AND log = log_name AND lease_owner = member_name;
            FOR candidate IN
                SELECT partition FROM \(schema).log_cursor
                WHERE consumer = consumer_name AND log = log_name
                  AND CASE WHEN missing < 0 THEN lease_owner = member_name
                      ELSE lease_owner IS NULL OR lease_owner <> ALL (live) END
                ORDER BY partition LIMIT abs(missing)
            LOOP
                PERFORM FROM \(schema).log_cursor
                WHERE partition = candidate AND consumer = consumer_name AND log = log_name
                  AND CASE WHEN missing < 0 THEN lease_owner = member_name
                      ELSE lease_owner IS NULL OR lease_owner <> ALL (live) END
                FOR UPDATE SKIP LOCKED;
                IF FOUND THEN
                    UPDATE \(schema).log_cursor
                    SET lease_owner = CASE WHEN missing > 0 THEN member_name END, fencing_token = fencing_token + 1
                    WHERE partition = candidate AND consumer = consumer_name AND log = log_name;
                END IF;
            END LOOP;
        END
        $$
        """
    }
}
