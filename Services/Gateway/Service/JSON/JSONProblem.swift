/// Why a JSON text was refused, and where in it.
///
/// The path is put together while the error travels outwards, so that reading a text without fault pays nothing for it.
struct JSONProblem: Error, Sendable, Equatable {
    /// What kind of fault it is; stands in the problem answer and never changes.
    struct Code: Sendable, Equatable {
        let text: String

        private init(_ text: String) {
            self.text = text
        }

        /// Not JSON as RFC 8259 has it.
        static let syntax = Code("json_syntax")
        /// A byte sequence that is not UTF-8, or a character that text may not hold.
        static let encoding = Code("json_encoding")
        /// The same key twice in one object.
        static let duplicateKey = Code("duplicate_key")
        /// A key that the schema does not name.
        static let unknownField = Code("unknown_field")
        /// A key that the schema requires is absent.
        static let missingField = Code("missing_field")
        /// A value of another type than the schema says.
        static let wrongType = Code("wrong_type")
        /// A value outside its bounds, too long or too short.
        static let outOfRange = Code("out_of_range")
        /// Objects and arrays within each other beyond the limit.
        static let tooDeep = Code("too_deep")
    }

    let code: Code
    /// A sentence that says what to do. It never repeats a value, because a value may be personal.
    let message: String
    /// From the inside to the outside: the innermost step first.
    private var steps: [Step] = []

    private enum Step: Equatable {
        case key(String)
        case index(Int)
    }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The place of the fault, such as `events[3].type`; empty for the text as a whole.
    var path: String {
        var text = ""
        for step in steps.reversed() {
            switch step {
            case .key(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    /// This problem seen from the object that holds the faulty value under a key.
    func within(key: String) -> JSONProblem {
        adding(.key(key))
    }

    /// This problem seen from the array that holds the faulty value.
    func within(index: Int) -> JSONProblem {
        adding(.index(index))
    }

    private func adding(_ step: Step) -> JSONProblem {
        var problem = self
        problem.steps.append(step)
        return problem
    }
}
