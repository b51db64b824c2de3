public import Foundation

/// Adds up what happened to customers, each in the order of its log.
///
/// An event counts for the office that the customer had when it was recorded, which the customer's earlier entries say: the
/// counts follow from the log alone, and are the same whenever it is read.
public struct ActivityTally: Sendable {
    /// The office of whom no entry gave one.
    public static let noOffice = "/"

    private var days: DayNames

    public private(set) var amounts: [ActivityKey: Int64] = [:]
    /// By customer.
    public private(set) var offices: [Int64: String]
    /// Whose office is another now than at the beginning.
    public private(set) var reassigned: Set<Int64> = []

    /// - Parameter offices: of the customers that have entries before the first that is added.
    public init(days: BusinessDay, offices: [Int64: String] = [:]) {
        self.days = DayNames(days)
        self.offices = offices
    }

    public mutating func add(_ activity: Activity, of customerID: Int64, at moment: Date) {
        switch activity {
        case .created(let office):
            assign(customerID, to: office)
            count(.customersCreated, "", office, moment)
        case .assigned(let office):
            assign(customerID, to: office)
        case .event(let type):
            count(.events, type, office(of: customerID), moment)
        case .consent(let purpose, let channel, let isGranted):
            let measure: ActivityMeasure = isGranted ? .consentsGranted : .consentsWithdrawn
            count(measure, "\(purpose)/\(channel)", office(of: customerID), moment)
        case .entered(let segmentID, let office):
            count(.segmentEntered, String(segmentID), office, moment)
        case .exited(let segmentID, let office):
            count(.segmentExited, String(segmentID), office, moment)
        }
    }

    private func office(of customerID: Int64) -> String { offices[customerID] ?? Self.noOffice }

    private mutating func assign(_ customerID: Int64, to office: String) {
        guard offices.updateValue(office, forKey: customerID) != office else { return }
        reassigned.insert(customerID)
    }

    private mutating func count(
        _ measure: ActivityMeasure, _ subject: String, _ office: String, _ moment: Date
    ) {
        let key = ActivityKey(officePath: office, day: days.text(of: moment), measure: measure, subject: subject)
        amounts[key, default: 0] += 1
    }
}

/// Names of days that were asked for before: a calendar takes long to find one.
private struct DayNames: Sendable {
    private let days: BusinessDay
    /// By the day in universal time, in which at most a few business days begin or end.
    private var known: [Int: [(span: Range<Date>, text: String)]] = [:]

    init(_ days: BusinessDay) {
        self.days = days
    }

    mutating func text(of moment: Date) -> String {
        let place = Int((moment.timeIntervalSince1970 / 86_400).rounded(.down))
        if let found = known[place]?.first(where: { $0.span.contains(moment) }) { return found.text }
        let text = days.text(of: moment)
        known[place, default: []].append((days.span(of: moment), text))
        return text
    }
}
