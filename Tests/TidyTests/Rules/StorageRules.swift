/// Rule 5 of the design: SQL stands in Storage/ alone, values are bound, and the SQL is ready for Citus.
enum StorageRules {
    static let all = [places, bound, requests, migrations]

    static let places = TidyRule(
        "SQL stands in Storage/ alone",
        breaking: [
            ("Services/KPI/Service/Reports/X.swift", "let sql: SQL = \"SELECT 1 FROM kpi.cell\""),
            ("Services/CLI/Commands/X.swift", "try await run(\"\"\"\n    DELETE FROM kpi.cell\n    \"\"\")"),
            ("Shared/ServiceKit/Gate/X.swift", "\"SET LOCAL zhike.office_path = '/'\""),
            ("Services/KPI/Service/Reports/x.sql", "SELECT 1;"),
        ],
        keeping: [
            ("Services/KPI/Service/Storage/X.swift", "let sql: SQL = \"SELECT 1 FROM kpi.cell\""),
            ("Services/KPI/Service/X.swift", "let sentence = \"Select a campaign, or UPDATE it.\""),
        ]
    ) { file in
        guard file.isProduct, !file.folders.contains("Storage"), !file.path.hasPrefix("Shared/Postgres/") else {
            return []
        }
        if file.path.hasSuffix(".sql") { return [file.violation(1, "SQL files belong into Storage/")] }
        let start =
            #/^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|GRANT|REVOKE|TRUNCATE|COPY|WITH|SET LOCAL)\s+[\w(*\\'"]/#
        return file.scan.texts.filter { $0.content.contains(start) }.map {
            file.violation($0.line, "SQL belongs into Storage/")
        }
    }

    static let bound = TidyRule(
        "values in SQL are bound, never pasted between quotes or put together with +",
        breaking: [
            ("Services/KPI/Service/Storage/X.swift", "SQL(unsafeSQL: \"SELECT * FROM x WHERE name = '\\(name)'\")"),
            ("Services/KPI/Service/Storage/X.swift", "SQL(unsafeSQL: \"SELECT * FROM x WHERE name = \" + name)"),
        ],
        keeping: [("Services/KPI/Service/Storage/X.swift", "\"SELECT * FROM x WHERE name = \\(name)\"")]
    ) { file in
        guard file.isProduct, file.isSwift, file.folders.contains("Storage") else { return [] }
        let pasted = file.scan.texts.filter { $0.content.contains("'\\(") }.map {
            file.violation($0.line, "a value between quotes: bind it")
        }
        return pasted + file.codeLines(matching: #/unsafeSQL: ""\s*\+/#, "SQL put together with +: splice SQL values")
    }

    /// Views called `visible_…` join what they show to the customer or the owner's office, so that a person's scope holds.
    static let requests = TidyRule(
        "a statement for a person reads views alone",
        breaking: [
            (
                "Services/KPI/Service/Storage/X.swift",
                "\"SELECT 1 FROM kpi.visible_cell JOIN kpi.campaign USING (campaign_id)\""
            )
        ],
        keeping: [
            (
                "Services/KPI/Service/Storage/X.swift",
                "\"SELECT 1 FROM kpi.visible_cell c JOIN kpi.visible_campaign USING (campaign_id)\""
            ),
            ("Services/KPI/Service/Storage/X.swift", "\"SELECT 1 FROM kpi.cell\""),
            ("Services/KPI/Service/Storage/X.swift", "\"CREATE VIEW kpi.visible_cell AS SELECT 1 FROM kpi.cell\""),
        ]
    ) { file in
        guard file.isProduct, file.isSwift, file.folders.contains("Storage") else { return [] }
        return file.scan.texts.filter { text in
            let read = text.content.matches(of: #/(?:FROM|JOIN)\s+(?:\w+)\.(\w+)/#).map(\.output.1)
            let (views, tables) = (
                read.filter { $0.hasPrefix("visible_") },
                read.filter { !$0.hasPrefix("visible_") && !$0.hasPrefix("published_") }
            )
            return !views.isEmpty && !tables.isEmpty && !text.content.contains(" VIEW ")
        }.map { file.violation($0.line, "a table beside a view of what a person may see") }
    }

    static let migrations = TidyRule(
        "SQL has no triggers, no MERGE, no pg_notify of its own, no volatile function in DO UPDATE, no SET NULL on delete",
        breaking: [
            ("Services/KPI/Service/Storage/Migrations/x.sql", "CREATE TRIGGER t BEFORE INSERT ON x;"),
            ("Services/KPI/Service/Storage/Migrations/x.sql", "MERGE INTO x USING y ON true;"),
            ("Services/KPI/Service/Storage/Migrations/x.sql", "SELECT pg_notify('a', 'b');"),
            (
                "Services/KPI/Service/Storage/X.swift",
                "\"INSERT INTO x VALUES (1) ON CONFLICT (a) DO UPDATE SET at = now()\""
            ),
            ("Services/KPI/Service/Storage/Migrations/x.sql", "x bigint REFERENCES y ON DELETE SET NULL"),
        ],
        keeping: [
            (
                "Services/KPI/Service/Storage/X.swift",
                "\"INSERT INTO x VALUES (1) ON CONFLICT (a) DO UPDATE SET at = excluded.at\""
            )
        ]
    ) { file in
        guard file.isProduct, file.folders.contains("Storage") else { return [] }
        let pattern =
            #/CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER|\bMERGE INTO\b|ON DELETE SET NULL|ON UPDATE CASCADE|DO UPDATE[^;]*\b(?:now|clock_timestamp|random|nextval|gen_random_uuid)\(/#
        let inFiles = file.path.hasSuffix(".sql") ? [(content: file.text, line: 1)] : file.scan.texts
        let found = inFiles.filter { $0.content.contains(pattern) }.map {
            file.violation($0.line, "Citus refuses this, or logic hides in the database")
        }
        guard file.path.hasSuffix(".sql") else { return found }
        return found + file.lines(matching: #/pg_notify/#, "the service notifies, after COMMIT")
    }
}
