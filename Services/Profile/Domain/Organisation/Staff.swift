/// A member of staff as the organisation chart has it.
public struct Staff: Sendable, Hashable {
    public var number: String
    public var name: String
    public var office: Office
    public var duty: String

    public static let duties: Set<String> = ["manager", "agent", "steward"]

    public init(number: String, name: String, office: Office, duty: String) throws(FieldProblem) {
        guard Names.isValue(number, atMost: 64) else {
            throw FieldProblem(
                field: "staff_number", code: "staff_number", reason: "Give the staff number, at most 64 characters.")
        }
        guard Names.isValue(name, atMost: 120) else {
            throw FieldProblem(field: "name", code: "name", reason: "Give the name, at most 120 characters.")
        }
        guard Self.duties.contains(duty) else {
            throw FieldProblem(field: "duty", code: "duty", reason: "Choose manager, agent or steward.")
        }
        self.number = number
        self.name = name
        self.office = office
        self.duty = duty
    }
}
