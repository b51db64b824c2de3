/// What our private server is started with.
enum PostgresSettings {
    static func values(isDurable: Bool) -> [String: String] {
        var values = [
            "listen_addresses": "",
            "port": "\(EmbeddedPostgres.port)",
            "unix_socket_permissions": "0700",
            "max_connections": "300",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            // In files below the data folder, so that a killed server leaves nothing in /dev/shm.
            "dynamic_shared_memory_type": "mmap",
            // Statements and details of errors hold customers' data: the log gets neither.
            "log_statement": "none",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
        ]
        if !isDurable {
            values["fsync"] = "off"
            values["synchronous_commit"] = "off"
            values["full_page_writes"] = "off"
        }
        return values
    }
}
