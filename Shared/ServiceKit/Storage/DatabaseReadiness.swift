internal import Postgres

extension ReadinessCheck {
    /// Whether the database answers this role.
    static func database(_ pool: PostgresPool, role: String) -> ReadinessCheck {
        ReadinessCheck("database as \(role)") {
            do {
                _ = try await pool.query("SELECT 1 AS one")
                return nil
            } catch let error as PostgresError where error.isDiskFull {
                return "the database has no space left"
            } catch {
                return "the database does not answer"
            }
        }
    }
}
