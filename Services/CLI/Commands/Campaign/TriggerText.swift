internal import ArgumentParser
internal import Contracts

/// A trigger as a person writes it: `push: card.paid if amount >= 500 and city = "Shanghai" and vip known`.
struct TriggerText: Sendable {
    let trigger: CampaignV1.Trigger

    init(_ trigger: CampaignV1.Trigger) { self.trigger = trigger }

    init(_ text: String) throws {
        var words = try Self.words(text)
        guard let channel = words.first, channel.hasSuffix(":"), channel.count > 1, words.count > 1 else {
            throw Self.problem(text)
        }
        var trigger = CampaignV1.Trigger(eventType: words[1], channel: String(channel.dropLast()))
        words.removeFirst(2)
        if !words.isEmpty {
            guard words.removeFirst() == "if" else { throw Self.problem(text) }
            repeat {
                trigger.conditions.append(try Self.condition(&words, text))
            } while try Self.takeAnd(&words, text)
        }
        self.trigger = trigger
    }

    var text: String {
        let conditions = trigger.conditions.map(Self.text).joined(separator: " and ")
        return "\(trigger.channel): \(trigger.eventType)" + (conditions.isEmpty ? "" : " if \(conditions)")
    }

    private static func text(_ condition: CampaignV1.TriggerCondition) -> String {
        let value =
            switch condition.value {
            case .text(let text): " \"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            case .number(let number): " " + (Int64(exactly: number).map(String.init) ?? String(number))
            case .flag(let flag): flag ? " true" : " false"
            case nil: ""
            }
        return "\(condition.property) \(condition.operator)\(value)"
    }

    private static func condition(_ words: inout [String], _ text: String) throws -> CampaignV1.TriggerCondition {
        guard words.count >= 2 else { throw problem(text) }
        var condition = CampaignV1.TriggerCondition(property: words[0], operator: words[1])
        words.removeFirst(2)
        if condition.operator == "known" { return condition }
        guard ["=", "!=", "<", "<=", ">", ">="].contains(condition.operator), let value = words.first else {
            throw problem(text)
        }
        words.removeFirst()
        switch value {
        case "true", "false": condition.value = .flag(value == "true")
        case _ where value.hasPrefix("\""): condition.value = .text(String(value.dropFirst()))
        default:
            guard let number = Double(value), number.isFinite else { throw problem(text) }
            condition.value = .number(number)
        }
        return condition
    }

    private static func takeAnd(_ words: inout [String], _ text: String) throws -> Bool {
        guard !words.isEmpty else { return false }
        guard words.removeFirst() == "and" else { throw problem(text) }
        return true
    }

    /// Words between blanks and around operators; text in quotes is one word that begins with a quote.
    private static func words(_ text: String) throws -> [String] {
        var words: [String] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "\"" {
                rest.removeFirst()
                words.append("\"" + (try quoted(&rest, text)))
            } else {
                let isOperator = "=!<>".contains(first)
                let word = rest.prefix { !$0.isWhitespace && $0 != "\"" && "=!<>".contains($0) == isOperator }
                words.append(String(word))
                rest.removeFirst(word.count)
            }
        }
        return words
    }

    private static func quoted(_ rest: inout Substring, _ text: String) throws -> String {
        var value = ""
        while let next = rest.popFirst() {
            switch next {
            case "\"": return value
            case "\\":
                guard let escaped = rest.popFirst() else { throw problem(text) }
                value.append(escaped)
            default: value.append(next)
            }
        }
        throw problem(text)
    }

    private static func problem(_ text: String) -> ValidationError {
        ValidationError(
            localized(
                "--trigger '\(text)': write it as 'CHANNEL: EVENT if PROPERTY >= 500 and PROPERTY = \"text\"'.",
                "--trigger '\(text)'：请写成 '渠道: 事件 if 属性 >= 500 and 属性 = \"文本\"'。"))
    }
}
