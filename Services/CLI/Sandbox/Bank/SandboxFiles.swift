public import Foundation

/// The sandbox bank as files, as a bank's own systems would deliver them: what is imported is read from these.
public struct SandboxFiles: Sendable {
    public let customers: URL
    public let events: URL

    /// Writes customers.csv and events.csv below a folder.
    ///
    /// - Parameter progress: Called with customers written and customers in all.
    public static func write(
        _ bank: SandboxBank, to folder: URL, progress: (Int, Int) -> Void
    ) throws -> SandboxFiles {
        let files = SandboxFiles(
            customers: folder.appending(path: "customers.csv"), events: folder.appending(path: "events.csv"))
        var people = try LineFile(files.customers, header: customerHeader)
        var behaviour = try LineFile(files.events, header: "event_id,customer,type,at,amount")
        let day = Date.ISO8601FormatStyle().year().month().day()
        for (index, customer) in bank.customers().enumerated() {
            try people.add(line(customer, day))
            for event in bank.events(of: customer) {
                let amount = event.amount.map { "\($0)" } ?? ""
                try behaviour.add(
                    "\(event.id),\(event.customerNumber),\(event.type),\(event.occurredAt.formatted(.iso8601)),\(amount)"
                )
            }
            if index % 1_000 == 999 { progress(index + 1, bank.customerCount) }
        }
        try people.finish()
        try behaviour.finish()
        return files
    }

    private static let customerHeader = """
        number,name,phone,office,manager,gender,age,city,tier,occupation,risk_level,assets,salary_here,products,has_deposit,\
        app_days,churn_score,customer_since,allows_app,allows_sms
        """

    private static func line(_ customer: SandboxCustomer, _ day: Date.ISO8601FormatStyle) -> String {
        [
            customer.number, customer.name, customer.phone, customer.office, customer.manager, customer.gender,
            "\(customer.age)", customer.city, customer.tier, customer.occupation, "\(customer.riskLevel)",
            "\(customer.assets)", "\(customer.salaryHere)", "\(customer.products)", "\(customer.hasDeposit)",
            "\(customer.appDaysPerMonth)", "\(customer.churnScore)", customer.customerSince.formatted(day),
            customer.allowsApp ? "yes" : "no", customer.allowsSMS ? "yes" : "no",
        ].joined(separator: ",")
    }
}

/// Lines gathered and written in large pieces.
private struct LineFile {
    private let handle: FileHandle
    private var buffer = Data()

    init(_ url: URL, header: String) throws {
        try Data().write(to: url)
        handle = try FileHandle(forWritingTo: url)
        buffer.append(contentsOf: (header + "\n").utf8)
    }

    mutating func add(_ line: String) throws {
        buffer.append(contentsOf: line.utf8)
        buffer.append(0x0A)
        if buffer.count > 1 << 20 { try flush() }
    }

    mutating func finish() throws {
        try flush()
        try handle.close()
    }

    private mutating func flush() throws {
        try handle.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
