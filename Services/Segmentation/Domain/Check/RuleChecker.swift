extension LocatedRule {
    /// Everything that is wrong with the rule by this dictionary, in the order of the text; empty where it may run.
    ///
    /// At most fifty problems are told at once.
    public func problems(in dictionary: RuleDictionary) -> [RuleProblem] {
        var checker = RuleChecker(dictionary: dictionary)
        for (node, place) in zip(rule.nodes, places) {
            guard case .condition(let condition) = node else { continue }
            checker.check(condition, at: place)
            // Looking for what was meant costs time for each problem.
            if checker.problems.count >= RuleLimits.problems { break }
        }
        return Array(checker.problems.prefix(RuleLimits.problems))
    }
}

/// Checks conditions against a dictionary.
private struct RuleChecker {
    let dictionary: RuleDictionary
    var problems: [RuleProblem] = []

    mutating func check(_ condition: Condition, at place: NodePlace) {
        switch condition {
        case .trait(let name, let test):
            guard let type = dictionary.traits[name] else {
                return problems.append(unknownTrait(name, at: place.start))
            }
            check(test, type: type, at: place)
        case .events(let count): check(count, at: place)
        }
    }

    private func unknownTrait(_ name: String, at place: RulePlace) -> RuleProblem {
        let suggestion = Suggestion.nearest(to: name, in: dictionary.traits.keys.sorted())
        let shown = name.count > 48 ? "of this name" : "\u{201C}\(name)\u{201D}"
        let hint = suggestion.map { "; did you mean \($0)?" } ?? "."
        return RuleProblem(
            .unknownTrait, at: place, "The dictionary has no trait \(shown)\(hint)", suggestion: suggestion)
    }

    private mutating func check(_ test: ValueTest, type: RuleDictionary.TraitType, at place: NodePlace) {
        for (value, place) in zip(test.values, place.values) where !value.fits(type) {
            problems.append(
                RuleProblem(
                    .wrongType, at: place, "This trait is \(type.shown); compare it with \(type.shown).",
                    suggestion: type == .time || Self.mayBeRepeated(value)
                        ? value.converted(to: type, in: dictionary.zone)?.text : nil))
        }
        checkOrder(test, hasOrder: type != .text && type != .flag, at: place)
    }

    /// So many digits are a day or an amount; more may be somebody's telephone, certificate or card.
    private static let digitsRepeated = 8

    /// No error tells anything about a person, even what the asker wrote: errors are kept.
    private static func mayBeRepeated(_ value: RuleValue) -> Bool {
        if case .time = value { return true }
        return value.text.count { $0.isNumber } <= digitsRepeated
    }

    private mutating func checkOrder(_ test: ValueTest, hasOrder: Bool, at place: NodePlace) {
        switch test {
        case .compare(let comparison, _) where comparison.needsOrder && !hasOrder:
            problems.append(
                RuleProblem(
                    .noOrder, at: place.start, "Texts and flags are the same or not; use =, != or in.", suggestion: "=")
            )
        case .between(let low, let high):
            if !hasOrder {
                problems.append(
                    RuleProblem(.noOrder, at: place.start, "Only numbers and times lie between two others; use in."))
            } else if low.isGreater(than: high), let start = place.values.first {
                problems.append(
                    RuleProblem(
                        .emptyRange, at: start, "Nothing lies between these two; put the smaller one first.",
                        suggestion: Self.mayBeRepeated(low) && Self.mayBeRepeated(high)
                            ? "between \(high.text) and \(low.text)" : nil))
            }
        default: break
        }
    }

    private mutating func check(_ count: EventCount, at place: NodePlace) {
        if !EventType.isWellFormed(count.type) {
            problems.append(
                RuleProblem(
                    .badEventType, at: place.start,
                    "An event type is a letter and at most 63 more letters, digits, underscores and dots, in lower case.",
                    suggestion: EventType.isWellFormed(count.type.lowercased()) ? count.type.lowercased() : nil))
        }
        if !count.window.isWithinLimits, let start = place.values.first {
            problems.append(
                RuleProblem(
                    .badWindow, at: start, "A window is at least 1 minute and at most \(RuleLimits.windowDays) days."))
        }
        if !(0...RuleLimits.eventCount).contains(count.count), let start = place.values.last {
            problems.append(
                RuleProblem(.badCount, at: start, "A number of events is from 0 to \(RuleLimits.eventCount)."))
        }
        for (condition, place) in zip(count.properties, place.properties) {
            check(condition, at: place)
        }
    }

    /// Properties are not in the dictionary: a test must only agree with itself.
    private mutating func check(_ condition: PropertyCondition, at place: NodePlace) {
        let values = condition.test.values
        for (value, place) in zip(values, place.values) {
            if case .time = value {
                problems.append(
                    RuleProblem(.wrongType, at: place, "Properties of events are texts, numbers or flags."))
            } else if value.kind != values[0].kind {
                problems.append(RuleProblem(.wrongType, at: place, "The values of one test have one type."))
            }
        }
        checkOrder(condition.test, hasOrder: values.allSatisfy { $0.kind == .number || $0.kind == .time }, at: place)
    }
}

enum EventType {
    static func isWellFormed(_ type: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        guard let first = type.utf8.first, letters.contains(first), type.utf8.count <= 64 else { return false }
        return type.utf8.allSatisfy {
            letters.contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
    }
}
