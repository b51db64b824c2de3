internal import Postgres

/// The wake-up of those who follow a log.
enum WakeUpStorage {
    static func notify(_ channel: String) -> SQL { "SELECT pg_notify(\(channel), '')" }
}
